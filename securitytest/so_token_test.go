package securitytest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// ownKey is an RSA key of nobody the server knows.
var ownKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// refuseEverywhere fails the test unless a grant is refused by each way in, and
// an honest one is taken.
func refuseEverywhere(t *testing.T, s *harness.Site, forged map[string]harness.Grant) {
	t.Helper()
	for way, arrive := range waysIn(t, s) {
		for name, g := range forged {
			email := s.Address("forged")
			claims := honest(email)
			maps.Copy(claims, g.Claims)
			g.Claims = claims
			w := s.Watch(email)
			c := s.Client()
			w.Refused(arrive(c, g), 0, "")
			c.Stranger(name + ", by " + way + ",")
		}
		c := s.Client()
		if arrive(c, granted(s.Address("honest"))); c.User() == "" {
			t.Errorf("%s does not sign in", way)
		}
	}
}

// claiming makes a grant with changed claims.
func claiming(pairs ...any) harness.Grant {
	claims := body{}
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		claims[name] = pairs[i+1]
	}
	return harness.Grant{Claims: claims}
}

// foreign plays an issuer of RSA tokens at its own address for keys, and
// returns what makes tokens of it.
func foreign(s *harness.Site, keys, iss string) func(claims body) string {
	s.Internet.PlayJSON(keys, body{"keys": []body{harness.PublicJWK(ownKey(), "k1")}})
	return func(claims body) string {
		all := timely(body{"iss": iss, "aud": harness.ClientID})
		maps.Copy(all, claims)
		return harness.Forge(body{"alg": "RS256", "kid": "k1", "typ": "JWT"}, all, ownKey())
	}
}

// timely makes claims those of a token from now.
func timely(claims body) body {
	now := time.Now().Unix()
	claims["iat"], claims["exp"] = now, now+600
	return claims
}

func issuersArePinned(t *testing.T, s *harness.Site) {
	refuseEverywhere(t, s, map[string]harness.Grant{
		"an issuer of somebody's own":  claiming("iss", "https://evil.example"),
		"an issuer that ends in evil":  claiming("iss", "https://accounts.google.com.evil.example"),
		"the other provider's issuer":  claiming("iss", s.Providers[1].URL),
		"an issuer without the scheme": claiming("iss", "evil.example"),
		"issuers in a list":            claiming("iss", []string{"https://accounts.google.com", s.Providers[0].URL}),
	})
	const tenant, home = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
	only := s.With(body{"socialProviders": body{"microsoft": body{"tenantId": home}}})
	for _, c := range []struct {
		provider, keys, iss string
		site                *harness.Site
		more                body
		taken               bool
	}{
		{"apple", "appleid.apple.com/auth/keys", "https://appleid.apple.com", s, nil, true},
		{"apple", "appleid.apple.com/auth/keys", "https://appleid.apple.com.evil.example", s, nil, false},
		{"apple", "appleid.apple.com/auth/keys", "https://evil.example", s, nil, false},
		{"microsoft", "login.microsoftonline.com/common/discovery/v2.0/keys", "https://login.microsoftonline.com/" + tenant + "/v2.0", s, body{"tid": tenant}, true},
		{"microsoft", "login.microsoftonline.com/common/discovery/v2.0/keys", "https://login.microsoftonline.com/" + tenant + "/v2.0", s, body{"tid": home}, false},
		{"microsoft", "login.microsoftonline.com/common/discovery/v2.0/keys", "https://evil.example/" + tenant + "/v2.0", s, body{"tid": tenant}, false},
		{"microsoft", "login.microsoftonline.com/common/discovery/v2.0/keys", "https://login.microsoftonline.com/" + tenant + "/v2.0", s, nil, false},
		{"microsoft", "login.microsoftonline.com/" + home + "/discovery/v2.0/keys", "https://login.microsoftonline.com/" + home + "/v2.0", only, body{"tid": home}, true},
		{"microsoft", "login.microsoftonline.com/" + home + "/discovery/v2.0/keys", "https://login.microsoftonline.com/" + tenant + "/v2.0", only, body{"tid": tenant}, false},
	} {
		email := s.Address("told")
		claims := honest(email)
		claims["oid"] = email
		maps.Copy(claims, c.more)
		w := c.site.Watch(email)
		browser := c.site.Client()
		a := browser.Post(socialPath, body{"provider": c.provider, "idToken": body{"token": foreign(c.site, c.keys, c.iss)(claims)}})
		if c.taken {
			a.Want(http.StatusOK, email)
			continue
		}
		w.Refused(a, http.StatusUnauthorized, "INVALID_TOKEN")
		browser.Stranger("a token of " + c.iss)
	}
}

func otherAudiences(t *testing.T, s *harness.Site) {
	refuseEverywhere(t, s, map[string]harness.Grant{
		"another client's token": claiming("aud", "another-client"), "other clients' token": claiming("aud", []string{"another-client", "third"}),
		"no audience": claiming("aud", nil), "an empty audience": claiming("aud", ""), "an empty list": claiming("aud", []string{}),
		"an audience in capitals": claiming("aud", "WATCHWORD"), "another party": claiming("azp", "another-client"),
		"another party among ours": claiming("aud", []string{harness.ClientID, "x"}, "azp", "x"), "an empty party": claiming("azp", ""),
	})
	// Without a client id a provider is no provider.
	without := s.Own(body{"socialProviders": body{"google": nil}})
	email := without.Address("forged")
	without.Watch(email).Refused(without.Client().Post("/one-tap/callback", body{"idToken": without.Google.IDToken("", granted(email))}), http.StatusBadRequest, "")
	without.Watch(email).Refused(without.Client().Post(socialPath, body{"provider": "google", "idToken": body{"token": "x.y.z"}}), http.StatusNotFound, "PROVIDER_NOT_FOUND")
}

func requiredClaims(t *testing.T, s *harness.Site) {
	now := time.Now().Unix()
	forged := map[string]harness.Grant{
		"an empty subject": claiming("sub", ""), "a subject in a list": claiming("sub", []string{"x"}),
		"an old token": claiming("exp", now-120), "an expiry as text": claiming("exp", "9999999999"), "an expiry beyond reason": claiming("exp", 1e300),
		"a token of tomorrow": claiming("iat", now+86400), "one that is not valid yet": claiming("nbf", now+3600), "an instant below zero": claiming("exp", -1),
	}
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
		forged["a token without "+name] = claiming(name, nil)
	}
	refuseEverywhere(t, s, forged)
	// A profile of another user than the token's.
	c, email := s.Client(), s.Address("victim")
	w := s.Watch(email)
	w.Refused(c.Arrive(0, harness.Grant{Claims: body{"sub": s.Address("eve")}, Userinfo: honest(email)}), http.StatusFound, "unable_to_get_user_info")
	c.Stranger("a profile of another user")
	c.Arrive(0, harness.Grant{Claims: body{"sub": email}, Userinfo: honest(email)})
	if c.User() == "" {
		t.Error("a profile of the same user is refused")
	}
}

func keysAreTheirProviders(t *testing.T, s *harness.Site) {
	apple := foreign(s, "appleid.apple.com/auth/keys", "https://appleid.apple.com")
	email := s.Address("honest")
	s.Client().Post(socialPath, body{"provider": "apple", "idToken": body{"token": apple(honest(email))}}).Want(http.StatusOK, email)
	// Each signs for the other, under the other's key id.
	forged := s.Address("forged")
	w := s.Watch(forged)
	byApple := s.Google.IDToken("", harness.Grant{Claims: honest(forged), Key: ownKey()})
	byGoogle := s.Google.IDToken("", harness.Grant{Claims: body{"iss": "https://appleid.apple.com", "sub": forged, "email": forged, "email_verified": true}, Header: body{"kid": "k1"}})
	rival := s.Providers[0].IDToken("", harness.Grant{Claims: honest(forged), Key: s.Providers[1].Key})
	for _, request := range []body{
		{"provider": "google", "idToken": body{"token": byApple}}, {"provider": "apple", "idToken": body{"token": byGoogle}},
		{"provider": "company", "idToken": body{"token": rival}},
		{"provider": "google", "idToken": body{"token": apple(honest(forged))}}, {"provider": "apple", "idToken": body{"token": s.Google.IDToken("", granted(forged))}},
	} {
		w.Refused(s.Client().Post(socialPath, request), http.StatusUnauthorized, "INVALID_TOKEN")
	}
	w.Refused(s.Client().Post("/one-tap/callback", body{"idToken": byApple}), http.StatusBadRequest, "")
	refuseEverywhere(t, s, map[string]harness.Grant{"no signature": {Unsigned: true}, "a key of somebody's own": {Key: ownKey()}})
}

func otherSignatures(t *testing.T, s *harness.Site) {
	forged := map[string]harness.Grant{}
	for _, alg := range []any{"none", "None", "NONE", "nOnE", "", nil, 5, []string{"RS256"}} {
		forged["unsigned, algorithm "+textOf(alg)] = harness.Grant{Header: body{"alg": alg}, Unsigned: true}
		forged["signed, algorithm "+textOf(alg)] = harness.Grant{Header: body{"alg": alg}}
	}
	for name, p := range map[string]*harness.Provider{"google": s.Google, "company": s.Providers[0]} {
		jwk := []byte(textOf(harness.PublicJWK(p.Key, p.KID)))
		forged["HMAC with the public key of "+name] = harness.Grant{Header: body{"alg": "HS256"}, Key: jwk}
	}
	forged["HMAC with the client's secret"] = harness.Grant{Header: body{"alg": "HS256"}, Key: []byte("the client's secret")}
	forged["HMAC with nothing"] = harness.Grant{Header: body{"alg": "HS256"}, Key: []byte{}}
	for _, alg := range []string{"RS1", "RS384", "PS256", "ES384", "EdDSA", "RS256 ", "es256"} {
		forged["the key with "+alg] = harness.Grant{Header: body{"alg": alg}}
	}
	forged["RSA under ES256"] = harness.Grant{Header: body{"alg": "ES256"}, Key: ownKey()}
	refuseEverywhere(t, s, forged)
}

func noncesAreCompared(t *testing.T, s *harness.Site) {
	for name, p := range map[string]*harness.Provider{"google": s.Google, "company": s.Providers[0]} {
		try := func(inToken, given any) (*harness.Client, *harness.Answer) {
			g := granted(s.Address("told"))
			g.Claims["nonce"] = inToken
			idToken := body{"token": p.IDToken("", g)}
			if given != nil {
				idToken["nonce"] = given
			}
			c := s.Client()
			return c, c.Post(socialPath, body{"provider": name, "idToken": idToken})
		}
		for _, pair := range [][2]any{{"n2", "n1"}, {nil, "n1"}, {"n1", nil}, {"", "n1"}, {[]string{"n1"}, "n1"}, {"N1", "n1"}} {
			c, a := try(pair[0], pair[1])
			s.Watch("told-").Refused(a, http.StatusUnauthorized, "INVALID_TOKEN")
			c.Stranger("a token with the nonce " + textOf(pair))
		}
		if c, _ := try("n1", "n1"); c.User() == "" {
			t.Errorf("%s: the nonce itself is refused", name)
		}
	}
	// The server's own nonce, in the code flow.
	for _, nonce := range []any{"another", nil, "", []string{"x"}} {
		email := s.Address("told")
		w, c := s.Watch(email), s.Client()
		g := granted(email)
		g.Claims["nonce"] = nonce
		w.Refused(c.Arrive(0, g), http.StatusFound, "unable_to_get_user_info")
		c.Stranger("a token with the nonce " + textOf(nonce))
	}
}

package securitytest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// forgeries returns grants whose ID tokens must be refused, by what is wrong
// with them.
type forgeries func(p *harness.Provider) map[string]harness.Grant

// forged is the test that none of the forgeries signs in, by the code flow or
// by an ID token that the client brings, and that a good token does.
func forged(make forgeries) func(*testing.T, *harness.Site) {
	return func(t *testing.T, s *harness.Site) {
		p := s.Providers[0]
		for name, g := range make(p) {
			refuseGrant(t, s, p, name, g)
		}
		email := s.Address("honest")
		c := s.Client()
		c.Arrive(0, harness.Grant{Claims: honest(email)})
		if c.User() == "" {
			t.Error("a good token does not sign in")
		}
	}
}

func honest(email string) body {
	return body{"sub": email, "email": email, "email_verified": true, "name": "honest"}
}

func refuseGrant(t *testing.T, s *harness.Site, p *harness.Provider, name string, g harness.Grant) {
	t.Helper()
	email := s.Address("forged")
	claims := honest(email)
	maps.Copy(claims, g.Claims)
	g.Claims = claims
	w := s.Watch(email)
	c := s.Client()
	a := c.Arrive(0, g)
	if a.Status >= 500 || !strings.Contains(a.Header.Get("Location"), "error=") && a.Status < 400 {
		t.Errorf("%s, with a code: %d to %q", name, a.Status, a.Header.Get("Location"))
	}
	c.Stranger(name + ", with a code,")
	if a := s.Client().Post("/sign-in/social", body{"provider": harness.ProviderIDs[0], "idToken": body{"token": p.IDToken("", g)}}); a.Status < 400 || a.Status >= 500 {
		t.Errorf("%s, from the client: %d %s", name, a.Status, a.Body)
	}
	w.Unchanged(name)
}

func unsigned(*harness.Provider) map[string]harness.Grant {
	list := map[string]harness.Grant{"no algorithm": {Header: body{"alg": nil}}, "no signature": {Unsigned: true}}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", " none", "null"} {
		list["unsigned as "+alg] = harness.Grant{Header: body{"alg": alg}, Unsigned: true}
		list["signed as "+alg] = harness.Grant{Header: body{"alg": alg}}
	}
	return list
}

func confused(p *harness.Provider) map[string]harness.Grant {
	der, err := x509.MarshalPKIXPublicKey(p.Key.Public())
	if err != nil {
		panic(err) // a key of our own
	}
	jwk, _ := json.Marshal(harness.PublicJWK(p.Key, p.KID))
	secrets := map[string][]byte{
		"the PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "the DER": der, "the JWK": jwk,
		"the client's secret": []byte("the client's secret"), "nothing": {}, "the client's id": []byte(harness.ClientID),
	}
	list := map[string]harness.Grant{}
	for name, secret := range secrets {
		for _, alg := range []string{"HS256", "HS384", "HS512"} {
			list[alg+" with "+name] = harness.Grant{Header: body{"alg": alg}, Key: secret}
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	list["ES256 with another key"] = harness.Grant{Key: harness.NewKey()}
	list["RS256 with a key of one's own"] = harness.Grant{Header: body{"alg": "RS256"}, Key: rsaKey}
	list["RS256 with the kid alone"] = harness.Grant{Header: body{"alg": "RS256"}}
	list["ES384 with the key"] = harness.Grant{Header: body{"alg": "ES384"}}
	return list
}

func critical(*harness.Provider) map[string]harness.Grant {
	return map[string]harness.Grant{
		"an unknown header that must be understood": {Header: body{"crit": []string{"bork"}, "bork": true}},
		"a list of nothing":                         {Header: body{"crit": []string{}}}, "a payload that is not encoded": {Header: body{"crit": []string{"b64"}, "b64": false}},
		"no list": {Header: body{"crit": "bork"}},
	}
}

func audiences(*harness.Provider) map[string]harness.Grant {
	list := map[string]harness.Grant{"no audience": {Claims: body{"aud": nil}}}
	for name, aud := range map[string]any{
		"an empty list": []string{}, "a list of nothing": []string{""}, "another": []string{"other"}, "an object": body{"a": 1}, "zero": 0,
		"a nested list": [][]string{{harness.ClientID}}, "a prefix": harness.ClientID[:5], "more than ours": harness.ClientID + "x", "ours in upper case": strings.ToUpper(harness.ClientID), "true": true,
	} {
		list[name] = harness.Grant{Claims: body{"aud": aud}}
	}
	list["ours, for another party"] = harness.Grant{Claims: body{"aud": []string{harness.ClientID, "other"}, "azp": "other"}}
	return list
}

func times(*harness.Provider) map[string]harness.Grant {
	now := time.Now().Unix()
	list := map[string]harness.Grant{"no expiry": {Claims: body{"exp": nil}}, "no time of issue": {Claims: body{"iat": nil}}}
	for name, claims := range map[string]body{
		"expired": {"exp": now - 3600}, "expiry of text": {"exp": "tomorrow"}, "negative expiry": {"exp": -1}, "issued tomorrow": {"iat": now + 86400},
		"not yet": {"nbf": now + 86400}, "zero": {"exp": 0}, "expiry as a list": {"exp": []int64{now + 600}}, "beyond numbers": {"exp": json.RawMessage("1e400")},
		"a foreign issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": nil}, "no subject": {"sub": nil}, "an empty subject": {"sub": ""},
		"expired by far": {"exp": -math.MaxInt32},
	} {
		list[name] = harness.Grant{Claims: claims}
	}
	return list
}

func foreignKeys(t *testing.T, s *harness.Site) {
	canary := harness.NewCanary(t)
	own := harness.NewKey()
	for name, header := range map[string]body{
		"jwk": {"jwk": harness.PublicJWK(own, s.Providers[0].KID)}, "jku": {"jku": canary.URL("/keys")}, "x5u": {"x5u": canary.URL("/cert")},
		"x5c": {"x5c": []string{"AAAA"}}, "a path": {"kid": "../../../../dev/null"}, "a statement": {"kid": "x' OR '1'='1"}, "a long one": {"kid": strings.Repeat("k", 10<<10)},
		"another kid": {"kid": "other"}, "no kid": {"kid": nil}, "a kid that is no text": {"kid": 1},
	} {
		refuseGrant(t, s, s.Providers[0], name, harness.Grant{Header: header, Key: own})
	}
}

func hashOfTheAccessToken(t *testing.T, s *harness.Site) {
	for _, hash := range []any{"", "AAAAAAAAAAAAAAAAAAAAAA", 1, []string{"x"}} {
		email := s.Address("forged")
		claims := honest(email)
		claims["at_hash"] = hash
		c := s.Client()
		c.Arrive(0, harness.Grant{Claims: claims})
		if hash != "" { // an empty one is none
			c.Stranger("a wrong at_hash")
		}
	}
	sum := sha256.Sum256([]byte("an access token"))
	email := s.Address("honest")
	claims := honest(email)
	claims["at_hash"] = harness.Segment(sum[:16])
	c := s.Client()
	c.Arrive(0, harness.Grant{Claims: claims, Tokens: body{"access_token": "an access token"}})
	if c.User() == "" {
		t.Error("a right at_hash does not sign in")
	}
}

func expiredAndForged(_ *testing.T, s *harness.Site) {
	email := s.Address("user")
	v := s.SignUp(email)
	claims := body{"email": email, "iat": time.Now().Unix() - 7200, "exp": time.Now().Unix() - 3600}
	w := s.Watch(email)
	for name, key := range map[string][]byte{"INVALID_TOKEN": []byte("another secret"), "TOKEN_EXPIRED": []byte(harness.Secret)} {
		token := harness.Forge(body{"alg": "HS256"}, claims, key)
		w.Refused(v.Get("/verify-email?token="+token), http.StatusUnauthorized, name)
	}
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	v.Get("/verify-email?token=" + s.Message("verification-email", email).Token).Want(http.StatusOK)
}

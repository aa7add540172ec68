package social_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/token"
)

// forgeries are ID tokens that must not be believed, whichever way they come.
// Each changes honest claims, and may return a whole token.
func forgeries(p *idp) map[string]func(claims body) string {
	t := p.t
	change := func(name string, value any) func(body) string {
		return func(c body) string { c[name] = value; return "" }
	}
	without := func(name string) func(body) string {
		return func(c body) string { delete(c, name); return "" }
	}
	now := p.now().Unix()
	all := map[string]func(body) string{
		"issuer":                   change("iss", "https://accounts.google.com.evil.example"),
		"no issuer":                without("iss"),
		"issuer in a list":         change("iss", []string{"https://accounts.google.com"}),
		"audience":                 change("aud", "another-client"),
		"audiences":                change("aud", []string{"another-client", "third"}),
		"no audience":              without("aud"),
		"empty audience":           change("aud", ""),
		"party":                    change("azp", "another-client"),
		"party among ours":         func(c body) string { c["aud"] = []string{"google-client", "x"}; c["azp"] = "x"; return "" },
		"empty party":              change("azp", ""),
		"expired":                  change("exp", now-31),
		"no expiry":                without("exp"),
		"expiry as text":           change("exp", strconv.FormatInt(now+3600, 10)),
		"expiry beyond reason":     change("exp", 1e300),
		"issued in the future":     change("iat", now+120),
		"no time of issue":         without("iat"),
		"issued long ago":          change("iat", now-3*3600),
		"not valid yet":            change("nbf", now+120),
		"no subject":               without("sub"),
		"empty subject":            change("sub", ""),
		"subject is a list":        change("sub", []string{"1001"}),
		"another key":              func(c body) string { return sign(t, otherKey(), c) },
		"a key nobody knows":       func(c body) string { return sign(t, newerKey(), c) },
		"HMAC with the secret":     func(c body) string { return hmacToken([]byte("google-secret"), c) },
		"HMAC with the public key": func(c body) string { public, _ := googleKey().PublicJSON(); return hmacToken(public, c) },
		"its own key": func(c body) string {
			public, _ := otherKey().PublicJSON()
			parts := strings.Split(sign(t, otherKey(), c), ".")
			header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"google-1","jwk":` + string(public) + `}`))
			return header + "." + parts[1] + "." + parts[2]
		},
		"a changed claim": func(c body) string {
			parts := strings.Split(sign(t, googleKey(), c), ".")
			c["sub"] = "victim"
			changed, _ := json.Marshal(c)
			return parts[0] + "." + base64.RawURLEncoding.EncodeToString(changed) + "." + parts[2]
		},
		"garbage": func(body) string { return "a.b.c" },
		"empty":   func(body) string { return ".." },
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", "RS1", "RS384", "PS256", "ES256", "EdDSA"} {
		all["algorithm "+alg] = func(c body) string {
			parts := strings.Split(sign(t, googleKey(), c), ".")
			signature := parts[2]
			if strings.EqualFold(alg, "none") {
				signature = ""
			}
			return unsigned(`{"alg":"`+alg+`","kid":"google-1"}`, c, signature)
		}
	}
	return all
}

func hmacToken(key []byte, claims any) string {
	payload, _ := json.Marshal(claims)
	return token.SignHS256(key, payload)
}

// make builds one forgery for a person.
func (p *idp) forged(forge func(body) string, claims body) string {
	if whole := forge(claims); whole != "" {
		return whole
	}
	return sign(p.t, googleKey(), claims)
}

func TestSO12SO13SO18SO30ForgedIDTokens(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	for name, forge := range forgeries(p) {
		text := p.forged(forge, p.claims(ada))
		a := s.Client().Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": text}})
		if a.Status != 401 || a.Text("code") != "INVALID_TOKEN" || a.SetCookie(sessionCookie) != "" {
			t.Errorf("%s by itself: %d %s", name, a.Status, a.Body)
		}
		p.forge = forge
		if a := p.signIn(s.Client(), "google", ada); !strings.HasPrefix(a.Header.Get("Location"), "/failed?error=unable_to_get_user_info") {
			t.Errorf("%s with a code: %v", name, a.Header)
		}
		p.forge = nil
	}
	if n, err := s.Context().Users().ByEmail(ada.Email); err == nil {
		t.Errorf("a forgery made a user: %v", n)
	}
	goes(t, p.signIn(s.Client(), "google", ada), "/home")
}

func TestJW05HashOfAccessToken(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	p.forge = func(c body) string {
		sum := sha256.Sum256([]byte("another token"))
		c["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
		return ""
	}
	goes(t, p.signIn(s.Client(), "google", ada), "/failed?error=unable_to_get_user_info")
}

func TestSO19SignInByIDToken(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		claims := p.claims(ada)
		claims["aud"] = []string{"google-ios", "x"} // any of our clients
		claims["azp"] = "google-client"
		claims["nonce"] = "n1"
		text := sign(t, googleKey(), claims)
		request := func(nonce any) body {
			id := body{"token": text, "accessToken": "theirs"}
			if nonce != nil {
				id["nonce"] = nonce
			}
			return body{"provider": "google", "idToken": id}
		}
		c := s.Client()
		a := c.Post("/sign-in/social", request("n1")).Want(200, `{"redirect":false,"token":"`, `"user":{"`, `"email":"ada@example.com"`)
		if strings.Contains(a.Body, `"url"`) {
			t.Error(a.Body)
		}
		c.Get("/get-session").Want(200, a.Text("token"))
		row, err := s.Context().Accounts().ByProvider("google", "1001")
		if err != nil || *row.AccessToken != "theirs" || *row.IDToken != text || row.Scope != nil {
			t.Errorf("%+v %v", row, err)
		}
		s.Client().Post("/sign-in/social", request("n2")).WantCode(401, "INVALID_TOKEN")
		s.Client().Post("/sign-in/social", request(nil)).WantCode(401, "INVALID_TOKEN")
		delete(claims, "nonce")
		text = sign(t, googleKey(), claims)
		s.Client().Post("/sign-in/social", request("n1")).WantCode(401, "INVALID_TOKEN")
		s.Client().Post("/sign-in/social", request(nil)).Want(200)
		delete(claims, "email")
		text = sign(t, googleKey(), claims)
		s.Client().Post("/sign-in/social", request(nil)).WantCode(401, "USER_EMAIL_NOT_FOUND")
	})
}

// TestKeyRotation counts how often keys are fetched.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	try := func(key *token.PrivateKey) int {
		return s.Client().Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": sign(t, key, p.claims(ada))}}).Status
	}
	const certs = "www.googleapis.com/oauth2/v3/certs"
	for range 3 {
		if status := try(googleKey()); status != 200 {
			t.Fatal(status)
		}
	}
	if n := p.seen[certs]; n != 1 {
		t.Errorf("%d fetches for one set of keys", n)
	}
	p.keys = append(p.keys, newerKey())
	if status := try(newerKey()); status != 200 || p.seen[certs] != 2 {
		t.Errorf("a new key: %d, after %d fetches", status, p.seen[certs])
	}
	flood := newKey("flood")
	for range 10 {
		if status := try(flood); status != 401 {
			t.Fatal(status)
		}
	}
	if n := p.seen[certs]; n != 2 {
		t.Errorf("a flood of unknown keys made %d fetches", n)
	}
	p.keys = p.keys[1:] // the old key is withdrawn
	s.Clock.Advance(6 * time.Minute)
	if status := try(googleKey()); status != 401 || p.seen[certs] != 3 {
		t.Errorf("a withdrawn key: %d, after %d fetches", status, p.seen[certs])
	}
}

func TestSO16HostedDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		configured string
		claim      any
		ok         bool
	}{
		{"corp.test", "corp.test", true}, {"corp.test", "evil.test", false}, {"corp.test", nil, false}, {"*", "any.test", true},
		{"*", nil, false}, {"*", "", false}, {"corp.test", []string{"corp.test"}, false},
	} {
		p := newIDP(t)
		client := oauth.NewClient(oauth.ClientOptions{Transport: p, Now: p.now})
		google, err := provider.New("google", provider.Options{ClientID: provider.ClientIDs{"google-client"}, ClientSecret: "google-secret",
			HostedDomain: c.configured, Client: client})
		if err != nil {
			t.Fatal(err)
		}
		s := authtest.New(t, func(o *options) { o.SocialProviders = append(o.SocialProviders, google) })
		p.clock = s.Clock
		set := func(claims body) string {
			if c.claim != nil {
				claims["hd"] = c.claim
			}
			return ""
		}
		claims := p.claims(person{"1", "x@corp.test", true})
		set(claims)
		status := s.Client().Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": sign(t, googleKey(), claims)}}).Status
		p.forge = set
		to := p.signIn(s.Client(), "google", person{"1", "x@corp.test", true}).Header.Get("Location")
		if (status == 200) != c.ok || (to == "/home") != c.ok {
			t.Errorf("%v: %d, %s", c, status, to)
		}
	}
}

// TestSO28ManyAtOnce signs distinct users in at the same time: each gets their own
// session.
func TestSO28ManyAtOnce(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	var all sync.WaitGroup
	for i := range 40 {
		who := person{strconv.Itoa(5000 + i), "user" + strconv.Itoa(i) + "@example.com", true}
		text := sign(t, googleKey(), p.claims(who))
		c := s.Client()
		all.Go(func() {
			if got := c.Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": text}}).Text("user.email"); got != who.Email {
				t.Errorf("%s is %s", who.Email, got)
			}
		})
	}
	all.Wait()
}

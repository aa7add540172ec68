package social_test

import (
	"crypto/sha256"
	"encoding/base64"
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
func forgeries(p *idp) map[string]authtest.Forgery {
	f := &authtest.Forger{Now: p.now(), Issuer: "https://accounts.google.com", Client: "google-client", Secret: "google-secret",
		Key: googleKey(), Stranger: otherKey(), Unknown: newerKey(), Aging: true}
	return f.Forgeries()
}

func TestSO12SO13SO18SO30ForgedIDTokens(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	linker := s.SignUp("linker@example.com")
	for name, forge := range forgeries(p) {
		for route, c := range map[string]*authtest.Client{"/sign-in/social": s.Client(), "/link-social": linker} {
			text := forge(p.claims(ada))
			a := c.Post(route, body{"provider": "google", "idToken": body{"token": text}})
			if a.Status != 401 || a.Text("code") != "INVALID_TOKEN" || a.SetCookie(sessionCookie) != "" {
				t.Errorf("%s at %s: %d %s", name, route, a.Status, a.Body)
			}
		}
		p.forge = forge
		if a := p.signIn(s.Client(), "google", ada); !strings.HasPrefix(a.Header.Get("Location"), "/failed?error=unable_to_get_user_info") {
			t.Errorf("%s with a code: %v", name, a.Header)
		}
		link := linker.Post("/link-social", body{"provider": "google", "callbackURL": "/home", "errorCallbackURL": "/failed"}).Want(200).Text("url")
		goes(t, p.arrive(linker, "google", link, ada), "/failed?error=unable_to_get_user_info")
		p.forge = nil
	}
	if a := linker.Get("/list-accounts").Want(200, `"credential"`); strings.Contains(a.Body, "google") {
		t.Errorf("a forgery was linked: %s", a.Body)
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

package oauthproxy_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/oauthproxy"
	"github.com/watchword-auth/watchword/secret"
)

type body = authtest.JSON

const (
	production = "http://prod.test"
	preview    = "http://preview.test"
)

// fake proves whoever the code names, to whoever has the redirect URI that the
// browser was sent with.
func fake(t *testing.T) *oauth.Provider {
	return &oauth.Provider{
		Name: "fake",
		Authorize: func(_ context.Context, r *oauth.AuthorizationRequest) (string, error) {
			return (&oauth.AuthorizationURL{Endpoint: "https://idp.test/authorize", ClientID: "c", State: r.State, RedirectURI: r.RedirectURI}).String(), nil
		},
		Exchange: func(_ context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
			if r.RedirectURI != production+"/api/auth/callback/fake" || len(r.CodeVerifier) != 128 {
				t.Errorf("%+v", r)
			}
			return &oauth.Tokens{AccessToken: r.Code, Scopes: []string{"a", "b"}}, nil
		},
		UserInfo: func(_ context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
			return &oauth.Identity{Subject: t.AccessToken, Email: t.AccessToken + "@example.com", EmailVerified: true, Name: "Ada", Profile: []byte(`{"x":1}`)}, nil
		},
	}
}

// servers are a production server and a preview of it.
func servers(t *testing.T, change ...func(*core.Options)) (prod, prev *authtest.Server) {
	make := func(base string, o oauthproxy.Options) *authtest.Server {
		return authtest.New(t, append(change, func(options *core.Options) {
			p, err := oauthproxy.New(o)
			if err != nil {
				t.Fatal(err)
			}
			options.BaseURL, options.TrustedOrigins = base, []string{authtest.Origin, preview}
			options.Plugins = []core.Plugin{p}
			options.SocialProviders = []core.SocialProvider{fake(t)}
		})...)
	}
	return make(production, oauthproxy.Options{CurrentURL: production}), make(preview, oauthproxy.Options{CurrentURL: preview, ProductionURL: production + "/"})
}

// depart begins at the preview and returns the state that the provider sees.
func depart(c *authtest.Client, path string) string {
	a := c.Post(path, body{"provider": "fake", "callbackURL": "/home?x=1", "errorCallbackURL": "/failed"}).Want(200)
	u, _ := url.Parse(a.Text("url"))
	if u.Query().Get("redirect_uri") != production+"/api/auth/callback/fake" {
		panic(a.Body)
	}
	return u.Query().Get("state")
}

// back is the path below the base path that production sends the browser to.
func back(t *testing.T, prod *authtest.Server, query string) string {
	t.Helper()
	a := prod.Client().Get("/callback/fake?" + query).Want(302)
	to := a.Header.Get("Location")
	if a.SetCookie("better-auth.session_token") != "" || !strings.HasPrefix(to, preview+"/api/auth/callback/fake/oauth-proxy?callbackURL=") {
		t.Fatalf("%s %v", to, a.Header)
	}
	return strings.TrimPrefix(to, preview+"/api/auth")
}

func goes(t *testing.T, a *authtest.Answer, to string) {
	t.Helper()
	if got := a.Header.Get("Location"); got != to {
		t.Errorf("the browser goes to %q, not to %q", got, to)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]string{"database": core.StateInDatabase, "cookie": core.StateInCookie} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prod, prev := servers(t, func(o *core.Options) { o.Account.StoreStateStrategy = strategy })
			c := prev.Client()
			path := back(t, prod, "code=ada&state="+depart(c, "/sign-in/social"))
			kept := c.Clone()
			goes(t, c.Get(path).Want(302), "/home?x=1")
			c.Get("/get-session").Want(200, `"email":"ada@example.com"`)
			if _, err := prod.Context().Users().ByEmail("ada@example.com"); err == nil {
				t.Error("production created the user")
			}
			// A profile is redeemed once.
			goes(t, kept.Get(path).Want(302), "/failed?error=state_mismatch")
			// Linking goes the same way.
			goes(t, c.Get(back(t, prod, "code=ada&state="+depart(c, "/link-social"))).Want(302), "/home?x=1")
			// A failure goes to the page the client named.
			a := prod.Client().Get("/callback/fake?error=access_denied&state=" + depart(prev.Client(), "/sign-in/social")).Want(302)
			goes(t, a, "/failed?error=access_denied")
		})
	}
}

// TestSO01SO03SO23SO24Profiles covers SO-23, SO-24 and SO-03.
func TestSO01SO03SO23SO24Profiles(t *testing.T) {
	t.Parallel()
	prod, prev := servers(t)
	c := prev.Client()
	state := depart(c, "/sign-in/social")
	path := back(t, prod, "code=ada&state="+state)
	u, _ := url.Parse(path)
	failed := preview + "/api/auth/error?error="
	ring, err := secret.New(authtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(purpose, text string) string {
		r := ring
		if purpose != "" {
			r = ring.Purpose(purpose)
		}
		out, err := r.Seal([]byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	forged := `{"userInfo":{"id":"1","email":"victim@example.com","name":"","emailVerified":true},"account":{"providerId":"fake","accountId":"1"},"state":"s","callbackURL":"/","timestamp":1}`
	for profile, code := range map[string]string{
		"": "missing_profile", "nonsense": "invalid_profile", state: "invalid_profile",
		sealed("", forged): "invalid_profile", sealed("oauth-state-cookie", forged): "invalid_profile", sealed("oauth-proxy-package", forged): "invalid_profile",
		sealed("oauth-proxy-profile", "{}"): "invalid_payload", sealed("oauth-proxy-profile", forged): "payload_expired",
	} {
		goes(t, c.Get("/callback/fake/oauth-proxy?callbackURL=/&profile="+url.QueryEscape(profile)).Want(302), failed+code)
		goes(t, c.Get("/oauth-proxy-callback?callbackURL=/&profile="+url.QueryEscape(profile)).Want(302), failed+code)
	}
	profile := url.QueryEscape(u.Query().Get("profile"))
	for _, to := range []string{"https://evil.test", "//evil.test", `/\evil.test`, "javascript:alert(1)"} {
		c.Get("/callback/fake/oauth-proxy?callbackURL="+url.QueryEscape(to)+"&profile="+profile).Want(403, "INVALID_CALLBACK_URL")
	}
	goes(t, c.Get("/callback/other/oauth-proxy?callbackURL=/&profile="+profile).Want(302), "/failed?error=provider_mismatch")
	// SO-01: another browser does not become the user.
	thief := prev.Client()
	if a := thief.Get(path).Want(302); a.SetCookie("better-auth.session_token") != "" {
		t.Error("another browser got the session")
	}
	// Too late.
	c = prev.Client()
	path = back(t, prod, "code=ada&state="+depart(c, "/sign-in/social"))
	prev.Clock.Advance(61 * time.Second)
	goes(t, c.Get(path).Want(302), "/failed?error=payload_expired")
}

func TestOnce(t *testing.T) {
	t.Parallel()
	prod, prev := servers(t)
	c := prev.Client()
	path := back(t, prod, "code=ada&state="+depart(c, "/sign-in/social"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	sessions := 0
	for range 64 {
		browser := c.Clone()
		wg.Go(func() {
			if browser.Get(path).SetCookie("better-auth.session_token") != "" {
				mu.Lock()
				sessions++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if sessions != 1 {
		t.Errorf("%d sessions", sessions)
	}
}

// TestSkipped leaves alone what has no need of the other server.
func TestSkipped(t *testing.T) {
	t.Parallel()
	prod, prev := servers(t)
	for s, skip := range map[*authtest.Server]string{prod: "", prev: "1"} {
		c := s.Client()
		if skip != "" {
			c.Headers.Set("X-Skip-OAuth-Proxy", skip)
		}
		u, _ := url.Parse(c.Post("/sign-in/social", body{"provider": "fake"}).Want(200).Text("url"))
		if len(u.Query().Get("state")) != 32 {
			t.Error(u)
		}
	}
	c := prod.Client()
	u, _ := url.Parse(c.Post("/sign-in/social", body{"provider": "fake", "callbackURL": "/x"}).Want(200).Text("url"))
	goes(t, c.Get("/callback/fake?code=bob&state="+u.Query().Get("state")).Want(302), "/x")
	prev.Client().Post("/sign-in/social", body{"provider": "fake", "callbackURL": 1}).Want(400)
}

package oauthpopup_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/bearer"
	"github.com/watchword-auth/watchword/plugin/oauthpopup"
)

// fake proves whoever the code names.
func fake() *oauth.Provider {
	return &oauth.Provider{
		Name: "fake",
		Authorize: func(_ context.Context, r *oauth.AuthorizationRequest) (string, error) {
			return (&oauth.AuthorizationURL{Endpoint: "https://idp.test/authorize", ClientID: "c", State: r.State, Scopes: r.Scopes, RedirectURI: r.RedirectURI}).String(), nil
		},
		Exchange: func(_ context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: r.Code}, nil
		},
		UserInfo: func(_ context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
			return &oauth.Identity{Subject: t.AccessToken, Email: t.AccessToken + "@example.com", EmailVerified: true, Name: "Ada"}, nil
		},
	}
}

func serve(t *testing.T, change ...func(*core.Options)) *authtest.Server {
	return authtest.New(t, append(change, func(o *core.Options) {
		o.TrustedOrigins = []string{"https://app.test"}
		o.SocialProviders = []core.SocialProvider{fake()}
		o.Plugins = []core.Plugin{oauthpopup.New(), bearer.New(bearer.Options{})}
	})...)
}

// start opens a window and returns its browser and the state.
func start(s *authtest.Server, query string) (*authtest.Client, string) {
	c := s.Client()
	a := c.Get("/oauth-popup/start?provider=fake&popupOrigin=https%3A%2F%2Fapp.test&popupNonce=n1&callbackURL=/home" + query).Want(302)
	u, _ := url.Parse(a.Header.Get("Location"))
	return c, u.Query().Get("state")
}

var tokenOf = regexp.MustCompile(`"token":"([^"]+)"`)

func TestPopup(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := serve(t, engine)
		c, state := start(s, "&scopes=a,b&additionalData=%7B%22x%22%3A1%7D")
		a := c.Get("/callback/fake?code=ada&state="+state).Want(200, `"type":"better-auth:oauth-popup"`, `"targetOrigin":"https://app.test"`,
			`"nonce":"n1"`, `"redirectTo":"/home"`)
		found := tokenOf.FindStringSubmatch(a.Body)
		if found == nil || a.Header.Get("Location") != "/home" || a.Header.Get("Cache-Control") != "no-store" || !a.Cleared("better-auth.oauth_popup") {
			t.Fatalf("%s\n%v", a.Body, a.Header)
		}
		// The page uses the token as its session.
		page := s.Client()
		page.Headers.Set("Authorization", "Bearer "+found[1])
		page.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		// A second sign-in of that browser is none in a window.
		u, _ := url.Parse(c.Post("/sign-in/social", authtest.JSON{"provider": "fake", "callbackURL": "/x"}).Want(200).Text("url"))
		if to := c.Get("/callback/fake?code=ada&state=" + u.Query().Get("state")).Want(302).Header.Get("Location"); to != "/x" {
			t.Error(to)
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c, state := start(s, "&errorCallbackURL=/oops")
	c.Get("/callback/fake?error=access_denied&error_description=no%20%3C/script%3E&state="+state).
		Want(200, `"error":{"code":"access_denied","description":"no \u003c/script\u003e"}`)
	for query, want := range map[string]string{
		"provider=none&popupOrigin=https://app.test":                                       "provider_not_found",
		"provider=fake&popupOrigin=https://app.test&callbackURL=https://evil.test":         "invalid_callback_url",
		"provider=fake&popupOrigin=https://app.test&errorCallbackURL=//evil.test":          "invalid_error_callback_url",
		"provider=fake&popupOrigin=https://app.test&newUserCallbackURL=/%5Cevil.test/":     "invalid_new_user_callback_url",
		"provider=%3C/script%3E&popupOrigin=https://app.test&popupNonce=%3C/script%3E<!--": "provider_not_found",
	} {
		a := s.Client().Get("/oauth-popup/start?"+query).Want(200, `"code":"`+want+`"`)
		if strings.Count(a.Body, "</script>") != 2 {
			t.Errorf("%s: %s", query, a.Body)
		}
	}
	s.Client().Get("/oauth-popup/start?provider=fake").Want(400, "VALIDATION_ERROR")
}

// TestRD03Origins covers RD-03 and RD-28: no other page than one of a trusted
// origin is told of a session.
func TestRD03Origins(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, origin := range []string{"https://evil.test", "https://app.test.evil.test", "https://app.test@evil.test", "*", "/", "", "null", "javascript:alert(1)",
		"https://app.test/path", "https://app.test?x", "//app.test"} {
		a := s.Client().Get("/oauth-popup/start?provider=fake&popupOrigin="+url.QueryEscape(origin)).Want(403, "INVALID_ORIGIN")
		if len(a.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %v", origin, a.Header)
		}
	}
	// A cookie that was not signed here redirects nobody's token.
	c, state := start(s, "")
	c.SetCookie("better-auth.oauth_popup", url.QueryEscape(`{"popupOrigin":"https://evil.test","popupNonce":""}.AAAA`))
	a := c.Get("/callback/fake?code=ada&state=" + state).Want(302)
	if a.Header.Get("Location") != "/home" {
		t.Error(a.Header)
	}
}

// TestScriptHash compares the policy with the script it allows.
func TestScriptHash(t *testing.T) {
	t.Parallel()
	a := serve(t).Client().Get("/oauth-popup/start?provider=none&popupOrigin=https://app.test").Want(200)
	_, rest, _ := strings.Cut(a.Body, "</script>\n<script>")
	script, _, _ := strings.Cut(rest, "</script>")
	sum := sha256.Sum256([]byte(script))
	if want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(a.Header.Get("Content-Security-Policy"), want) {
		t.Errorf("the policy is %s, the script %s", a.Header.Get("Content-Security-Policy"), want)
	}
}

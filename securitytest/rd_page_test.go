package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func brokenCredentials(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	c := s.Dial() // one connection for all
	target := harness.BasePath + "/get-session"
	for _, f := range []field{
		{"Authorization", "Bearer %"}, {"Authorization", "Bearer %E0%A4%A"}, {"Authorization", "Bearer"}, {"Authorization", "Bearer \xff\xfe"},
		{"Authorization", "Bearer ."}, {"Authorization", "bearer " + strings.Repeat(".", 10_000)}, {"Authorization", "Basic %%%"},
		{"Cookie", harness.SessionCookie + "=%"}, {"Cookie", harness.SessionCookie + "=%E0%A4%A; " + harness.CacheCookie + "=%"},
		{"Cookie", "=; ;;=="}, {"Cookie", harness.SessionCookie + "=\"x"},
	} {
		a := c.Do(&harness.Request{Method: "GET", Target: target, Fields: []field{f}})
		if a.Status != http.StatusUnauthorized && (a.Status != http.StatusOK || a.Body != "null") {
			t.Errorf("%s: %s: %d %s", f[0], f[1], a.Status, a.Body)
		}
	}
	a := s.Do(&harness.Request{Method: "GET", Target: target, Fields: []field{{"Authorization", "Bearer " + strings.Repeat("x", 64<<10)}}})
	if a.Status == http.StatusOK && a.Body != "null" || a.Status >= 500 {
		t.Errorf("a token of 64 KiB: %d %s", a.Status, a.Body)
	}
	c.Do(&harness.Request{Method: "GET", Target: target, Fields: []field{{"Authorization", "Bearer " + v.Jar[harness.SessionCookie]}}}).Want(http.StatusOK, v.User())
}

func failedSignInsReturnWhole(t *testing.T, s *harness.Site) {
	c := s.Client()
	u, _ := url.Parse(c.Begin(0, body{"callbackURL": "/cb?x=1#frag", "errorCallbackURL": "/cb?x=1#frag"}))
	a := c.Get("/callback/company?error=access_denied&error_description=no&state=" + url.QueryEscape(u.Query().Get("state")))
	a.Want(http.StatusFound)
	to := a.Header.Get("Location")
	back, err := url.Parse(to)
	if err != nil || back.Host != "" && back.Scheme+"://"+back.Host != s.Origin || strings.Count(to, "?") != 1 || back.Query().Get("error") == "" ||
		back.Query().Get("x") != "1" || back.Query().Has("code") {
		t.Errorf("the browser comes back to %s", to)
	}
	w := s.Watch("evil")
	for _, target := range []string{"http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/"} {
		w.Refused(s.Client().Post("/sign-in/social", body{"provider": "company", "callbackURL": target}), http.StatusForbidden, "INVALID_CALLBACK_URL")
	}
}

const markup = `"><script>alert(1)</script><img src=x onerror=1>`

func errorPageShowsText(t *testing.T, s *harness.Site) {
	a := s.Client().Get("/error?error=" + url.QueryEscape("<script>alert(1)</script>") + "&error_description=" + url.QueryEscape(markup))
	a.Want(http.StatusOK)
	if strings.Contains(a.Body, "<script>") || strings.Contains(a.Body, "<img") {
		t.Errorf("the page holds markup of the query:\n%s", a.Body)
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("the page's head: %v", a.Header)
	}
	s.Client().Get("/error?error=account_not_linked").Want(http.StatusOK, "account_not_linked")
}

func pagesShowText(t *testing.T, s *harness.Site) {
	bad := url.QueryEscape(markup)
	for _, path := range []string{
		"/error?error=" + bad + "&error_description=" + bad + "&x=" + bad, "/verify-email?token=" + bad, "/reset-password/" + url.PathEscape(markup),
		"/magic-link/verify?token=" + bad, "/delete-user/callback?token=" + bad, "/callback/" + url.PathEscape(markup) + "?error=" + bad,
		"/callback/company?error=" + bad + "&error_description=" + bad, "/" + url.PathEscape(markup), "/oauth-popup/start?provider=" + bad,
	} {
		a := s.Client().Get(path, field{"User-Agent", markup}, field{"Referer", markup})
		if a.Status >= 500 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
		if kind := a.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && strings.Contains(a.Body, "<script>alert") {
			t.Errorf("%s shows markup:\n%s", path, a.Body)
		}
		if strings.Contains(a.Raw, "\n<script") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s", path, a.Raw)
		}
	}
	s.Client().Get("/error?error=x").Want(http.StatusOK, "<h1>")
}

func locationsHoldNoSessions(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	check := func(what string, c *harness.Client, a *harness.Answer) {
		t.Helper()
		a.Want(http.StatusFound)
		token := c.Token()
		if token == "" {
			t.Errorf("%s signs nobody in", what)
		} else if strings.Contains(a.Header.Get("Location"), token) {
			t.Errorf("%s leads to %s", what, a.Header.Get("Location"))
		}
	}
	c := s.Client()
	check("a provider", c, c.Arrive(0, harness.Grant{Claims: body{"sub": s.Address("sub"), "email": s.Address("social"), "email_verified": true}}))
	c = s.Client()
	c.Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	check("a link", c, c.Get("/magic-link/verify?callbackURL=%2Fok&token="+s.Message("magic-link", email).Token))
	a := s.Client().Get("/error?error=x")
	if got := a.Header.Get("Referrer-Policy"); got != "" && got != "no-referrer" {
		t.Errorf("Referrer-Policy: %s", got)
	}
}

func signOutLeadsNowhere(t *testing.T, s *harness.Site) {
	for _, target := range []string{evil, "//evil.example", `/\evil.example`, "https:evil.example", "javascript:alert(1)"} {
		for _, name := range []string{"callbackURL", "redirect", "rd", "next", "post_logout_redirect_uri", "redirectTo"} {
			a := s.Client().Post("/sign-out?"+name+"="+url.QueryEscape(target), body{name: target})
			if a.Header.Get("Location") != "" || strings.Contains(a.Body, "evil") || strings.Contains(a.Body, "javascript") {
				t.Errorf("%s=%s leads to %s %s", name, target, a.Header.Get("Location"), a.Body)
			}
		}
	}
	v := s.SignUp(s.Address("victim"))
	thief := v.Clone()
	v.Post("/sign-out", body{"callbackURL": "/bye"}).Want(http.StatusOK, `"success":true`)
	thief.Stranger("a session that was signed out")
}

func secretsAreNotCached(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	v.Post("/api-key/create", body{"name": "n"}).Want(http.StatusOK)
	paths := []string{"/get-session", "/list-sessions", "/list-accounts", "/token", "/api-key/list", "/organization/list", "/passkey/generate-register-options"}
	answers := map[string]*harness.Answer{
		"/sign-in/email":    s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}),
		"/sign-up/email":    s.Client().Post("/sign-up/email", body{"email": s.Address("n"), "password": harness.Password, "name": "n"}),
		"/update-user":      v.Post("/update-user", body{"name": "n"}),
		"/api-key/create":   v.Post("/api-key/create", body{"name": "m"}),
		"/callback/company": s.Client().Arrive(0, harness.Grant{Claims: body{"sub": email, "email": s.Address("social"), "email_verified": true}}),
		"/sign-out":         s.SignIn(email).Post("/sign-out", body{}),
	}
	for _, path := range paths {
		answers[path] = v.Get(path)
	}
	for path, a := range answers {
		if a.Status >= 400 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
		if c := a.Header.Get("Cache-Control"); !strings.Contains(c, "no-store") && !strings.Contains(c, "private") {
			t.Errorf("%s: Cache-Control: %q", path, c)
		}
	}
}

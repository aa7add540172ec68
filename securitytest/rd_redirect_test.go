package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

type body = harness.JSON

// fields are the members that name where a browser is sent, with the code
// that refuses each, and an endpoint that takes it.
var fields = []struct{ name, code, path string }{
	{"callbackURL", "INVALID_CALLBACK_URL", "/sign-in/social"},
	{"errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "/sign-in/social"},
	{"newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "/sign-in/social"},
	{"redirectTo", "INVALID_REDIRECT_URL", "/request-password-reset"},
}

// targeting returns a body that is good but for the target.
func targeting(path, name string, target any) body {
	if path == "/request-password-reset" {
		return body{"email": "nobody@example.com", name: target}
	}
	return body{"provider": harness.ProviderIDs[0], name: target}
}

// refuseTargets proves that each target is refused in each field, and that a
// good one is taken.
func refuseTargets(s *harness.Site, good string, bad ...string) {
	w := s.Watch("evil")
	for _, f := range fields {
		for _, target := range bad {
			w.Refused(s.Client().Post(f.path, targeting(f.path, f.name, target)), http.StatusForbidden, f.code)
		}
		s.Client().Post(f.path, targeting(f.path, f.name, good)).Want(http.StatusOK)
	}
}

func mailedLinksStayHome(t *testing.T, s *harness.Site) {
	const evil = "https://evil.example/"
	email := s.Address("victim")
	v := s.SignUp(email)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	v.Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	links := []struct{ kind, path string }{
		{"reset-password", "/reset-password/TOKEN?"},
		{"verification-email", "/verify-email?token=TOKEN&"},
		{"magic-link", "/magic-link/verify?token=TOKEN&"},
		{"delete-account", "/delete-user/callback?token=TOKEN&"}, // the last: nobody is left afterwards
	}
	for i, link := range links { // all have arrived before storage is looked at
		links[i].path = strings.Replace(link.path, "TOKEN", s.Message(link.kind, email).Token, 1) + "callbackURL="
	}
	for _, link := range links {
		w := s.Watch(email)
		a := v.Get(link.path + url.QueryEscape(evil))
		w.Refused(a, http.StatusForbidden, "INVALID_CALLBACK_URL")
		if to := a.Header.Get("Location"); to != "" {
			t.Errorf("%s leads to %s", link.kind, to)
		}
		a = v.Get(link.path + "%2Fok")
		a.Want(http.StatusFound)
		if to := a.Header.Get("Location"); !strings.HasPrefix(to, "/ok") && !strings.HasPrefix(to, s.Origin+"/ok") || strings.Contains(to, "error") {
			t.Errorf("%s is spent: it leads to %s", link.kind, to)
		}
	}
}

func oddTargetsAreForeign(_ *testing.T, s *harness.Site) {
	refuseTargets(s, "/welcome", "//evil.example", `/\evil.example`, `\\evil.example`, "/%5cevil.example", "/%2fevil.example",
		"https:evil.example", "https:/evil.example", "///evil.example")
}

// nearlyTrusted look like https://app.example.com or https://*.wild.example to
// whoever compares texts.
var nearlyTrusted = []string{
	"https://app.example.com.evil.test", "https://app.example.com@evil.test", "https://evil.test/?x=.wild.example",
	"https://evil.test#.wild.example", "http://app.example.com", "https://app.example.com:444", "https://evilwild.example",
}

func originsAreParsed(_ *testing.T, s *harness.Site) {
	refuseTargets(s, "https://a.wild.example/p", nearlyTrusted...)
	email := s.Address("victim")
	v := s.SignUp(email)
	w := s.Watch(v.User())
	for _, o := range nearlyTrusted {
		w.Refused(v.Post("/update-user", body{"name": "owned"}, field{"Origin", o}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	v.Post("/update-user", body{"name": "changed"}, field{"Origin", "https://a.wild.example"}).Want(http.StatusOK)
}

func relativeTargetsResolveHome(t *testing.T, s *harness.Site) {
	taken := 0
	for _, target := range relativeLooking() {
		a := s.Client().Post("/request-password-reset", body{"email": "nobody@example.com", "redirectTo": target})
		if a.Status != http.StatusOK {
			s.Watch("evil").Refused(a, 0, "")
			continue
		}
		taken++
		if o := resolve(s.Origin, target); o != s.Origin {
			t.Errorf("%q is taken, and leads to %s", target, o)
		}
	}
	if taken == 0 {
		t.Error("no target is taken")
	}
}

// relativeLooking returns some 200 targets that start like a path.
func relativeLooking() []string {
	var list []string
	for _, start := range []string{"/", "/.", "/..", "/@", "/ok", "", "/%2e%2e", "/;", "/?", "/#", " /", "/x/.."} {
		for _, middle := range []string{"", "/", "//", `\`, "\t", "\r\n", "%09", "%0d", ";", "\u3000", "%2f", "%5c", "\x00", ":", "%00", "/@", "/."} {
			list = append(list, start+middle+"evil.example", start+middle+"/evil.example")
		}
	}
	return list
}

// resolve is what the WHATWG URL standard makes of a target on a page of the
// origin: blanks and control characters at both ends go, tabs and line breaks
// go everywhere, a backslash is a slash, and two slashes begin an authority.
func resolve(origin, target string) string {
	target = strings.TrimFunc(target, func(r rune) bool { return r <= ' ' })
	target = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(target)
	if scheme, rest, ok := strings.Cut(target, ":"); ok && scheme != "" && !strings.ContainsAny(scheme, "/?#%@;.") {
		return scheme + ":" + rest
	}
	if strings.HasPrefix(target, "//") {
		host, _, _ := strings.Cut(strings.TrimLeft(target, "/"), "/")
		return "http://" + host
	}
	return origin
}

func wildcardsWantASchemeOfTheWeb(t *testing.T, s *harness.Site) {
	w := s.Watch("evil")
	for _, target := range []string{"app.example.com.evil.test", "foo.example.com", "javascript:alert(1)//x.example.com",
		"data:text/html,x.example.com", "myapp://x.example.com", "ftp://x.example.com"} {
		w.Refused(s.Client().Post("/sign-in/social", targeting("", "callbackURL", target)), http.StatusForbidden, "INVALID_CALLBACK_URL")
	}
	s.Client().Post("/sign-in/social", targeting("", "callbackURL", "https://x.example.com/p")).Want(http.StatusOK)
	_ = t
}

func targetsAddNoLines(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	// Encoded ones are characters of a path, and stay encoded.
	a := s.Client().Get("/verify-email?token=x&callbackURL=" + url.QueryEscape("/a%0d%0aSet-Cookie:x=1"))
	a.Want(http.StatusFound)
	if to := a.Header.Get("Location"); !strings.HasPrefix(to, "/a%0d%0aSet-Cookie:x=1?") || a.SetCookie("x") != "" {
		t.Errorf("the target came out as %q:\n%s", to, a.Raw)
	}
	for _, target := range []string{"/a\r\nSet-Cookie: x=1", "/\t/evil.example", "/%2f%2fevil.example", "/x/%5c%5cevil", "/ok\x00"} {
		for _, path := range []string{"/sign-in/social", "/request-password-reset"} {
			for _, f := range fields {
				if f.path != path {
					continue
				}
				a := s.Client().Post(path, targeting(path, f.name, target))
				s.Watch("x=1").Refused(a, http.StatusForbidden, f.code)
			}
		}
		// Where the target is in the query, and the answer would be a redirect.
		a := s.Client().Get("/verify-email?token=x&callbackURL=" + url.QueryEscape(target))
		s.Watch(email).Refused(a, http.StatusForbidden, "INVALID_CALLBACK_URL")
		if strings.Contains(strings.ToLower(a.Raw), "\nset-cookie: x=1") || strings.Contains(strings.ToLower(a.Raw), "\nset-cookie:x=1") {
			t.Errorf("%q adds a line to the head:\n%s", target, a.Raw)
		}
	}
	s.Client().Get("/verify-email?token=x&callbackURL=%2Fok").Want(http.StatusFound)
}

func addressWildcards(_ *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	w := s.Watch(v.User())
	for _, o := range []string{"http://192.168.evil.com:3000", "http://192.168.1.1.evil.com:3000", "http://192.168.1:3000", "http://192.168.4.7"} {
		w.Refused(v.Post("/update-user", body{"name": "owned"}, field{"Origin", o}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	v.Post("/update-user", body{"name": "changed"}, field{"Origin", "http://192.168.4.7:3000"}).Want(http.StatusOK)
}

func appSchemes(_ *testing.T, s *harness.Site) {
	refuseTargets(s, "myapp://auth/cb", "myapp://evil", "myapp://auth@evil", "myapp://auth.evil", "myapp:evil", "myapp://auth\n", "myapp://evil@auth")
}

func signInLeadsHome(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	w := s.Watch(email)
	for _, target := range append([]string{"//evil.example", `/\evil.example`, "https:evil.example", "https://evil.example"}, nearlyTrusted...) {
		a := s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password, "callbackURL": target})
		w.Refused(a, http.StatusForbidden, "INVALID_CALLBACK_URL")
	}
	a := s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password, "callbackURL": "https://a.wild.example/p"})
	a.Want(http.StatusOK, "https://a.wild.example/p")
	arrived := s.Client().Arrive(0, harness.Grant{Claims: body{"sub": s.Address("subject"), "email": s.Address("social"), "email_verified": true}})
	arrived.Want(http.StatusFound)
	if to := arrived.Header.Get("Location"); to != "/welcome" && to != s.Origin+"/welcome" {
		t.Errorf("the callback leads to %s", to)
	}
}

func brokenTargets(_ *testing.T, s *harness.Site) {
	w := s.Watch("evil")
	for _, target := range []any{"https://[", "http://%", "::", strings.Repeat("a", 10_000), 1, body{}, []any{}, body{"a": 1}, []any{"/ok"}, true} {
		for _, f := range fields {
			w.Refused(s.Client().Post(f.path, targeting(f.path, f.name, target)), 0, "")
		}
	}
	s.Client().Post("/sign-in/social", targeting("", "callbackURL", "/ok")).Want(http.StatusOK)
	s.Client().Get("/ok").Want(http.StatusOK, `"ok":true`)
}

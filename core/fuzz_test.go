package core_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/core"
)

func FuzzCookies(f *testing.F) {
	s := newSite(f, addCookies)
	for _, line := range []string{"better-auth.plain=x", `better-auth.plain="`, "a;=;;b = c; better-auth.plain=%zz", "\x00=\xff"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got := s.do("GET", "/cookies", "", "Cookie", line)
		if got.status != 200 || !utf8.ValidString(line) {
			return
		}
		if !utf8.ValidString(got.body) {
			t.Errorf("%q was read as %q", line, got.body)
		}
		if strings.Contains(got.body, "|") && !strings.Contains(line, "|") && !strings.Contains(line, "%") {
			t.Errorf("%q holds a signature", line)
		}
	})
}

func FuzzCookieCache(f *testing.F) {
	var sites []*site
	for _, strategy := range []string{core.CacheCompact, core.CacheJWT, core.CacheJWE} {
		s := newSite(f, nil, cached(strategy))
		_, data, _ := strings.Cut(s.enter(f, "ada@example.com"), "better-auth.session_data=")
		f.Add(data)
		sites = append(sites, s)
	}
	f.Add("e30")
	f.Add("eyJzZXNzaW9uIjp7fSwiZXhwaXJlc0F0Ijo5ZTk5LCJzaWduYXR1cmUiOiIifQ")
	f.Fuzz(func(t *testing.T, data string) {
		for _, s := range sites {
			token := "better-auth.session_token=" + s.Secrets().Sign("a token nobody has")
			exactly(t, s.do("GET", "/who", "", "Cookie", token+"; better-auth.session_data="+data), 200, "nobody")
		}
	})
}

func FuzzRouting(f *testing.F) {
	s := newSite(f, addRoutes, func(o *core.Options) { o.DisabledPaths = []string{"/both"} })
	for _, path := range []string{"/thing", "//thing", "/thing/a%2fb/c", "/both/", "/%", "/thing/../thing", "/hidden"} {
		f.Add(path)
	}
	served := map[string]bool{"/thing": true, "/nothing": true, "/moved": true, "/broken": true, "/who": true}
	f.Fuzz(func(t *testing.T, path string) {
		defer func() {
			// httptest panics on targets that no server would be given.
			if p := recover(); p != nil && !strings.Contains(p.(string), "invalid NewRequest arguments") {
				panic(p)
			}
		}()
		got := s.do("GET", path, "")
		bare, _, _ := strings.Cut(path, "?")
		bare, _, _ = strings.Cut(bare, "#")
		if got.status != 404 && !served[bare] && !strings.ContainsAny(path, " \t") {
			t.Errorf("%q: got %d %q", path, got.status, got.body)
		}
	})
}

package password

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever the target holds, the page is reached on its own origin and finds
// the parameter once.
func FuzzSetQuery(f *testing.F) {
	for _, seed := range []string{
		"/", "/new?x=1#part", "/new?token=a&token=b", "/?%zz=%", "/a/../b?&&=", "myapp://reset", "https://app.example.com",
		"/ü?ö=ä", "/a?b=c+d%20e", "?token", "#token=x", "/%", "//evil.example",
	} {
		f.Add(seed, "secret")
	}
	const base = "https://auth.example.com"
	f.Fuzz(func(t *testing.T, target, value string) {
		got := setQuery(base, target, "token", value)
		u, err := url.Parse(got)
		if err != nil {
			if _, err := url.Parse(target); err == nil {
				t.Fatalf("%q became %q, which is no URL", target, got)
			}
			return
		}
		if parsed, err := url.Parse(target); err != nil || parsed.Opaque != "" {
			return
		}
		if strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") && u.Scheme+"://"+u.Host != base {
			t.Fatalf("%q left for %q", target, got)
		}
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(query["token"]) != 1 || query.Get("token") != value {
			t.Fatalf("%q became %q, whose token is %q (%v)", target, got, query["token"], err)
		}
	})
}

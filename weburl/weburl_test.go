package weburl_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/weburl"
)

func ExampleAppendQuery() {
	fmt.Println(weburl.AppendQuery("/done?x=1#part", "error", "INVALID_TOKEN"))
	fmt.Println(weburl.AppendQuery("https://app.example.com", "error", "no luck"))
	// Output:
	// /done?x=1&error=INVALID_TOKEN#part
	// https://app.example.com/?error=no+luck
}

func ExampleEscapeComponent() {
	fmt.Println(weburl.EscapeComponent("/done?x=1 2&y=ü!"))
	// Output: %2Fdone%3Fx%3D1%202%26y%3D%C3%BC!
}

func TestAppendQuery(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/":                              "/?k=v",
		"/?":                             "/?k=v",
		"/?a":                            "/?a&k=v",
		"/?a&":                           "/?a&k=v",
		"/a?b=c%20d+e":                   "/a?b=c%20d+e&k=v",
		"/a#f?g":                         "/a?k=v#f?g",
		"/a#":                            "/a?k=v#",
		"myapp://done":                   "myapp://done?k=v",
		"http://app.test:8080":           "http://app.test:8080/?k=v",
		"https://app.test?x=/y":          "https://app.test?x=/y&k=v",
		"https://app.test/a?u=http://b/": "https://app.test/a?u=http://b/&k=v",
	} {
		if got := weburl.AppendQuery(target, "k", "v"); got != want {
			t.Errorf("AppendQuery(%q) = %q, want %q", target, got, want)
		}
	}
}

// Whatever the target holds, it stays where it leads, and the parameter is in
// the query.
func FuzzAppendQuery(f *testing.F) {
	for _, seed := range []string{"/", "/a?b#c", "https://app.test", "myapp://x", "//evil.test", "?", "#", "&", "/%zz?;"} {
		f.Add(seed, "v&w=x#y")
	}
	f.Fuzz(func(t *testing.T, target, value string) {
		before, err := url.Parse(target)
		if err != nil {
			return
		}
		after, err := url.Parse(weburl.AppendQuery(target, "k", value))
		if err != nil {
			t.Fatalf("%q became no URL: %v", target, err)
		}
		if after.Scheme != before.Scheme || after.Host != before.Host || after.Fragment != before.Fragment {
			t.Fatalf("%q became %q", target, after)
		}
		if last := after.RawQuery[strings.LastIndexByte(after.RawQuery, '&')+1:]; last != "k="+url.QueryEscape(value) {
			t.Fatalf("%q became %q", target, after)
		}
	})
}

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
		got := weburl.SetQuery(base, target, "token", value)
		u, err := url.Parse(got)
		if err != nil {
			// A host is judged by the rules of its scheme, which "//::" takes from the base.
			if whole, network := strings.CutPrefix(target, "//"); network {
				target = "https://" + whole
			}
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

// The expected texts are what the reference redirects to.
func TestSetQueryAsBrowsers(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/%":                            "https://own.test/%?k=v",
		"/%zz":                          "https://own.test/%zz?k=v",
		"/a|b":                          "https://own.test/a|b?k=v",
		"/a^b":                          "https://own.test/a%5Eb?k=v",
		"/a#b#c":                        "https://own.test/a?k=v#b#c",
		"/a/./b/%2E%2e/c?x=%2f*~":       "https://own.test/a/c?x=%2F*%7E&k=v",
		"/ü b":                          "https://own.test/%C3%BC%20b?k=v",
		"https://x.EXAMPLE.com:443":     "https://x.example.com/?k=v",
		"HTTPS://APP.EXAMPLE.COM:44/x#": "https://app.example.com:44/x?k=v#",
		`https://evil.test\.example`:    "https://evil.test/.example?k=v",
		"myapp://":                      "myapp://?k=v",
		"MYAPP://auth":                  "myapp://auth?k=v",
		"myapp://auth/x/../cb":          "myapp://auth/cb?k=v",
		"done":                          "https://own.test/done?k=v",
	} {
		if got := weburl.SetQuery("https://own.test", target, "k", "v"); got != want {
			t.Errorf("SetQuery(%q) = %q, want %q", target, got, want)
		}
	}
}

package origin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/origin"
)

func ExampleTrusted() {
	trusted, err := origin.NewTrusted([]string{"https://app.example.com", "*.example.org", "myapp://callback"})
	if err != nil {
		panic(err)
	}
	fmt.Println(trusted.Allows("https://app.example.com"))
	fmt.Println(trusted.Allows("https://app.example.com.evil.test"))
	fmt.Println(trusted.AllowsRedirect("myapp://callback/done"))
	fmt.Println(trusted.AllowsRedirect("/dashboard"))
	fmt.Println(trusted.AllowsRedirect("//evil.test"))
	// Output:
	// true
	// false
	// true
	// true
	// false
}

func TestOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://app.example.com":                "https://app.example.com",
		"HTTPS://App.Example.com:443/p?q":        "https://app.example.com",
		"http://h:80#f":                          "http://h",
		"http://h:443":                           "http://h:443",
		"https://h.:1":                           "https://h.:1",
		`https://h\@evil.test`:                   "https://h",
		"https://[2001:DB8:0:0::1]:8443/":        "https://[2001:db8::1]:8443",
		"https://[::FFFF:1.2.3.4]":               "https://[::ffff:102:304]",
		"https://[::ffff:0.0.0.1]":               "https://[::ffff:0:1]",
		"https://127.0.0.1":                      "https://127.0.0.1",
		"https://0xyz.example":                   "https://0xyz.example",
		"https://1.2.3.4.5":                      "",
		"https://a.0x":                           "",
		"https://01.2.3.4":                       "",
		"null":                                   "",
		"":                                       "",
		"//h":                                    "",
		"ftp://h":                                "",
		"https://u@h":                            "",
		"https://h/\x7f":                         "",
		"https://h/\xff":                         "",
		"https://" + strings.Repeat("a.", 200):   "",
		"https://h/" + strings.Repeat("a", 8192): "",
	} {
		got, ok := origin.Of(in)
		if got != want || ok != (want != "") {
			t.Errorf("Of(%.60q) = %q, %t; want %q", in, got, ok, want)
		}
	}
}

func TestNewTrustedRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"app.example.com", "localhost:3000", "https://", "https://a/path", "https://a#f", "https://u@a",
		"https://*.a/path", "https://*@a", "http:/a", "http:a", "https://bücher.example", "https://2130706433",
		"javascript:", "javascript://*", "data:/", "://x", "my app://", "myapp://u@h", "a\nb", `https://a\b`, "*.a/b", "myapp://h:x",
	} {
		_, err := origin.NewTrusted([]string{"https://ok.example", pattern})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", pattern)) {
			t.Errorf("pattern %q: error %v; want one that names it", pattern, err)
		}
	}
}

func TestPatternsAreCanonical(t *testing.T) {
	t.Parallel()
	trusted, err := origin.NewTrusted([]string{"HTTPS://App.Example.com:443/", " https://*.EXAMPLE.org:443/ ", ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"https://app.example.com", "https://a.example.org"} {
		if !trusted.Allows(url) {
			t.Errorf("%s is not allowed", url)
		}
	}
	want := []string{"HTTPS://App.Example.com:443/", "https://*.EXAMPLE.org:443/"}
	if diff := cmp.Diff(want, trusted.Patterns()); diff != "" {
		t.Error(diff)
	}
}

func TestWithLeavesTheSetAlone(t *testing.T) {
	t.Parallel()
	base, err := origin.NewTrusted([]string{"https://a.example"})
	if err != nil {
		t.Fatal(err)
	}
	more, err := base.With("https://b.example", "*.c.example", "app://", "https://*.d.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"https://b.example", "https://x.c.example", "app://x", "https://x.d.example"} {
		if base.Allows(url) || !more.Allows(url) {
			t.Errorf("%s: base %t, with %t; want false, true", url, base.Allows(url), more.Allows(url))
		}
	}
	if _, err := base.With("nonsense"); err == nil {
		t.Error("With took an invalid pattern")
	}
	if none := (*origin.Trusted)(nil); none.Allows("https://a.example") || !none.AllowsRedirect("/ok") {
		t.Error("the nil set must trust no origin, and allow paths")
	}
}

func TestAllowsDoesNotAllocate(t *testing.T) {
	trusted, err := origin.NewTrusted([]string{"https://app.example.com", "https://*.example.org", "*.example.net", "app://"})
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{
		"https://app.example.com", "https://app.example.com:443/path", "https://a.example.org", "https://a.example.net/x", "https://evil.test", "/path",
	} {
		if n := testing.AllocsPerRun(100, func() { trusted.AllowsRedirect(url) }); n != 0 {
			t.Errorf("%s: %v allocations; want 0", url, n)
		}
	}
}

// Wildcards of a path stay between its slashes.
func TestPathWildcards(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"exp://h/*":       "exp://h exp://h/a",
		"exp://h/a/*":     "exp://h/a/b",
		"exp://h/a*":      "exp://h/a",
		"exp://h/**":      "exp://h exp://h/a exp://h/a/b exp://h/a/b/c",
		"exp://h/a/**":    "exp://h/a exp://h/a/b exp://h/a/b/c",
		"exp://h/**/c":    "exp://h/a/b/c",
		"exp://h/**/b/**": "exp://h/a/b exp://h/a/b/c",
		"exp://h/?/?":     "exp://h/a/b",
	} {
		trusted, err := origin.NewTrusted([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range []string{"exp://h", "exp://h/a", "exp://h/a/b", "exp://h/a/b/c"} {
			if trusted.Allows(u) {
				got = append(got, u)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s allows %q, want %q", pattern, got, want)
		}
	}
}

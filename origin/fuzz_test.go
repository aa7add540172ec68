package origin_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/origin"
)

// An origin is its own origin, is what net/url reads too once a URL is free of what
// the two read differently, and holds nothing a header could be split with.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{
		"https://app.example.com:443/x", "http://[::ffff:1.2.3.4]:8080", `https://a\@b`, "https://a@b", "https://0x7f.1", "HTTP://A.b.:0/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := origin.Of(raw)
		if !ok {
			if got != "" {
				t.Fatalf("Of(%q) = %q, false", raw, got)
			}
			return
		}
		if again, ok := origin.Of(got); !ok || again != got {
			t.Fatalf("Of(%q) = %q, whose own origin is %q, %t", raw, got, again, ok)
		}
		if strings.ContainsAny(got, " \t\r\n@\\?#%") || strings.ToLower(got) != got {
			t.Fatalf("Of(%q) = %q", raw, got)
		}
		if cut := strings.IndexAny(raw[8:], `\?#`); cut >= 0 {
			raw = raw[:8+cut]
		}
		if cut := strings.Index(raw[8:], "/"); cut >= 0 {
			raw = raw[:8+cut]
		}
		parsed, err := url.Parse(raw)
		if err != nil {
			t.Fatalf("net/url refuses %q: %v", raw, err)
		}
		if addr, err := netip.ParseAddr(parsed.Hostname()); err == nil && addr.Is6() {
			return
		}
		if host := strings.ToLower(parsed.Hostname()); !strings.HasPrefix(got, parsed.Scheme+"://"+host) {
			t.Fatalf("Of(%q) = %q; net/url reads host %q", raw, got, host)
		}
	})
}

// An accepted relative target stays on its origin, also once it was cleaned.
func FuzzAllowsRedirect(f *testing.F) {
	for _, seed := range []string{
		"/", "//evil", "/\\evil", "/.//evil", "/%2e%2e//evil", "/a/..//evil", "/%2fevil", "/\t/evil", "/?//", "/@evil", "/;//x", "/%09/evil", "/\u0085",
	} {
		f.Add(seed)
	}
	base, err := url.Parse("https://app.example.com/api/auth")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if !(*origin.Trusted)(nil).AllowsRedirect(target) {
			return
		}
		if target[0] != '/' || strings.HasPrefix(target, "//") || strings.ContainsAny(target, "\\\x00\t\r\n\x7f") {
			t.Fatalf("allowed %q", target)
		}
		ref, err := url.Parse(target)
		if err != nil {
			return // Go refuses a stray "%", browsers do not
		}
		if got := base.ResolveReference(ref); got.Host != base.Host || got.Scheme != base.Scheme || strings.HasPrefix(got.Path, "//") {
			t.Fatalf("%q resolves to %q", target, got)
		}
	})
}

func FuzzClientIP(f *testing.F) {
	for _, seed := range []string{"1.2.3.4", "a,b", ",,", "[::1]:80", "::ffff:1.2.3.4", "10.0.0.1, 10.0.0.2", "fe80::1%x", "[", "]:1", "1.2.3.4:x"} {
		f.Add(seed)
	}
	trusted := proxies(f, "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{RemoteAddr: "10.0.0.1:1", Header: http.Header{"X-Forwarded-For": {header}}}
		addr, ok := origin.ClientIP(r, origin.IPOptions{Trusted: trusted})
		if ok != addr.IsValid() || addr.Is4In6() || addr.Zone() != "" {
			t.Fatalf("ClientIP(%q) = %v, %t", header, addr, ok)
		}
		r.Header["X-Forwarded-For"] = []string{header + ", 203.0.113.9"}
		if addr, _ := origin.ClientIP(r, origin.IPOptions{Trusted: trusted}); addr != netip.MustParseAddr("203.0.113.9") {
			t.Fatalf("%q hides the hop of the proxy: %v", header, addr)
		}
	})
}

// No pattern, and no URL, makes the matcher panic, and with the host of a pattern
// fixed, nothing outside it is let in.
func FuzzPattern(f *testing.F) {
	f.Add("https://*.example.com", "https://a.example.com")
	f.Add("*.example.com", "javascript://a.example.com")
	f.Add("exp://192.168.*.*:*/**", "exp://192.168.1.1:1/x")
	f.Add("myapp://auth/cb", "myapp://auth/cb/%2e%2e")
	f.Add(`a*\*?b`, "https://x")
	f.Fuzz(func(t *testing.T, pattern, target string) {
		trusted, err := origin.NewTrusted([]string{pattern})
		if err != nil || !trusted.Allows(target) {
			return
		}
		scheme, _, ok := strings.Cut(strings.ToLower(target), ":")
		if !ok || strings.ContainsAny(target, "\r\n\t\x00") || scheme == "javascript" || scheme == "data" {
			t.Fatalf("pattern %q allows %q", pattern, target)
		}
		if _, ok := origin.Of(target); (scheme == "http" || scheme == "https") && !ok {
			t.Fatalf("pattern %q allows %q, which has no origin", pattern, target)
		}
	})
}

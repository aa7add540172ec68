package origin_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/origin"
)

// vectors are what Better Auth 1.7.25 itself answered.
type vectors struct {
	Patterns []string `json:"patterns"`
	Match    [][2]any `json:"match"`    // URL, the patterns that allow it
	Relative [][2]any `json:"relative"` // target, allowed
	Normal   [][3]any `json:"normal"`   // address, subnet, text
	Hosts    [][3]any `json:"hosts"`    // pattern, host, allowed
	Hops     [][2]any `json:"hops"`     // header, address or null
}

func reference(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func each(v vectors, f func(pattern, url string, want bool)) {
	for _, row := range v.Match {
		allowed := row[1].([]any)
		for _, pattern := range v.Patterns {
			f(pattern, row[0].(string), slices.Contains(allowed, any(pattern)))
		}
	}
}

// stricter are the URLs that the package comment says are refused here only.
func stricter(pattern, url string) bool {
	schemeless := !strings.Contains(pattern, ":")
	scheme, rest, _ := strings.Cut(strings.ToLower(url), ":")
	web := scheme == "http" || scheme == "https"
	authority, _, _ := strings.Cut(strings.TrimLeft(rest, `/\`), "/")
	switch {
	case schemeless && !web:
	case strings.ContainsAny(url, "\t\n\x00\u0085"), strings.TrimSpace(url) != url:
	case strings.Contains(authority, "@"):
	case strings.Contains(url, `\`):
	case web && (!strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "///")):
	case web && strings.ContainsAny(authority, "%。ａü"):
	case strings.Contains(authority, "..") || strings.HasPrefix(authority, "."):
	case strings.HasSuffix(authority, ":") || strings.Contains(authority, ":0"):
	case slices.Contains([]string{
		"http://192.168.1:3000", "http://0xc0a80407:3000", "http://3232236551:3000", "http://0300.0250.4.7:3000",
		"http://192.168.4.7.:3000", "http://2130706433/", "http://127.1/",
	}, url):
	default:
		return false
	}
	return true
}

func TestAllowsAsReference(t *testing.T) {
	t.Parallel()
	agreed := 0
	ref := reference(t)
	each(ref, func(pattern, url string, want bool) {
		trusted, err := origin.NewTrusted([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		got := trusted.Allows(url)
		if got && !want {
			t.Errorf("pattern %q allows %q, the reference refuses it", pattern, url)
		}
		if !got && want && !stricter(pattern, url) {
			t.Errorf("pattern %q refuses %q, the reference allows it", pattern, url)
		}
		if got && want {
			agreed++
		}
	})
	if agreed < 80 {
		t.Errorf("only %d pairs are allowed; the vectors prove little", agreed)
	}
}

func TestRelativeAsReference(t *testing.T) {
	t.Parallel()
	stricter := []string{"/.//evil", "/..//evil", "/a/..//evil", "/%2e//evil", "/%2E%2e//evil", "/.%2e//evil", "/a/./..//evil", "/ok "}
	for _, v := range reference(t).Relative {
		target, want := v[0].(string), v[1].(bool)
		if slices.Contains(stricter, target) {
			want = false
		}
		if got := new(origin.Trusted).AllowsRedirect(target); got != want {
			t.Errorf("AllowsRedirect(%q) = %t; want %t", target, got, want)
		}
	}
}

func TestNormalizeAsReference(t *testing.T) {
	t.Parallel()
	for _, v := range reference(t).Normal {
		text, subnet, want := v[0].(string), int(v[1].(float64)), v[2].(string)
		if got := origin.Normalize(netip.MustParseAddr(text), subnet); got != want {
			t.Errorf("Normalize(%s, %d) = %q; want %q", text, subnet, got, want)
		}
	}
}

func TestHostsAsReference(t *testing.T) {
	t.Parallel()
	for _, v := range reference(t).Hosts {
		pattern, host, want := v[0].(string), v[1].(string), v[2].(bool)
		if !origin.ValidHost(host) {
			want = false // the reference checks the syntax before it matches
		}
		hosts, err := origin.NewHosts([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		if got := hosts.Allows(host); got != want {
			t.Errorf("hosts %q: Allows(%q) = %t; want %t", pattern, host, got, want)
		}
	}
}

// With a trusted peer the hops are read as the reference reads them. Two things
// differ: if all hops are proxies the leftmost is the client, where the reference
// knows none, and addresses come out whole, to be masked by Normalize.
func TestHopsAsReference(t *testing.T) {
	t.Parallel()
	proxies, err := origin.NewProxies([]string{"10.0.0.0/8", "2001:db8:ffff::/48"})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range reference(t).Hops {
		header := v[0].(string)
		want, _ := v[1].(string)
		switch header {
		case "::ffff:10.0.0.2":
			want = "10.0.0.2"
		case ",": // no hop at all: as if the header were missing
			want = "10.9.9.9"
		}
		r := &http.Request{RemoteAddr: "10.9.9.9:1", Header: http.Header{"X-Forwarded-For": {header}}}
		addr, ok := origin.ClientIP(r, origin.IPOptions{Trusted: proxies})
		if got := origin.Normalize(addr, 64); got != want || ok != (want != "") {
			t.Errorf("X-Forwarded-For: %s: %q, %t; want %q", header, got, ok, want)
		}
	}
}

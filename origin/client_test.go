package origin_test

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/origin"
)

func proxies(t testing.TB, entries ...string) *origin.Proxies {
	t.Helper()
	p, err := origin.NewProxies(entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	trusted := proxies(t, "10.0.0.0/8", "::1", "::ffff:172.16.0.0/108")
	xff := func(lines ...string) http.Header { return http.Header{"X-Forwarded-For": lines} }
	for name, test := range map[string]struct {
		peer    string
		header  http.Header
		headers []string
		unix    bool
		want    string
	}{
		"direct":                     {peer: "203.0.113.9:1", want: "203.0.113.9"},
		"direct, header ignored":     {peer: "203.0.113.9:1", header: xff("1.1.1.1"), want: "203.0.113.9"},
		"direct, IPv4-mapped":        {peer: "[::ffff:203.0.113.9]:1", want: "203.0.113.9"},
		"direct, zone":               {peer: "[fe80::1%eth0]:1", want: "fe80::1"},
		"proxy":                      {peer: "10.0.0.1:1", header: xff("203.0.113.9"), want: "203.0.113.9"},
		"proxy, IPv4-mapped":         {peer: "[::ffff:10.0.0.1]:1", header: xff("203.0.113.9"), want: "203.0.113.9"},
		"proxy in mapped range":      {peer: "172.16.0.1:1", header: xff("203.0.113.9"), want: "203.0.113.9"},
		"forged hop on the left":     {peer: "10.0.0.1:1", header: xff("1.1.1.1, 203.0.113.9"), want: "203.0.113.9"},
		"forged garbage":             {peer: "10.0.0.1:1", header: xff("a, 203.0.113.9"), want: "203.0.113.9"},
		"forged header line":         {peer: "10.0.0.1:1", header: xff("1.1.1.1", "203.0.113.9"), want: "203.0.113.9"},
		"two proxies":                {peer: "10.0.0.1:1", header: xff("1.1.1.1, 203.0.113.9", "10.0.0.2"), want: "203.0.113.9"},
		"only proxies":               {peer: "10.0.0.1:1", header: xff("10.0.0.3, 10.0.0.2"), want: "10.0.0.3"},
		"no header":                  {peer: "10.0.0.1:1", want: "10.0.0.1"},
		"unusable header":            {peer: "10.0.0.1:1", header: xff("unknown")},
		"long garbage":               {peer: "10.0.0.1:1", header: xff(strings.Repeat("1", 10_000))},
		"port":                       {peer: "10.0.0.1:1", header: xff("203.0.113.9:4711"), want: "203.0.113.9"},
		"brackets":                   {peer: "[::1]:1", header: xff("[2001:db8::1]"), want: "2001:db8::1"},
		"brackets and port":          {peer: "[::1]:1", header: xff("[2001:db8::1]:443"), want: "2001:db8::1"},
		"hop with a zone":            {peer: "[::1]:1", header: xff("fe80::1%eth0"), want: "fe80::1"},
		"mapped hop":                 {peer: "[::1]:1", header: xff("::ffff:192.0.2.1"), want: "192.0.2.1"},
		"other header not looked at": {peer: "10.0.0.1:1", header: http.Header{"X-Real-Ip": {"1.1.1.1"}}, want: "10.0.0.1"},
		"second header": {
			peer: "10.0.0.1:1", headers: []string{"cf-connecting-ip", "X-Real-IP"},
			header: http.Header{"X-Real-Ip": {"203.0.113.9"}, "Cf-Connecting-Ip": {"x"}}, want: "203.0.113.9",
		},
		"no header usable":    {peer: "10.0.0.1:1", headers: []string{"X-Real-IP"}, header: http.Header{"X-Real-Ip": {"x"}}},
		"no header sent":      {peer: "10.0.0.1:1", headers: []string{"X-Real-IP"}, want: "10.0.0.1"},
		"Unix socket":         {peer: "@", header: xff("203.0.113.9")},
		"Unix socket trusted": {peer: "@", header: xff("203.0.113.9"), unix: true, want: "203.0.113.9"},
	} {
		r := &http.Request{RemoteAddr: test.peer, Header: test.header}
		got, ok := origin.ClientIP(r, origin.IPOptions{Headers: test.headers, Trusted: trusted, TrustUnixSocket: test.unix})
		if text := origin.Normalize(got, 128); ok != (test.want != "") || ok && got != netip.MustParseAddr(test.want) || !ok && text != "" {
			t.Errorf("%s: ClientIP = %v, %t; want %q", name, got, ok, test.want)
		}
	}
	r := &http.Request{RemoteAddr: "203.0.113.9:1", Header: xff("1.1.1.1")}
	if got, ok := origin.ClientIP(r, origin.IPOptions{}); !ok || got != netip.MustParseAddr("203.0.113.9") {
		t.Errorf("without options: %v, %t", got, ok)
	}
}

func TestNewProxiesRefuses(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{"", "x", "10.0.0.0/33", "10.0.0/8", "::ffff:1.2.3.4/8", "10.0.0.1:80"} {
		if _, err := origin.NewProxies([]string{entry}); err == nil {
			t.Errorf("NewProxies took %q", entry)
		}
	}
}

func TestNormalizeAllocatesOnce(t *testing.T) {
	for _, text := range []string{"2001:db8::1", "203.0.113.9"} {
		addr := netip.MustParseAddr(text)
		if n := testing.AllocsPerRun(100, func() { origin.Normalize(addr, 64) }); n > 1 {
			t.Errorf("%s: %v allocations; want 1", text, n)
		}
	}
	if got := origin.Normalize(netip.Addr{}, 64); got != "" {
		t.Errorf("Normalize of no address = %q", got)
	}
	if a, b := origin.Normalize(netip.MustParseAddr("2001:db8:1:2:3::"), 0), origin.Normalize(netip.MustParseAddr("2001:db8:1:2::"), 64); a != b {
		t.Errorf("subnet 0 = %q; want 64 bits, %q", a, b)
	}
}

func TestValidHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"a": true, "a.b": true, "a-b.c": true, "localhost": true, "LOCALHOST:1": true, "1.2.3.4": true, "[::1]": true, "[::1]:80": true,
		"a_b.c": false, "-a.c": false, "[::g]": false, "a..b": false, ".a": false, "a.": false, "a b": false, "a,b": false,
		"evil/..": false, "a:b": false, "a:": false, "": false, "javascript:x": false, "<a>": false, "http://a": false, "a@b": false,
		"a:123456": false, "[fe80::1%25a]": false, "app.example.com:@evil": false,
		"1.2.3.4:99999": false, "999.1.1.1": false, // the reference lets these pass
	} {
		if got := origin.ValidHost(host); got != want {
			t.Errorf("ValidHost(%q) = %t; want %t", host, got, want)
		}
	}
}

func TestRequestOrigin(t *testing.T) {
	t.Parallel()
	request := func(host, forwardedHost, forwardedProto string, secure bool) *http.Request {
		r := &http.Request{Host: host, Header: http.Header{}}
		if forwardedHost != "" {
			r.Header["X-Forwarded-Host"] = strings.Split(forwardedHost, "|")
			r.Header["X-Forwarded-Proto"] = strings.Split(forwardedProto, "|")
		}
		if secure {
			r.TLS = new(tls.ConnectionState)
		}
		return r
	}
	for _, test := range []struct {
		r    *http.Request
		opt  origin.RequestOptions
		want string
	}{
		{request("App.example.com", "", "", false), origin.RequestOptions{}, "http://app.example.com"},
		{request("app.example.com:443", "", "", true), origin.RequestOptions{}, "https://app.example.com"},
		{request("app.example.com", "", "", false), origin.RequestOptions{Scheme: "https"}, "https://app.example.com"},
		{request("a.example", "b.example", "https", false), origin.RequestOptions{}, "http://a.example"},
		{request("a.example", "b.example", "https", false), origin.RequestOptions{Forwarded: true}, "https://b.example"},
		{request("a.example", "b.example|c.example", "https|http", false), origin.RequestOptions{Forwarded: true}, "http://a.example"},
		{request("a.example", "b.example,c.example", "javascript", false), origin.RequestOptions{Forwarded: true}, "http://a.example"},
		{request("a.example:@evil", "", "", false), origin.RequestOptions{}, ""},
		{request("", "", "", false), origin.RequestOptions{}, ""},
	} {
		if got, ok := origin.RequestOrigin(test.r, test.opt); got != test.want || ok != (test.want != "") {
			t.Errorf("host %q, %v, %+v: %q, %t; want %q", test.r.Host, test.r.Header, test.opt, got, ok, test.want)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	hosts, err := origin.NewHosts([]string{"App.example.com", "localhost:3000", "https://x.example.org", "192.168.*"})
	if err != nil {
		t.Fatal(err)
	}
	if hosts.Allows("192.168.evil.test") || !hosts.Allows("192.168.1.2") || (*origin.Hosts)(nil).Allows("app.example.com") {
		t.Error("an address range must admit addresses only, the nil list nothing")
	}
	for scheme, want := range map[string][]string{
		"":      {"https://app.example.com", "https://localhost:3000", "http://localhost:3000", "https://x.example.org", "https://192.168.*"},
		"https": {"https://app.example.com", "https://localhost:3000", "http://localhost:3000", "https://x.example.org", "https://192.168.*"},
		"http":  {"http://app.example.com", "http://localhost:3000", "https://x.example.org", "http://192.168.*"},
	} {
		if diff := cmp.Diff(want, hosts.Origins(scheme)); diff != "" {
			t.Errorf("Origins(%q): %s", scheme, diff)
		}
		if _, err := origin.NewTrusted(hosts.Origins(scheme)); err != nil {
			t.Errorf("Origins(%q) are no patterns: %v", scheme, err)
		}
	}
	for _, pattern := range []string{"", "a/b", "a b", "ftp://a", "*/x"} {
		if _, err := origin.NewHosts([]string{pattern}); err == nil {
			t.Errorf("NewHosts took %q", pattern)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:3000": true, "a.localhost": true, "127.0.0.1:80": true, "[::1]:80": true, "::1": true,
		"localhost.evil.test": false, "0.0.0.0": false, "example.com": false, "": false, "[::ffff:127.0.0.1]": true,
	} {
		if got := origin.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q) = %t; want %t", host, got, want)
		}
	}
}

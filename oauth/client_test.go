package oauth_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/oauth"
)

func TestSS02Public(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addr string
		want bool
	}{
		{"8.8.8.8", true}, {"2606:4700::1111", true}, {"::ffff:8.8.8.8", true},
		{"127.0.0.1", false}, {"::1", false}, {"10.1.2.3", false}, {"172.16.0.1", false}, {"192.168.1.1", false},
		{"169.254.169.254", false}, {"100.64.0.1", false}, {"0.0.0.0", false}, {"0.1.2.3", false}, {"::", false},
		{"::ffff:127.0.0.1", false}, {"::127.0.0.1", false}, {"64:ff9b::7f00:1", false}, {"2002:7f00:1::", false},
		{"fd00::1", false}, {"fe80::1", false}, {"fe80::1%eth0", false}, {"224.0.0.1", false}, {"255.255.255.255", false},
		{"240.0.0.1", false}, {"198.18.0.1", false}, {"192.0.2.1", false}, {"2001:db8::1", false}, {"fec0::1", false},
	} {
		if got := oauth.Public(netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("Public(%s) = %t", c.addr, got)
		}
	}
	if oauth.Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestSS01SS02ClientRefusesPrivateAddresses(t *testing.T) {
	t.Parallel()
	reached := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c := oauth.NewClient(oauth.ClientOptions{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "169.254.169.254"} {
		_, err := c.Do(t.Context(), oauth.Call{URL: "https://" + host + ":" + port + "/"})
		if err == nil || reached {
			t.Fatalf("%s was reached: %v", host, err)
		}
		if (host == "127.0.0.1" || host == "localhost") && !errors.Is(err, oauth.ErrPrivateAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, url := range []string{"http://example.com/", "ftp://example.com/", "file:///etc/passwd", "//example.com", "", "https://"} {
		if _, err := c.Do(t.Context(), oauth.Call{URL: url}); err == nil {
			t.Errorf("%q was asked for", url)
		}
	}
}

// TestClientThroughProxy sends requests through a proxy, which sees the name
// and resolves it, and none for addresses that are spelled out.
func TestClientThroughProxy(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		http.Error(w, "no way", http.StatusForbidden)
	}))
	t.Cleanup(s.Close)
	proxy, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := oauth.NewClient(oauth.ClientOptions{Proxy: proxy})
	if _, err := c.Do(t.Context(), oauth.Call{URL: "https://provider.example/token?secret=1"}); err == nil || strings.Contains(err.Error(), "secret=1") {
		t.Errorf("a refusal of the proxy: %v", err)
	}
	if got := <-asked; got != "CONNECT provider.example:443" {
		t.Errorf("the proxy was asked for %q", got)
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost", "app.localhost", "localhost.", "metadata.google.internal", "printer.local",
		"2130706433", "0x7f.1", "0177.0.0.1", "127.1", "169.254.169.254", "[::ffff:10.0.0.1]", "intranet", "x.."} {
		if _, err := c.Do(t.Context(), oauth.Call{URL: "https://" + host + "/"}); !errors.Is(err, oauth.ErrPrivateAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the proxy was asked for %q", <-asked)
	}
}

func TestSS03ClientRedirects(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("another origin was asked: %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/other":
			http.Redirect(w, r, other.URL+"/end", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/end":
			_, _ = w.Write([]byte("{}"))
		}
	}))
	t.Cleanup(s.Close)
	c := oauth.NewClient(oauth.ClientOptions{AllowPrivate: true})
	for _, k := range []struct {
		method, path string
		ok           bool
	}{{"GET", "/same", true}, {"GET", "/other", false}, {"GET", "/loop", false}, {"POST", "/same", false}, {"POST", "/other", false}} {
		_, err := c.Do(t.Context(), oauth.Call{Method: k.method, URL: s.URL + k.path, Bearer: "secret"})
		if (err == nil) != k.ok {
			t.Errorf("%s %s: %v", k.method, k.path, err)
		}
	}
}

func TestClientBounds(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			select {
			case <-release:
			case <-r.Context().Done():
			}
			return
		}
		_, _ = w.Write([]byte(strings.Repeat("x", 101)))
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	c := oauth.NewClient(oauth.ClientOptions{AllowPrivate: true, MaxBytes: 100, Timeout: 50 * time.Millisecond})
	for _, path := range []string{"/long", "/slow"} {
		if _, err := c.Do(t.Context(), oauth.Call{URL: s.URL + path + "?secret=1"}); err == nil || strings.Contains(err.Error(), "secret=1") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestParseTokens(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	tokens, err := oauth.ParseTokens([]byte(`{"access_token":"a","expires_in":"3600","scope":["x"," y ",3],"refresh_token_expires_in":60,"ACCESS_TOKEN":"b"}`), now)
	if err != nil || tokens.AccessToken != "a" || !tokens.AccessTokenExpiresAt.Equal(now.Add(time.Hour)) ||
		!tokens.RefreshTokenExpiresAt.Equal(now.Add(time.Minute)) || strings.Join(tokens.Scopes, ",") != "x,y" {
		t.Errorf("%+v %v", tokens, err)
	}
	for _, bad := range []string{``, `[]`, `null`, `{}`, `{"access_token":7}`, `{"error":"x","access_token":"a"}`, `{"access_token":""}`} {
		if _, err := oauth.ParseTokens([]byte(bad), now); err == nil {
			t.Errorf("%s is taken for tokens", bad)
		}
	}
	for _, never := range []string{`"x"`, `-1`, `0`, `1e300`, `null`, `{}`} {
		tokens, err := oauth.ParseTokens([]byte(`{"access_token":"a","expires_in":`+never+`}`), now)
		if err != nil || !tokens.AccessTokenExpiresAt.IsZero() {
			t.Errorf("expires_in %s: %+v %v", never, tokens, err)
		}
	}
}

func TestAppendQuery(t *testing.T) {
	t.Parallel()
	p := &oauth.Params{}
	p.Set("error", "a b&c~*")
	for target, want := range map[string]string{
		"/failed":                   "/failed?error=a+b%26c%7E*",
		"/failed?x=1#part":          "/failed?x=1&error=a+b%26c%7E*#part",
		"https://app.test":          "https://app.test/?error=a+b%26c%7E*",
		"https://app.test?x=%20&":   "https://app.test?x=%20&error=a+b%26c%7E*",
		"myapp://callback":          "myapp://callback?error=a+b%26c%7E*",
		"https://app.test/p?#there": "https://app.test/p?error=a+b%26c%7E*#there",
	} {
		if got := oauth.AppendQuery(target, p); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

package core_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
)

func addCookies(r *core.Registrar) {
	plain := r.Cookie("plain", cookie.Attributes{})
	no := false
	open := r.Cookie("open", cookie.Attributes{HTTPOnly: &no, SameSite: "none", Path: "/sub"})
	core.Raw(r, "GET", "cookies", "/cookies", func(c *core.Context) (*core.Response, error) {
		jar := c.Cookies()
		value, _ := jar.Get(plain)
		signed, ok := jar.GetSigned(open)
		if ok {
			value += "|" + signed
		}
		jar.Set(plain, "dropped", time.Hour)
		jar.Set(open, "first", cookie.Session)
		jar.Set(plain, "a b;é", 90*time.Minute+time.Millisecond)
		return core.Text(200, value), nil
	}, core.Op{})
}

func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	yes, day := true, 24*time.Hour
	for name, c := range map[string]struct {
		change func(*core.Options)
		want   []string
	}{
		"default": {func(*core.Options) {}, []string{
			"better-auth.open=first; Path=/sub; Secure; SameSite=None",
			"better-auth.plain=a%20b%3B%C3%A9; Max-Age=5400; Path=/; HttpOnly; SameSite=Lax"}},
		"https": {func(o *core.Options) { o.BaseURL = "https://auth.test" }, []string{
			"__Secure-better-auth.open=first; Path=/sub; Secure; SameSite=None",
			"__Secure-better-auth.plain=a%20b%3B%C3%A9; Max-Age=5400; Path=/; HttpOnly; Secure; SameSite=Lax"}},
		"forced, renamed, shared": {func(o *core.Options) {
			o.Advanced.UseSecureCookies, o.Advanced.CookiePrefix = &yes, "mine"
			o.Advanced.CrossSubDomainCookies = &core.CrossSubDomainCookies{}
			o.Advanced.DefaultCookieAttributes = cookie.Attributes{SameSite: "strict", Partitioned: &yes}
			o.Advanced.Cookies = map[string]core.CookieOverride{
				"plain": {Name: "own", Attributes: cookie.Attributes{MaxAge: &day, Domain: "example.com"}}}
		}, []string{
			"__Secure-mine.open=first; Domain=auth.test; Path=/sub; Secure; SameSite=None; Partitioned",
			"__Secure-own=a%20b%3B%C3%A9; Max-Age=86400; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Strict; Partitioned"}},
	} {
		got := newSite(t, addCookies, c.change).do("GET", "/cookies", "")
		if !slices.Equal(got.cookies, c.want) {
			t.Errorf("%s: got %q, want %q", name, got.cookies, c.want)
		}
		if got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: an answer with cookies may be cached", name)
		}
	}
}

func TestCookiesAreRead(t *testing.T) {
	t.Parallel()
	s := newSite(t, addCookies)
	const p = "better-auth.plain"
	for line, value := range map[string]string{
		p + "=x":                                "x",
		"a=1; " + p + " = x ;b=2":               "x",
		p + "=x; " + p + "=y":                   "x",
		p + `="x y"`:                            "x y",
		p + `="x y`:                             "x ",
		p + `="é눵`:                              "é",
		p + "=a%20b%3B":                         "a b;",
		p + "=%E0%A4%A":                         "%E0%A4%A",
		p + "=%ff":                              "%ff",
		p + "=%":                                "%",
		p + "=a=b":                              "a=b",
		p:                                       "",
		";;;=;" + p + "x=1":                     "",
		"BETTER-AUTH.PLAIN=x":                   "",
		"better-auth.open=v.bm90IGEgbWFj":       "",
		strings.Repeat("a=b;", 2000) + p + "=x": "x",
	} {
		exactly(t, s.do("GET", "/cookies", "", "Cookie", line), 200, value)
	}
	signed := "better-auth.open=" + s.Secrets().Sign("value")
	exactly(t, s.do("GET", "/cookies", "", "Cookie", signed), 200, "|value")
	exactly(t, s.do("GET", "/cookies", "", "Cookie", strings.Replace(signed, "value", "Value", 1)), 200, "")
	exactly(t, s.do("GET", "/cookies", "", "Cookie", "a=b", "Cookie", p+"=second line"), 200, "second line")
}

func TestSessionCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	a := s.do("POST", "/enter", `{"email":"ada@example.com"}`)
	if line := a.set("better-auth.session_token"); !strings.HasSuffix(line, "%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") || len(a.cookies) != 1 {
		t.Errorf("got %q", a.cookies)
	}
	a = s.do("POST", "/enter", `{"email":"ada@example.com","dontRemember":true}`)
	if len(a.cookies) != 2 || strings.Contains(strings.Join(a.cookies, ""), "Max-Age") ||
		!strings.HasPrefix(a.set("better-auth.dont_remember"), "better-auth.dont_remember=true.") {
		t.Errorf("got %q", a.cookies)
	}
	a = s.do("POST", "/enter", `{"email":"ada@example.com"}`, "Cookie", a.cookie(), "Origin", home)
	if line := a.set("better-auth.dont_remember"); line != "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax" {
		t.Errorf("got %q", line)
	}
}

func TestDynamicBaseURL(t *testing.T) {
	t.Parallel()
	add := func(r *core.Registrar) {
		core.Get(r, core.Ref[nothing, said]("base"), "/base", func(c *core.Context, _ *nothing) (*said, error) {
			return &said{c.BaseURL()}, nil
		}, core.Op{})
	}
	dynamic := func(o *core.Options) {
		o.BaseURL = ""
		o.DynamicBaseURL = &core.DynamicBaseURL{AllowedHosts: []string{"*.example.com", "localhost:*"}, Protocol: "https"}
	}
	s := newSite(t, add, dynamic)
	exactly(t, send(s, "GET", "http://a.example.com/api/auth/base", ""), 200, `{"said":"https://a.example.com/api/auth"}`)
	exactly(t, send(s, "GET", "http://evil.test/api/auth/base", ""), 400, `{"message":"Invalid host","code":"INVALID_HOST"}`)
	exactly(t, send(s, "GET", "http://a.example.com/api/auth/base", "", "X-Forwarded-Host", "b.example.com"), 200, `{"said":"https://a.example.com/api/auth"}`)
	fallen := newSite(t, add, dynamic, func(o *core.Options) { o.DynamicBaseURL.Fallback = "https://main.test" })
	exactly(t, send(fallen, "GET", "http://evil.test/api/auth/base", ""), 200, `{"said":"https://main.test/api/auth"}`)
	proxied := newSite(t, add, dynamic, func(o *core.Options) { o.Advanced.TrustedProxyHeaders = true })
	exactly(t, send(proxied, "GET", "http://inner/api/auth/base", "", "X-Forwarded-Host", "b.example.com", "X-Forwarded-Proto", "http"), 200, `{"said":"https://b.example.com/api/auth"}`)
	own := newSite(t, add, func(o *core.Options) { o.BaseURL = "https://auth.test/own/path/" })
	exactly(t, send(own, "GET", "http://x/own/path/base", ""), 200, `{"said":"https://auth.test/own/path"}`)
}

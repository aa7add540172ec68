package core_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
)

func addGuarded(r *core.Registrar) {
	core.Post(r, core.Ref[nothing, said]("plain"), "/plain", say("ok"), core.Op{})
	core.Get(r, core.Ref[nothing, said]("look"), "/look", say("ok"), core.Op{CheckURLs: []string{"callbackURL"}})
	core.Post(r, core.Ref[textIn, said]("login"), "/login", func(*core.Context, *textIn) (*said, error) { return &said{"ok"}, nil }, core.Op{Credentials: true})
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	strict := newSite(t, addGuarded, func(o *core.Options) { o.TrustedOrigins = []string{"https://*.example.com"} })
	off := newSite(t, addGuarded, func(o *core.Options) { o.Advanced.DisableOriginCheck = true })
	csrfOff := newSite(t, addGuarded, func(o *core.Options) { o.Advanced.DisableCSRFCheck = &yes })
	originOff := newSite(t, addGuarded, func(o *core.Options) {
		o.Advanced.DisableOriginCheck, o.Advanced.DisableCSRFCheck = true, &no
	})
	pathOff := newSite(t, addGuarded, func(o *core.Options) { o.Advanced.DisableOriginCheckPaths = []string{"/login/", "/plain"} })
	const missing, invalid, navigation = "MISSING_OR_NULL_ORIGIN", "INVALID_ORIGIN", "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"
	const login, evil = `{"text":"x"}`, "https://evil.test"
	for _, c := range []struct {
		s          *site
		path, body string
		headers    []string
		want       string // a code, or "" for 200
	}{
		{strict, "/plain", "", nil, ""},
		{strict, "/plain", "", []string{"Origin", evil}, ""},
		{strict, "/plain", "", []string{"Cookie", "a=b"}, missing},
		{strict, "/plain", "", []string{"Cookie", "", "Origin", evil}, invalid},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", "null"}, missing},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", "null", "Sec-Fetch-Site", "same-origin"}, ""},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", "null", "Sec-Fetch-Site", "same-site"}, missing},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", evil}, invalid},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", home}, ""},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", home + ".evil.test"}, invalid},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Referer", home + "/page?x"}, ""},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Referer", evil + "/" + home}, invalid},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", "https://a.example.com"}, ""},
		{strict, "/plain", "", []string{"Cookie", "a=b", "Origin", "http://a.example.com"}, invalid},
		{strict, "/login", login, nil, ""},
		{strict, "/login", login, []string{"Origin", evil}, invalid},
		{strict, "/login", login, []string{"Referer", evil}, invalid},
		{strict, "/login", login, []string{"Sec-Fetch-Mode", "cors"}, missing},
		{strict, "/login", login, []string{"Sec-Fetch-Mode", "cors", "Origin", home}, ""},
		{strict, "/login", login, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Origin", home}, navigation},
		{strict, "/login", login, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Origin", home, "Cookie", "a=b"}, ""},
		{strict, "/login", `{}`, []string{"Origin", evil}, "VALIDATION_ERROR"},
		{strict, "/login", `{}`, []string{"Origin", evil, "Cookie", "a=b"}, invalid},
		{off, "/plain", "", []string{"Cookie", "a=b", "Origin", evil}, ""},
		{off, "/login", login, []string{"Origin", evil}, ""},
		{csrfOff, "/login", login, []string{"Origin", evil}, ""},
		{csrfOff, "/plain?callbackURL=//evil.test", "", []string{"Cookie", "a=b"}, "INVALID_CALLBACK_URL"},
		{originOff, "/plain", "", []string{"Cookie", "a=b", "Origin", evil}, ""},
		{originOff, "/login", login, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, navigation},
		{pathOff, "/plain?callbackURL=//evil.test", "", []string{"Cookie", "a=b"}, ""},
		{pathOff, "/login", login, []string{"Origin", evil}, ""},
	} {
		got := c.s.do("POST", c.path, c.body, c.headers...)
		status := http.StatusForbidden
		switch c.want {
		case "":
			status = http.StatusOK
		case "VALIDATION_ERROR":
			status = http.StatusBadRequest
		}
		if got.status != status || !strings.Contains(got.body, c.want) {
			t.Errorf("POST %s %s %q: got %d %s, want %d %s", c.path, c.body, c.headers, got.status, got.body, status, c.want)
		}
	}
}

func TestRedirectTargets(t *testing.T) {
	t.Parallel()
	s := newSite(t, addGuarded)
	for body, refusal := range map[string]string{
		`{}`: "", `{"callbackURL":"/home?x=1"}`: "", `{"callbackURL":""}`: "", `{"callbackURL":null}`: "", `{"callbackURL":0}`: "",
		`{"callbackURL":"` + home + `/x"}`:         "",
		`{"callbackURL":"https://evil.test"}`:      `{"message":"Invalid callbackURL","code":"INVALID_CALLBACK_URL"}`,
		`{"callbackURL":"//evil.test"}`:            `{"message":"Invalid callbackURL","code":"INVALID_CALLBACK_URL"}`,
		`{"callbackURL":"javascript:alert(1)"}`:    `{"message":"Invalid callbackURL","code":"INVALID_CALLBACK_URL"}`,
		`{"redirectTo":"/\\evil.test"}`:            `{"message":"Invalid redirectURL","code":"INVALID_REDIRECT_URL"}`,
		`{"errorCallbackURL":"https://evil.test"}`: `{"message":"Invalid errorCallbackURL","code":"INVALID_ERROR_CALLBACK_URL"}`,
		`{"newUserCallbackURL":"x"}`:               `{"message":"Invalid newUserCallbackURL","code":"INVALID_NEW_USER_CALLBACK_URL"}`,
		`{"callbackURL":1}`:                        `{"message":"Invalid callbackURL: expected a string"}`,
		`{"redirectTo":["/"]}`:                     `{"message":"Invalid redirectURL: expected a string"}`,
	} {
		got := s.do("POST", "/plain", body)
		if refusal == "" {
			want(t, got, 200, "ok")
		} else if status := map[bool]int{true: 400, false: 403}[strings.Contains(refusal, "expected")]; got.status != status || got.body != refusal {
			t.Errorf("%s: got %d %s, want %d %s", body, got.status, got.body, status, refusal)
		}
	}
	want(t, s.do("POST", "/plain?callbackURL=//evil.test", `{"callbackURL":""}`), 403, "INVALID_CALLBACK_URL")
	want(t, s.do("POST", "/plain?callbackURL=/a&callbackURL=/b", ""), 400, "expected a string")
	want(t, s.do("GET", "/look?callbackURL=//evil.test", ""), 403, "INVALID_CALLBACK_URL")
	want(t, s.do("GET", "/look?callbackURL=/ok", ""), 200, "ok")
}

func TestTrustedOriginsOfARequest(t *testing.T) {
	t.Parallel()
	s := newSite(t, addGuarded, func(o *core.Options) {
		o.TrustedOriginsFunc = func(r *http.Request) []string { return []string{r.Header.Get("X-Tenant")} }
	})
	headers := []string{"Cookie", "a=b", "Origin", "https://tenant.test", "X-Tenant"}
	want(t, s.do("POST", "/plain", "", append(headers, "https://tenant.test")...), 200, "ok")
	want(t, s.do("POST", "/plain", "", append(headers, "https://other.test")...), 403, "INVALID_ORIGIN")
}

func TestCORS(t *testing.T) {
	t.Parallel()
	s := newSite(t, addGuarded, func(o *core.Options) { o.CORS.Enabled = true; o.TrustedOrigins = []string{"https://app.test"} })
	preflight := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type", "Origin"}
	got := s.do("OPTIONS", "/plain", "", append(preflight, "https://app.test")...)
	exactly(t, got, 204, "")
	for name, value := range map[string]string{
		"Access-Control-Allow-Origin": "https://app.test", "Access-Control-Allow-Credentials": "true",
		"Access-Control-Allow-Headers": "content-type", "Access-Control-Max-Age": "600",
	} {
		if got.header.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), value)
		}
	}
	for _, foreign := range []string{"https://app.test.evil.test", "null"} {
		got := s.do("OPTIONS", "/plain", "", append(preflight, foreign)...)
		exactly(t, got, 404, "")
		if got.header.Get("Access-Control-Allow-Origin") != "" || got.header.Get("Vary") != "Origin" {
			t.Errorf("%s: got %v", foreign, got.header)
		}
	}
	if got := s.do("GET", "/look", "", "Origin", "https://app.test"); got.header.Get("Access-Control-Allow-Origin") == "" || got.body != `{"said":"ok"}` {
		t.Errorf("got %v", got)
	}
	if got := newSite(t, addGuarded).do("OPTIONS", "/plain", "", append(preflight, home)...); got.status != 404 || len(got.header) != 1 || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("without CORS: got %d %v", got.status, got.header)
	}
}

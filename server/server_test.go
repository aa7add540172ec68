package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
)

// lines collects what a server prints.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(b) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func testSystem(t *testing.T) (s *System, log *lines) {
	t.Helper()
	log = &lines{}
	return &System{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: log, Dir: t.TempDir(), Version: "test",
		LookupEnv: func(string) (string, bool) { return "", false }}, log
}

// running is a server that serves until the test ends, or stop is called.
type running struct {
	url, metrics string
	log          *lines
	stop         func() error
}

func start(t *testing.T, text string) *running {
	t.Helper()
	s, log := testSystem(t)
	f, err := parse("test.json", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.assemble(t.Context(), f, posture{})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.migrate(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	listeners, err := listen(t.Context(), f.Listen, f.Metrics.Listen)
	if err != nil {
		t.Fatal(err)
	}
	site, server := &site{in: in}, &running{url: "http://" + listeners[0].Addr().String(), log: log}
	if len(listeners) > 1 {
		site.metrics, server.metrics = newMetrics(), "http://"+listeners[1].Addr().String()
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- site.run(ctx, listeners) }()
	server.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := server.stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

const plain = `{"secret": "a secret of this test, and of nothing else", "listen": "127.0.0.1:0", "database": "memory:",
	"emailAndPassword": {"enabled": true}`

func answer(t *testing.T, method, url, body string) (status int, text string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", "other=hush-cookie")
		r.Header.Set("Origin", url[:strings.Index(url[8:], "/")+8])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(data), response.Header
}

func TestAccessLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	server := start(t, plain+`, "logger": {"format": "json"}}`)
	signUp := `{"name": "Ada", "email": "ada@example.com", "password": "hush-password"}`
	status, text, header := answer(t, http.MethodPost, server.url+"/api/auth/sign-up/email?x=hush-query", signUp)
	if status != http.StatusOK {
		t.Fatal(status, text)
	}
	answer(t, http.MethodGet, server.url+"/api/auth/reset-password/hush-token?callbackURL=/", "")
	answer(t, http.MethodGet, server.url+"/api/auth/verify-email?token=hush-token", "")
	if err := server.stop(); err != nil {
		t.Fatal(err)
	}
	log := server.log
	token, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Set-Cookie"), "better-auth.session_token="), ".")
	for _, secret := range []string{"hush", token, "ada@example.com"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	first, _, _ := strings.Cut(log.String(), "\n")
	var line struct {
		Method, Path, Remote string
		Status, Bytes        int
		MS                   float64
	}
	if err := json.Unmarshal([]byte(first), &line); err != nil {
		t.Fatal(err, first)
	}
	if line.Method != http.MethodPost || line.Path != "/api/auth/sign-up/email" || line.Status != 200 || line.Bytes != len(text) || line.MS <= 0 {
		t.Errorf("%+v", line)
	}
}

func TestMetricsHaveTheirOwnListener(t *testing.T) {
	t.Parallel()
	server := start(t, plain+`, "metrics": {"listen": "127.0.0.1:0"}}`)
	answer(t, http.MethodGet, server.url+"/api/auth/ok", "")
	answer(t, "BREW", server.url+"/api/auth/ok", "")
	if status, _, _ := answer(t, http.MethodGet, server.url+"/metrics", ""); status != http.StatusNotFound {
		t.Errorf("the public listener answers /metrics with %d", status)
	}
	_, text, _ := answer(t, http.MethodGet, server.metrics+"/metrics", "")
	for _, want := range []string{
		`watchword_http_requests_total{method="GET",status="200"} 1`, `watchword_http_requests_total{method="other",status="404"} 1`,
		`watchword_http_request_duration_seconds_count{method="GET"}`, "go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestDrain proves that a stop waits for mail that was accepted.
func TestDrain(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	var body []byte
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		body, _ = io.ReadAll(r.Body)
	}))
	defer hook.Close()
	server := start(t, plain+`, "emailVerification": {"sendOnSignUp": true}, "delivery": {"webhook": {"url": "`+hook.URL+`"}}}`)
	if status, text, _ := answer(t, http.MethodPost, server.url+"/api/auth/sign-up/email", `{"name":"A","email":"a@b.co","password":"correct horse"}`); status != 200 {
		t.Fatal(status, text)
	}
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- server.stop() }()
	select {
	case <-stopped:
		t.Fatal("the server stopped while a message was on its way")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), `"type":"verification-email","to":"a@b.co","url":"`+server.url) {
		t.Errorf("sent %s", body)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	s, _ := testSystem(t)
	f, err := parse("test.json", []byte(`{"secret": "x", "database": "sqlite:`+filepath.Join(t.TempDir(), "a.db")+`"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.assemble(t.Context(), f, posture{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.release()
	site := &site{in: in}
	h := site.handler()
	ready := func() int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code
	}
	if got := ready(); got != 503 {
		t.Errorf("%d before the tables are there", got)
	}
	if err := in.migrate(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if got := ready(); got != 200 {
		t.Errorf("%d with a database", got)
	}
	site.draining.Store(true)
	if got := ready(); got != 503 {
		t.Errorf("%d while draining", got)
	}
	_ = in.database.Close()
	site.draining.Store(false)
	if got := ready(); got != 503 {
		t.Errorf("%d without a database", got)
	}
}

func TestMappedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a?b.db")
	for source, want := range map[string]string{
		path + "?mmap=1048576": "", path: "", path + "?mmap=1GB": "mmap=1GB is not a number of bytes", path + "?mmap=-1": "mmap=-1 is not",
		"?mmap=1": "the path is missing",
	} {
		a, err := openDatabase(t.Context(), "sqlite:"+source)
		if err != nil {
			if want == "" || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", source, err)
			}
			continue
		}
		if want != "" {
			t.Errorf("%s was opened", source)
		}
		if _, err := a.Introspect(t.Context()); err != nil {
			t.Error(err)
		}
		_ = a.Close()
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestOddPaths proves that the server leaves the instance's answers to odd
// paths alone: no redirect, no cleaning.
func TestOddPaths(t *testing.T) {
	t.Parallel()
	server := start(t, plain+"}")
	for _, path := range []string{"/api/auth//ok", "/api/auth/../ok", "/api/auth/ok/", "/healthz/", "/nowhere"} {
		if status, text, _ := answer(t, http.MethodGet, server.url+path, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// TestLimits looks at the limits the server is given, and tries one.
func TestLimits(t *testing.T) {
	t.Parallel()
	s, _ := testSystem(t)
	limits := (&site{in: &instance{log: s.logger(loggerOptions{}, posture{})}}).newServer(nil)
	if limits.ReadHeaderTimeout <= 0 || limits.ReadTimeout <= 0 || limits.WriteTimeout <= 0 || limits.IdleTimeout <= 0 || limits.MaxHeaderBytes > 1<<16 {
		t.Errorf("a limit is missing: %+v", limits)
	}
	server := start(t, plain+"}")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+"/api/auth/ok", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("a", maxHeader+8<<10))
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d for a header beyond the limit", response.StatusCode)
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if _, err := listen(t.Context(), "127.0.0.1:0", l.Addr().String()); err == nil || !strings.Contains(err.Error(), "cannot listen on") {
		t.Errorf("got %v", err)
	}
}

// TestOptions proves that keys reach the option they are meant for.
func TestOptions(t *testing.T) {
	t.Parallel()
	zero, hour, yes, no := time.Duration(0), time.Hour, true, false
	tests := []struct {
		name, text string
		want       func(*core.Options)
	}{
		{"nothing", `{}`, func(*core.Options) {}},
		{"names", `{"appName": "Acme", "baseURL": "http://x.example", "basePath": "/a", "trustedOrigins": ["http://y"], "disabledPaths": ["/ok"]}`,
			func(o *core.Options) {
				o.AppName, o.BaseURL, o.BasePath = "Acme", "http://x.example", "/a"
				o.TrustedOrigins, o.DisabledPaths = []string{"http://y"}, []string{"/ok"}
			}},
		{"hosts", `{"baseURL": {"allowedHosts": ["a.b"], "protocol": "https", "fallback": "https://c.d"}}`, func(o *core.Options) {
			o.DynamicBaseURL = &core.DynamicBaseURL{AllowedHosts: []string{"a.b"}, Protocol: "https", Fallback: "https://c.d"}
		}},
		{"switches that are on by default", `{"emailAndPassword": {"autoSignIn": false, "passwordReset": false}, "emailVerification": {"enabled": false},
			"account": {"updateAccountOnSignIn": false, "accountLinking": {"enabled": false, "requireLocalEmailVerified": false}}}`, func(o *core.Options) {
			o.EmailAndPassword.DisableAutoSignIn, o.EmailAndPassword.DisablePasswordReset, o.EmailVerification.Disabled = true, true, true
			o.Account.DisableUpdateOnSignIn, o.Account.Linking.Disabled, o.Account.Linking.AllowUnverifiedLocalEmail = true, true, true
		}},
		{"sessions", `{"session": {"expiresIn": 3600, "updateAge": 0, "freshAge": 3600, "cookieCache": {"enabled": true, "maxAge": 3600, "strategy": "jwe", "version": "2"}}}`,
			func(o *core.Options) {
				o.Session.ExpiresIn, o.Session.UpdateAge, o.Session.FreshAge = hour, &zero, &hour
				o.Session.CookieCache = core.CookieCache{Enabled: true, MaxAge: hour, Strategy: "jwe", Version: "2"}
			}},
		{"users", `{"user": {"modelName": "people", "fields": {"name": "full_name"}, "changeEmail": {"enabled": true, "confirm": true}, "deleteUser": {"enabled": true, "verify": true, "deleteTokenExpiresIn": 3600}}}`,
			func(o *core.Options) {
				o.User.Mapping = core.Mapping{ModelName: "people", Fields: map[string]string{"name": "full_name"}}
				o.User.ChangeEmail = core.ChangeEmail{Enabled: true, Confirm: true}
				o.User.DeleteUser = core.DeleteUser{Enabled: true, Verify: true, DeleteTokenExpiresIn: hour}
			}},
		{"fields", `{"user": {"additionalFields": {
				"nickname": {"type": "string", "required": false, "returned": false, "fieldName": "nick_name"},
				"role": {"type": ["a", "b"], "input": false, "defaultValue": "a"}, "score": {"type": "number", "bigint": true, "unique": true}}}}`,
			func(o *core.Options) {
				o.User.AdditionalFields = []core.AdditionalField{
					{Name: "nickname", Type: db.KindText, FieldName: "nick_name", Hidden: true},
					{Name: "role", Type: db.KindText, Options: []string{"a", "b"}, NoInput: true, Required: true},
					{Name: "score", Type: db.KindBigInt, Unique: true, Required: true},
				}
			}},
		{"limits in the file's order", `{"rateLimit": {"enabled": true, "window": 5, "max": 7, "customRules": {"/b": {"window": 1, "max": 2}, "/a*": false}}}`,
			func(o *core.Options) {
				o.RateLimit = core.RateLimit{Enabled: &yes, Window: 5 * time.Second, Max: 7, CustomRules: []ratelimit.CustomRule{
					{Path: "/b", Rule: ratelimit.Rule{Window: time.Second, Max: 2}}, {Path: "/a*", Off: true}}}
			}},
		{"identifiers", `{"verification": {"storeIdentifier": {"default": "hashed", "overrides": {"email-otp": "plain"}}}}`, func(o *core.Options) {
			o.Verification.StoreIdentifier, o.Verification.Overrides = "hashed", map[string]string{"email-otp": "plain"}
		}},
		{"advanced", `{"trustedProxies": ["10.0.0.0/8"], "advanced": {"useSecureCookies": false, "cookiePrefix": "p", "crossSubDomainCookies": {"enabled": true, "domain": "e.com"},
				"defaultCookieAttributes": {"sameSite": "strict", "httpOnly": false}, "cookies": {"session_token": {"name": "sid", "attributes": {"maxAge": 3600}}},
				"disableCSRFCheck": true, "disableOriginCheck": ["/x"], "ipAddress": {"ipAddressHeaders": ["x-real-ip"], "ipv6Subnet": 48, "disableIpTracking": true},
				"database": {"generateId": "uuid"}, "trustedProxyHeaders": true, "skipTrailingSlashes": true}}`, func(o *core.Options) {
			o.TrustedProxies = []string{"10.0.0.0/8"}
			o.Advanced = core.Advanced{UseSecureCookies: &no, CookiePrefix: "p", CrossSubDomainCookies: &core.CrossSubDomainCookies{Domain: "e.com"},
				DefaultCookieAttributes: cookie.Attributes{SameSite: "strict", HTTPOnly: &no},
				Cookies:                 map[string]core.CookieOverride{"session_token": {Name: "sid", Attributes: cookie.Attributes{MaxAge: &hour}}},
				DisableCSRFCheck:        &yes, DisableOriginCheckPaths: []string{"/x"}, IPAddressHeaders: []string{"x-real-ip"}, IPv6Subnet: 48,
				DisableIPTracking: true, GenerateID: core.IDGenerator{Type: db.IDUUID}, TrustedProxyHeaders: true, SkipTrailingSlashes: true}
		}},
		{"other origins", `{"cors": {"enabled": false}}`, func(o *core.Options) { o.CORS.Enabled = false }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := `{"secret": "x", "database": "memory:", ` + strings.TrimPrefix(tt.text, "{")
			f, err := parse("test.json", []byte(strings.Replace(text, ", }", "}", 1)), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.options()
			if err != nil {
				t.Fatal(err)
			}
			want := core.Options{Secret: "x", CORS: core.CORS{Enabled: true}}
			tt.want(&want)
			functions := cmpopts.IgnoreFields(core.AdditionalField{}, "Default")
			if diff := cmp.Diff(want, got, functions); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDevelopmentSecretIsOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), secretFile)
	values := make(chan string, 8)
	for range 8 {
		go func() {
			value, err := developmentSecret(path, nil)
			if err != nil {
				value = err.Error()
			}
			values <- value
		}()
	}
	first := <-values
	for range 7 {
		if other := <-values; other != first || len(other) != 43 {
			t.Errorf("%q and %q", first, other)
		}
	}
}

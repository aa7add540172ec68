package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/oauth"
)

// A file that has configured the reference configures the server too: keys
// without a meaning here are taken and named in the log.
func TestKeysOfTheReference(t *testing.T) {
	t.Parallel()
	f, err := parse("test.json", []byte(`{"baseURL": "http://localhost:3000", "secret": "a-secret-for-tests-0123456789-abcdefghij",
		"database": "memory:", "telemetry": {"enabled": true}, "experimental": {"instrumentation": {"enabled": false}},
		"session": {"cookieCache": {"refreshCache": {"updateAge": 60}}},
		"advanced": {"database": {"joins": true, "defaultFindManyLimit": 50, "generateId": false},
			"crossSubDomainCookies": {"enabled": false, "additionalCookies": ["a"]}},
		"onAPIError": {"throw": false, "customizeDefaultErrorPage": {"colors": {"primary": "red"}}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.options()
	if err != nil {
		t.Fatal(err)
	}
	if !o.OnAPIError.CustomizeDefaultErrorPage || o.Advanced.GenerateID.Func == nil || o.Advanced.GenerateID.Func("user") != "" {
		t.Errorf("options %+v", o)
	}
	var keys []string
	for _, text := range f.warnings() {
		keys = append(keys, strings.Split(text, ": ")[1])
	}
	want := "advanced.database.joins advanced.database.defaultFindManyLimit advanced.crossSubDomainCookies.additionalCookies telemetry experimental"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("warnings for %s, want %s", got, want)
	}
}

func TestSocialProvidersOfAFile(t *testing.T) {
	t.Parallel()
	const head = `{"baseURL": "http://localhost:3000", "secret": "a-secret-for-tests-0123456789-abcdefghij", "database": "memory:", "socialProviders": `
	f, err := parse("test.json", []byte(head+`{"github": {"clientId": "id", "clientSecret": "secret", "scope": ["repo"], "disableSignUp": true},
		"google": {"clientId": ["web", "phone"], "clientSecret": "secret"}, "discord": {"clientId": "x", "clientSecret": "y", "enabled": false}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.options()
	if err != nil || len(o.SocialProviders) != 2 || o.SocialProviders[0].ID() != "github" || o.SocialProviders[1].ID() != "google" {
		t.Fatalf("providers %v, %v", o.SocialProviders, err)
	}
	if p, ok := o.SocialProviders[0].(*oauth.Provider); !ok || !p.DisableSignUp {
		t.Errorf("github is %+v", o.SocialProviders[0])
	}
	for text, want := range map[string]string{
		`{"gihub": {"clientId": "a"}}`:                                            `socialProviders.gihub: there is no such key; did you mean "github"?`,
		`{"github": {"clientID": "a"}}`:                                           `socialProviders.github.clientID: there is no such key; did you mean "clientId"?`,
		`{"github": {"clientSecret": "a"}}`:                                       `socialProviders.github: clientId is missing`,
		`{"github": {"clientId": "a", "clientSecret": "b", "tenantId": "c"}}`:     `socialProviders.github: it has no option "tenantId"`,
		`{"github": {"clientId": 5, "clientSecret": "b"}}`:                        `socialProviders.github.clientId: `,
		`{"github": {"clientId": "a", "clientSecret": "b", "getUserInfo": true}}`: `socialProviders.github.getUserInfo: there is no such key`,
		`{"github": true}`:                                                        `socialProviders.github: expected an object`,
		`["github"]`:                                                              `socialProviders: expected an object`,
	} {
		if _, err := parse("test.json", []byte(head+text+"}"), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestOutboundProxy sends a request to a provider through the proxy that the
// file names.
func TestOutboundProxy(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		http.Error(w, "no way", http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	const rest = `, "baseURL": "http://localhost:3000", "secret": "a-secret-for-tests-0123456789-abcdefghij", "database": "memory:",
		"socialProviders": {"github": {"clientId": "id", "clientSecret": "secret"}},
		"plugins": {"genericOAuth": {"config": [
			{"providerId": "far", "clientId": "id", "discoveryUrl": "https://far.example/.well-known/openid-configuration"},
			{"providerId": "near", "clientId": "id", "allowPrivateAddresses": true, "discoveryUrl": "http://127.0.0.1:1/.well-known/openid-configuration"}]}}}`
	f, err := parse("test.json", []byte(`{"outboundProxy": "`+proxy.URL+`"`+rest), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.options()
	if err != nil {
		t.Fatal(err)
	}
	err = f.addPlugins(&o)
	if err != nil {
		t.Fatal(err)
	}
	o.Database = memory.New()
	auth, err := watchword.New(o)
	if err == nil {
		_, err = auth.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	github := o.SocialProviders[0].(*oauth.Provider)
	if _, err := github.Exchange(t.Context(), &oauth.ExchangeRequest{Code: "c"}); err == nil {
		t.Error("a code was redeemed at a proxy that refuses")
	}
	for _, id := range []string{"far", "near"} {
		r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-in/social", strings.NewReader(`{"provider":"`+id+`"}`))
		r.Header.Set("Content-Type", "application/json")
		auth.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	for _, want := range []string{"CONNECT github.com:443", "CONNECT far.example:443"} {
		if got := <-asked; got != want {
			t.Errorf("the proxy was asked for %q, not %q", got, want)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the proxy was asked for %q", <-asked)
	}
	for _, bad := range []string{`"proxy:3128"`, `"socks5://proxy"`, `5`, `"http://"`} {
		if _, err := parse("test.json", []byte(`{"outboundProxy": `+bad+rest), nil); err == nil || !strings.Contains(err.Error(), "outboundProxy") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestAFileWithoutADatabase(t *testing.T) {
	t.Parallel()
	const head = `{"baseURL": "https://example.com", "secret": "pZ0kq7XvU1rC5nTg9LwYb3Ej8MsHd2Fa", `
	f, err := parse("test.json", []byte(head+`"stateless": true, "session": {"cookieCache": {"refreshCache": {"updateAge": 90}}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if faults := f.checkProduction(); len(faults) > 0 {
		t.Errorf("not fit for production: %v", faults)
	}
	o, err := f.options()
	cache := o.Session.CookieCache
	if err != nil || !o.Stateless || cache.RefreshCache == nil || !*cache.RefreshCache || *cache.RefreshUpdateAge != 90*time.Second {
		t.Errorf("got %v, %+v, %v", o.Stateless, cache, err)
	}
	for text, want := range map[string]string{
		`"stateless": true, "database": "memory:"}`: "stateless: is for servers without a database",
		`"appName": "x"}`: "or stateless: true",
	} {
		if _, err := parse("test.json", []byte(head+text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
)

// TestRoundTrip does what the page does: up, in and out.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	var routed http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { routed.ServeHTTP(w, r) }))
	defer server.Close()
	auth, err := watchword.New(watchword.Options{Secret: "only for this test", BaseURL: server.URL, Database: memory.New(),
		EmailAndPassword: watchword.EmailAndPassword{Enabled: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = auth.Close(t.Context()) }()
	routed = routes(auth)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	do := func(method, path, body string, status int, want string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", server.URL)
		response, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != status || !strings.Contains(string(text), want) {
			t.Fatalf("%s %s: %d %s (%v)", method, path, response.StatusCode, text, err)
		}
	}
	do(http.MethodGet, "/", "", 200, "Sign up")
	do(http.MethodGet, "/greeting", "", 401, `"code":"UNAUTHORIZED"`)
	do(http.MethodPost, "/api/auth/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"correct horse"}`, 200, `"token"`)
	do(http.MethodGet, "/greeting", "", 200, "Hello Ada")
	do(http.MethodPost, "/api/auth/sign-out", `{}`, 200, "true")
	do(http.MethodGet, "/greeting", "", 401, "Unauthorized")
	do(http.MethodPost, "/api/auth/sign-in/email", `{"email":"ada@example.com","password":"correct horse"}`, 200, `"token"`)
	do(http.MethodGet, "/greeting", "", 200, "Hello Ada")
}

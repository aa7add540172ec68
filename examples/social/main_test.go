package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/chromium"
)

// serve starts the example with the providers of an environment.
func serve(t *testing.T, env map[string]string) string {
	t.Helper()
	var routed http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { routed.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	options := watchword.Options{Secret: "only for this test", BaseURL: server.URL, Database: memory.New()}
	buttons, err := configure(&options, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	auth, err := watchword.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = auth.Close(t.Context()) })
	routed = routes(auth, buttons)
	return server.URL
}

// TestPage goes through the page in a browser: in at a provider, out, refused,
// in again, unlinked. WATCHWORD_SCREENSHOTS names a folder for how it looks.
func TestPage(t *testing.T) {
	t.Parallel()
	page := chromium.Open(t)
	provider := newOpenID(t)
	base := serve(t, map[string]string{"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": "secret", "GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "secret",
		"OIDC_ISSUER": provider.URL, "OIDC_CLIENT_ID": "example", "OIDC_CLIENT_SECRET": "example secret", "OIDC_IS_LOCAL": "yes"})
	shoot := func(name string) {
		image := page.Screenshot()
		if folder := os.Getenv("WATCHWORD_SCREENSHOTS"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, name+".png"), image, 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	says := func(want ...string) {
		t.Helper()
		for _, text := range want {
			if got := page.Text(); !strings.Contains(got, text) {
				t.Errorf("the page does not say %q: %q", text, got)
			}
		}
	}

	page.Navigate(base)
	page.Wait(`!document.querySelector("#out").hidden`)
	says("Continue with GitHub", "Continue with Google", "Continue with OpenID Connect")
	shoot("signed-out")

	page.Click(`[data-sign-in=oidc]`)
	page.Click("#no")
	page.Wait(`document.querySelector("#refusal")?.textContent !== "" && !document.querySelector("#out").hidden`)
	says("access_denied")
	shoot("refused")

	page.Click(`[data-sign-in=oidc]`)
	page.Click("#yes")
	page.Wait(`document.querySelector("#in")?.hidden === false && document.querySelector("[data-link=oidc]").textContent !== ""`)
	says("Ada Lovelace", "ada@example.com", "Link GitHub", "Unlink OpenID Connect", "Sign out")
	shoot("signed-in")

	page.Click(`[data-link=oidc]`) // the last one cannot go
	page.Wait(`document.querySelector("#refusal").textContent !== ""`)
	says("You can't unlink your last account")

	page.Click("#leave")
	page.Wait(`!document.querySelector("#out").hidden`)
	page.Navigate(base)
	page.Wait(`!document.querySelector("#out").hidden`)
}

// TestWithoutProviders says what to do.
func TestWithoutProviders(t *testing.T) {
	t.Parallel()
	response, err := http.Get(serve(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(page), "Set GITHUB_CLIENT_ID") {
		t.Errorf("%s %v", page, err)
	}
}

// Command social is a program with buttons to sign in at GitHub, Google and any
// OpenID Connect provider, and to link and unlink them.
//
//	GITHUB_CLIENT_ID=… GITHUB_CLIENT_SECRET=… go run ./examples/social
//
// It has the providers whose variables are set: GITHUB_CLIENT_ID and
// GITHUB_CLIENT_SECRET, GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, and OIDC_ISSUER,
// OIDC_CLIENT_ID and OIDC_CLIENT_SECRET. Register
// http://localhost:3000/api/auth/callback/github, …/google and …/oidc with them.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/plugin/genericoauth"
)

//go:embed page.html
var source string

// button is a provider on the page.
type button struct{ ID, Name string }

func main() {
	if err := run(context.Background(), "social.db", "localhost:3000"); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, file, address string) error {
	store, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	secret := os.Getenv("WATCHWORD_SECRET")
	if secret == "" {
		secret = "only for this example, never for a real one"
	}
	options := watchword.Options{Secret: secret, BaseURL: "http://" + address, Database: store}
	buttons, err := configure(&options, os.Getenv)
	if err != nil {
		return err
	}
	auth, err := watchword.New(options)
	if err != nil {
		return err
	}
	defer func() { _ = auth.Close(ctx) }()
	if _, err := auth.Migrate(ctx); err != nil {
		return err
	}
	fmt.Println("open http://" + address)
	server := &http.Server{Addr: address, Handler: routes(auth, buttons), ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

// configure adds the providers that the environment names.
func configure(o *watchword.Options, env func(string) string) ([]button, error) {
	var buttons []button
	for _, b := range []struct {
		button button
		prefix string
	}{
		{button{"github", "GitHub"}, "GITHUB"},
		{button{"google", "Google"}, "GOOGLE"},
	} {
		id := env(b.prefix + "_CLIENT_ID")
		if id == "" {
			continue
		}
		p, err := provider.New(b.button.ID, provider.Options{ClientID: provider.ClientIDs{id}, ClientSecret: env(b.prefix + "_CLIENT_SECRET")})
		if err != nil {
			return nil, err
		}
		o.SocialProviders = append(o.SocialProviders, core.SocialProvider(p))
		buttons = append(buttons, b.button)
	}
	if issuer := env("OIDC_ISSUER"); issuer != "" {
		plugin, err := genericoauth.New(genericoauth.Options{Providers: []genericoauth.Provider{{
			ID: "oidc", DiscoveryURL: issuer + "/.well-known/openid-configuration", Scopes: []string{"openid", "email", "profile"},
			ClientID: env("OIDC_CLIENT_ID"), ClientSecret: env("OIDC_CLIENT_SECRET"),
			InsecureAllowPrivate: env("OIDC_IS_LOCAL") != "",
		}}})
		if err != nil {
			return nil, err
		}
		o.Plugins = append(o.Plugins, plugin)
		buttons = append(buttons, button{"oidc", "OpenID Connect"})
	}
	return buttons, nil
}

func routes(auth *watchword.Auth, buttons []button) http.Handler {
	page := template.Must(template.New("page").Parse(source))
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", auth.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, buttons) // the client may be gone
	})
	return mux
}

// Command basic is a program with sign-up, sign-in and sign-out by email and
// password, and a page of its own that only users see.
//
//	go run ./examples/basic   # then open http://localhost:3000
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/sqlite"
)

//go:embed page.html
var page []byte

func main() {
	if err := run(context.Background(), "basic.db", "localhost:3000"); err != nil {
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
	auth, err := watchword.New(watchword.Options{
		Secret:           secret,
		BaseURL:          "http://" + address,
		Database:         store,
		EmailAndPassword: watchword.EmailAndPassword{Enabled: true},
		Deliver: func(_ context.Context, m *watchword.Message) error {
			_, err := fmt.Println(m.Type, "to", m.To, m.URL)
			return err
		},
	})
	if err != nil {
		return err
	}
	defer func() { _ = auth.Close(ctx) }()
	if _, err := auth.Migrate(ctx); err != nil {
		return err
	}
	fmt.Println("open http://" + address)
	server := &http.Server{Addr: address, Handler: routes(auth), ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

func routes(auth *watchword.Auth) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", auth.Handler())
	mux.Handle("GET /greeting", auth.RequireSession(http.HandlerFunc(greet)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // the client may be gone
	})
	return mux
}

// greet is behind RequireSession, so there is a session.
func greet(w http.ResponseWriter, r *http.Request) {
	user := watchword.SessionFrom(r.Context()).User
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintf(w, "Hello %s, here since %s.\n", user.Name, user.CreatedAt.Format(time.DateOnly))
}

// Command floor answers every request as get-session would, with as little as
// can be: what is below it cannot be saved by an authentication library.
//
//	floor -kind sqlite -listen 127.0.0.1:3300 -database copy.db -secret …
//
// bare answers a fixed text, hmac also verifies a cookie's signature, sqlite
// and postgres also read session and user in one prepared statement and write
// them as JSON with the standard library, and redis answers with the text that
// it gets.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type user struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"emailVerified"`
	Image         *string   `json:"image"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
}

type session struct {
	ID        string    `json:"id"`
	ExpiresAt time.Time `json:"expiresAt"`
	Token     string    `json:"token"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	IPAddress *string   `json:"ipAddress"`
	UserAgent *string   `json:"userAgent"`
	UserID    string    `json:"userId"`
}

func main() {
	listen := flag.String("listen", "127.0.0.1:3300", "where to listen")
	kind := flag.String("kind", "bare", "bare, hmac, sqlite, postgres or redis")
	database := flag.String("database", "", "SQLite file, URL of PostgreSQL, or address of Redis")
	secret := flag.String("secret", "", "what cookies are signed with")
	prefix := flag.String("prefix", "better-auth:", "of keys in Redis")
	flag.Parse()
	f := floor{secret: []byte(*secret)}
	null := []byte("null")
	handler := func(w http.ResponseWriter, _ *http.Request) { answer(w, null) }
	var err error
	switch *kind {
	case "bare":
	case "hmac":
		handler = func(w http.ResponseWriter, r *http.Request) { f.token(r); answer(w, null) }
	case "sqlite":
		f.find, err = openSQLite(*database)
		handler = f.read
	case "postgres":
		f.find, err = openPostgres(*database)
		handler = f.read
	case "redis":
		f.get, err = openRedis(*database, *prefix)
		handler = f.pass
	default:
		log.Fatalf("unknown kind %q", *kind)
	}
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*listen, http.HandlerFunc(handler)))
}

type floor struct {
	secret []byte
	find   func(ctx context.Context, token string, places ...any) error
	get    func(ctx context.Context, token string) (string, error)
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// token returns the token of a cookie whose signature holds, or "".
func (f *floor) token(r *http.Request) string {
	cookie, err := r.Cookie("better-auth.session_token")
	if err != nil {
		return ""
	}
	signed, _ := url.PathUnescape(cookie.Value)
	token, signature, _ := strings.Cut(signed, ".")
	mac := hmac.New(sha256.New, f.secret)
	mac.Write([]byte(token))
	sent, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
		return ""
	}
	return token
}

func (f *floor) read(w http.ResponseWriter, r *http.Request) {
	var out struct {
		Session session `json:"session"`
		User    user    `json:"user"`
	}
	s, u := &out.Session, &out.User
	err := f.find(r.Context(), f.token(r), &s.ID, &s.ExpiresAt, &s.Token, &s.CreatedAt, &s.UpdatedAt,
		&s.IPAddress, &s.UserAgent, &s.UserID, &u.ID, &u.Name, &u.Email, &u.EmailVerified, &u.Image, &u.CreatedAt, &u.UpdatedAt)
	if err != nil || !s.ExpiresAt.After(time.Now()) {
		answer(w, []byte("null"))
		return
	}
	body, err := json.Marshal(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, body)
}

func (f *floor) pass(w http.ResponseWriter, r *http.Request) {
	text, err := f.get(r.Context(), f.token(r))
	if err != nil {
		text = "null"
	}
	answer(w, []byte(text))
}

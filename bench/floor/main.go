// Command floor answers get-session with as little as can be: what is below
// it cannot be saved by an authentication library.
//
//	floor -listen 127.0.0.1:3300 -database copy.db -secret …
//
// /bare answers a fixed text, /hmac verifies a cookie's signature, and /read
// also reads session and user in one prepared statement and writes them as
// JSON with the standard library.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
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

const query = `SELECT s."id", s."expiresAt", s."token", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId",
	u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt"
	FROM "session" s JOIN "user" u ON s."userId" = u."id" WHERE s."token" = ?`

func main() {
	listen := flag.String("listen", "127.0.0.1:3300", "where to listen")
	database := flag.String("database", "", "SQLite file")
	secret := flag.String("secret", "", "what cookies are signed with")
	flag.Parse()
	db, err := sql.Open("sqlite", "file:"+*database+"?_pragma=journal_mode(WAL)")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxIdleConns(8)
	db.SetMaxOpenConns(8)
	read, err := db.Prepare(query)
	if err != nil {
		log.Fatal(err)
	}
	f := floor{[]byte(*secret), read}
	mux := http.NewServeMux()
	mux.HandleFunc("/bare", func(w http.ResponseWriter, _ *http.Request) { answer(w, []byte("null")) })
	mux.HandleFunc("/hmac", func(w http.ResponseWriter, r *http.Request) { f.token(r); answer(w, []byte("null")) })
	mux.HandleFunc("/read", f.read)
	log.Fatal(http.ListenAndServe(*listen, mux))
}

type floor struct {
	secret []byte
	query  *sql.Stmt
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
	err := f.query.QueryRowContext(r.Context(), f.token(r)).Scan(&s.ID, &s.ExpiresAt, &s.Token, &s.CreatedAt, &s.UpdatedAt,
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

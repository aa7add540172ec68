package soak_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv/redis"
)

var duration = flag.Duration("soak", 6*time.Second, "how long to go on")

const (
	oldPassword, newPassword = "correct horse battery", "a brand new password"
	burst, allowed           = 20, 5
)

// tally is what a run comes to. Violations are what must not be.
type tally struct {
	mu         sync.Mutex
	counts     map[string]int
	violations []string
	users      []string
	revoked    []*device
}

func (l *tally) count(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[what]++
}

func (l *tally) violate(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violations = append(l.violations, fmt.Sprintf(format, args...))
}

// device is a browser. Each call comes from an address of its own, so that
// only those limits count that are meant to.
type device struct {
	site  *site
	tally *tally
	jar   http.CookieJar
}

func (s *site) device(l *tally) *device {
	jar, _ := cookiejar.New(nil) // it fails for options, which there are none of
	return &device{s, l, jar}
}

func address() string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("81.%d.%d.%d", b[0], b[1], b[2])
}

// call returns the status, 0 where the connection broke, and the body.
func (d *device) call(method, path string, body any, from string) (int, string) {
	data, _ := json.Marshal(body)
	r, err := http.NewRequest(method, d.site.base+"/api/auth"+path, bytes.NewReader(data))
	if err != nil {
		d.site.t.Error(err)
		return 0, ""
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", d.site.base)
	r.Header.Set("X-Forwarded-For", from)
	response, err := (&http.Client{Jar: d.jar, Timeout: 30 * time.Second}).Do(r)
	if err != nil {
		d.tally.count(path + " broken")
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.tally.count(path + " broken")
		return 0, ""
	}
	d.tally.count(fmt.Sprint(path, " ", response.StatusCode))
	return response.StatusCode, string(text)
}

// post repeats a call until it is answered by other than a failure.
func (d *device) post(path string, body any) (status int, repeated bool) {
	for range 100 {
		if status, _ = d.call(http.MethodPost, path, body, address()); status != 0 && status < 500 {
			return status, repeated
		}
		repeated = true
		time.Sleep(50 * time.Millisecond)
	}
	d.tally.violate("%s was never answered", path)
	return status, true
}

// alive asks every instance, and more than once.
func (d *device) alive() (alive bool) {
	for answered := 0; answered < 2*len(d.site.ports); {
		status, body := d.call(http.MethodGet, "/get-session", nil, address())
		if status == http.StatusOK {
			answered++
			alive = alive || body != "null"
		} else {
			time.Sleep(20 * time.Millisecond)
		}
	}
	return alive
}

// dead checks that a session that was revoked is seen by nobody.
func (d *device) dead(why string) {
	if d.alive() {
		d.tally.violate("a session is alive after %s", why)
	}
	d.tally.mu.Lock()
	defer d.tally.mu.Unlock()
	d.tally.revoked = append(d.tally.revoked, d)
}

// life is what one user does, from sign-up to the reset of the password.
func life(s *site, l *tally) {
	email := strings.ToLower(rand.Text()) + "@example.com"
	laptop, phone := s.device(l), s.device(l)
	status, repeated := laptop.post("/sign-up/email", map[string]any{"name": "Ada", "email": email, "password": oldPassword})
	if status == http.StatusUnprocessableEntity && repeated { // it was carried out, and the answer lost
		status, _ = laptop.post("/sign-in/email", map[string]any{"email": email, "password": oldPassword})
	}
	if status != http.StatusOK {
		l.violate("sign-up: %d", status)
		return
	}
	l.mu.Lock()
	l.users = append(l.users, email)
	l.mu.Unlock()
	if !laptop.alive() {
		l.violate("a session is lost after sign-up")
	}
	if status, _ := phone.post("/sign-in/email", map[string]any{"email": email, "password": oldPassword}); status != http.StatusOK {
		l.violate("sign-in: %d", status)
	}
	if status, _ := laptop.post("/revoke-other-sessions", map[string]any{}); status == http.StatusOK {
		phone.dead("revoke-other-sessions")
	} else {
		l.violate("revoke-other-sessions: %d", status)
	}
	reset(s, l, email, laptop)
}

func reset(s *site, l *tally, email string, laptop *device) {
	var token string
	for attempt := 0; token == "" && attempt < 3; attempt++ {
		if attempt > 0 {
			l.count("mail that did not come")
		}
		s.device(l).post("/request-password-reset", map[string]any{"email": email})
		token = s.mail.wait(email, 15*time.Second)
	}
	if token == "" {
		l.violate("no mail came in three attempts")
		return
	}
	results, redeemed, unknown := make(chan int), 0, 0
	for range 4 {
		go func() {
			status, _ := s.device(l).call(http.MethodPost, "/reset-password", map[string]any{"token": token, "newPassword": newPassword}, address())
			results <- status
		}()
	}
	for range 4 {
		switch status := <-results; {
		case status == http.StatusOK:
			redeemed++
		case status == 0 || status >= 500:
			unknown++
		}
	}
	switch {
	case redeemed > 1:
		l.violate("a token was redeemed %d times", redeemed)
	case redeemed == 0 && unknown == 0:
		l.violate("a token was redeemed by nobody")
	case redeemed == 1:
		laptop.dead("a reset")
		if status, _ := s.device(l).post("/sign-in/email", map[string]any{"email": email, "password": newPassword}); status != http.StatusOK {
			l.violate("sign-in after the reset: %d", status)
		}
	}
}

// limits sends more from one address than it may.
func limits(s *site, l *tally) {
	from, results, passed := address(), make(chan int), 0
	for range burst {
		go func() {
			status, _ := s.device(l).call(http.MethodGet, "/ok", nil, from)
			results <- status
		}()
	}
	for range burst {
		if <-results == http.StatusOK {
			passed++
		}
	}
	if passed > allowed {
		l.violate("%d requests passed a limit of %d", passed, allowed)
	}
}

func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	source, prefix := testenv.Postgres(t), "watchword-soak:"+rand.Text()+":"
	store, err := redis.New(redis.Options{URL: testenv.Redis(), Prefix: prefix})
	if err != nil {
		testenv.Missing(t, "WATCHWORD_TEST_REDIS", err)
	}
	store.Close()
	s := newSite(t, 3, map[string]any{
		"secret": "a-secret-for-tests-0123456789-abcdefghij", "database": source, "secondaryStorage": testenv.Redis() + "?prefix=" + prefix,
		"emailAndPassword": map[string]any{"enabled": true, "revokeSessionsOnPasswordReset": true},
		"session":          map[string]any{"updateAge": 0},
		"outbox":           map[string]any{"enabled": true, "interval": 1},
		"rateLimit": map[string]any{"enabled": true, "customRules": map[string]any{
			"/ok": map[string]any{"window": 60, "max": allowed}}},
		"logger": map[string]any{"level": "error"},
	})
	l := &tally{counts: map[string]int{}}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), *duration)
	defer cancel()
	var workers sync.WaitGroup
	for range 6 {
		workers.Go(func() {
			for ctx.Err() == nil {
				life(s, l)
				limits(s, l)
			}
		})
	}
	workers.Go(func() { s.crash(ctx, 2*time.Second) })
	workers.Wait()
	for _, d := range l.revoked {
		if d.alive() {
			l.violate("a session came back after it was revoked")
		}
	}
	checkUsers(t, l, source)
	l.report(t, s, time.Since(began))
}

// checkUsers compares the database with what was answered.
func checkUsers(t *testing.T, l *tally, source string) {
	handle, err := sql.Open("pgx", source)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	for _, email := range l.users {
		var users, accounts int
		err := handle.QueryRow(`SELECT count(DISTINCT u.id), count(a.id) FROM "user" u LEFT JOIN account a ON a."userId" = u.id WHERE u.email = $1`, email).Scan(&users, &accounts)
		if err != nil {
			t.Fatal(err)
		}
		if users != 1 || accounts != 1 {
			l.violate("%d users and %d accounts have one address", users, accounts)
		}
	}
}

func (l *tally) report(t *testing.T, s *site, took time.Duration) {
	total, names := 0, make([]string, 0, len(l.counts))
	for name, n := range l.counts {
		if strings.HasPrefix(name, "/") {
			total += n
		}
		names = append(names, name)
	}
	sort.Strings(names)
	t.Logf("%d requests in %v, %d users, %d revocations, %d kills, %d mails, %d of them repeated",
		total, took.Round(time.Second), len(l.users), len(l.revoked), s.kills.Load(), len(s.mail.seen), s.mail.repeats)
	for _, name := range names {
		t.Logf("  %-34s %d", name, l.counts[name])
	}
	if len(l.users) == 0 || s.kills.Load() == 0 {
		t.Error("nothing was proven: no user or no kill")
	}
	for _, v := range l.violations {
		t.Error(v)
	}
}

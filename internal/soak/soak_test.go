//go:build unix

package soak_test

import (
	"context"
	"database/sql"
	"flag"
	"net/http"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/watchword-auth/watchword/internal/testenv"
)

var duration = flag.Duration("soak", 20*time.Second, "how long to go on")

const workers = 6

func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	database, redis := testenv.OwnPostgres(t), testenv.OwnRedis(t)
	s := newSite(t, 3, map[string]any{
		"secret": "a-secret-for-tests-0123456789-abcdefghij", "database": database.URL, "secondaryStorage": redis.URL,
		"emailAndPassword": map[string]any{"enabled": true, "revokeSessionsOnPasswordReset": true},
		"session":          map[string]any{"updateAge": 0, "storeSessionInDatabase": true},
		"verification":     map[string]any{"storeInDatabase": true},
		"plugins":          map[string]any{"magicLink": true},
		"outbox":           map[string]any{"enabled": true, "interval": 1},
		"rateLimit": map[string]any{"enabled": true, "customRules": map[string]any{
			"/ok": map[string]any{"window": 60, "max": allowed}}},
		"logger": map[string]any{"level": "error"},
	})
	l, began := newTally(), time.Now()
	c := &chaos{t: t, site: s, database: database, redis: redis, events: map[string]int{}}
	working, stop := context.WithCancel(t.Context())
	defer stop()
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for working.Err() == nil {
				life(s, l)
				link(s, l)
				limits(s, l, c.losses.Load)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), *duration)
	defer cancel()
	c.run(ctx, time.Second)
	stop()
	running.Wait()
	afterwards(l)
	checkRows(t, l, database.URL)
	l.report(t, c, time.Since(began))
}

// afterwards asks once more, when all is quiet.
func afterwards(l *tally) {
	for _, d := range l.revoked {
		if d.alive() {
			l.violate("a session came back after it was revoked")
		}
	}
	for _, d := range l.signedIn {
		if !d.alive() {
			l.violate("a session is lost")
		}
	}
	for _, token := range l.redeemed {
		if token.again() == http.StatusOK {
			l.violate("a token of kind %s was redeemed again", token.kind)
		}
	}
}

// checkRows compares the database with what was answered.
func checkRows(t *testing.T, l *tally, source string) {
	handle, err := sql.Open("pgx", source)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	count := func(query string, args ...any) (n int) {
		if err := handle.QueryRow(query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, email := range l.users {
		if n := count(`SELECT count(*) FROM "user" u JOIN account a ON a."userId" = u.id WHERE u.email = $1`, email); n != 1 {
			l.violate("a user who signed up has %d rows", n)
		}
	}
	for _, email := range l.linked {
		if n := count(`SELECT count(*) FROM "user" WHERE email = $1`, email); n != 1 {
			l.violate("a user who came by a link has %d rows", n)
		}
	}
	for what, query := range map[string]string{
		"addresses have two users":     `SELECT count(*) FROM (SELECT 1 FROM "user" GROUP BY lower(email) HAVING count(*) > 1) d`,
		"users have two passwords":     `SELECT count(*) FROM (SELECT 1 FROM account GROUP BY "userId" HAVING count(*) > 1) d`,
		"accounts belong to nobody":    `SELECT count(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = a."userId")`,
		"sessions belong to nobody":    `SELECT count(*) FROM session s WHERE NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = s."userId")`,
		"mails wait after all is over": `SELECT count(*) FROM outbox WHERE "createdAt" < now() - interval '5 minutes'`,
	} {
		if n := count(query); n != 0 {
			l.violate("%d %s", n, what)
		}
	}
}

package session_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// gone waits until the session is gone and returns how long after the call it
// last answered. It fails where that is later than the bound.
func gone(t *testing.T, c *authtest.Client) time.Duration {
	t.Helper()
	start, last := time.Now(), time.Duration(0)
	for {
		asked := time.Since(start)
		if c.Clone().Get("/get-session").Body == "null" {
			return last
		}
		if last = asked; last > postgres.WatchBound {
			t.Fatalf("a session answered %s after it was revoked elsewhere", last)
		}
	}
}

// Another instance, and a program that knows nothing of Watchword, revoke a
// session: it is gone within the bound, and commonly at once.
func TestReadCacheSeesOtherInstances(t *testing.T) {
	url := testenv.Postgres(t)
	s, c := caching(t, openPostgres(t, url))
	other := authtest.New(t, func(o *options) { o.Database, o.Now = openPostgres(t, url), s.Clock.Now })
	foreign := connectPostgres(t, url)
	for round := range 10 {
		email := fmt.Sprintf("ada%d@example.com", round)
		ada := s.SignUp(email)
		warm(t, c, ada)
		if round%2 == 0 {
			if err := other.Context().Sessions().DeleteAll(other.User(email).ID); err != nil {
				t.Fatal(err)
			}
		} else if _, err := foreign.Exec(t.Context(), `DELETE FROM "session" WHERE "userId" = (SELECT "id" FROM "user" WHERE "email" = $1)`, email); err != nil {
			t.Fatal(err)
		}
		t.Logf("round %d: last answer after %s", round, gone(t, ada))
	}
}

// The connection that listens is cut again and again while another instance
// revokes: no session outlives the bound, and the cache comes back.
func TestReadCacheWhenTheListenerIsKilled(t *testing.T) {
	url, name := testenv.Postgres(t), "watchword_"+rand.Text()
	s, c := caching(t, openPostgres(t, url+"&application_name="+name))
	other := authtest.New(t, func(o *options) { o.Database, o.Now = openPostgres(t, url), s.Clock.Now })
	foreign := connectPostgres(t, url)
	for round := range 8 {
		email := fmt.Sprintf("ada%d@example.com", round)
		ada := s.SignUp(email)
		warm(t, c, ada)
		terminate(t, foreign, name)
		if err := other.Context().Sessions().DeleteAll(other.User(email).ID); err != nil {
			t.Fatal(err)
		}
		gone(t, ada)
	}
}

// Triggers that are switched off are noticed within the bound.
func TestReadCacheWithoutTriggers(t *testing.T) {
	url := testenv.Postgres(t)
	s, c := caching(t, openPostgres(t, url))
	foreign := connectPostgres(t, url)
	ada := s.SignUp("ada@example.com")
	warm(t, c, ada)
	for _, text := range []string{`ALTER TABLE "session" DISABLE TRIGGER ALL`, `DELETE FROM "session"`} {
		if _, err := foreign.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	gone(t, ada)
	if !strings.Contains(s.Log(), "announce their changes") {
		t.Errorf("nobody was told: %s", s.Log())
	}
}

// warm waits until the session answers without a read.
func warm(t *testing.T, c *counted, client *authtest.Client) {
	t.Helper()
	for start := time.Now(); c.costs(func() { client.Get("/get-session").Want(200, `"session":{`) }) > 0; time.Sleep(time.Millisecond) {
		if time.Since(start) > 15*time.Second {
			t.Fatal("the cache does not come back")
		}
	}
}

func connectPostgres(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// terminate ends the connections of that name which listen: those that ask for
// the triggers.
func terminate(t *testing.T, conn *pgx.Conn, name string) {
	t.Helper()
	var n int
	err := conn.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE application_name = $1 AND query LIKE '%pg_trigger g JOIN%'`, name).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatal("nobody listens")
	}
}

//go:build unix

package postgres_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/dbtest"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// TestPgBouncer runs the suite behind a real one, in transaction mode, in a
// database for each test: what a pooled connection has set is nobody's.
func TestPgBouncer(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the suite again, which the short run has over a direct connection")
	}
	t.Parallel()
	server := testenv.OwnPostgres(t)
	bouncer := testenv.OwnPgBouncer(t, server)
	handle, err := sql.Open("pgx", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	handle.SetMaxOpenConns(1) // one template is copied at a time
	var count atomic.Int64
	create := func(t *testing.T) (url string) {
		t.Helper()
		name := fmt.Sprintf("db_%d", count.Add(1))
		if _, err := handle.Exec("CREATE DATABASE " + name); err != nil {
			t.Fatal(err)
		}
		return strings.Replace(bouncer.URL, "/postgres?", "/"+name+"?", 1)
	}
	t.Run("pooler", func(t *testing.T) {
		// Notifications do not pass a pooler, so it is no engine that can be watched.
		type unwatched struct{ db.Adapter }
		dbtest.Run(t, func(t *testing.T) db.Adapter { return unwatched{open(t, create(t), postgres.Options{Pooler: true})} })
	})
	t.Run("URL", func(t *testing.T) {
		tab := newTables()
		a := open(t, create(t)+"&default_query_exec_mode=simple_protocol", postgres.Options{})
		tab.migrate(t, a)
		tab.fill(t, a)
	})
	t.Run("prepared", func(t *testing.T) { // why the option is needed
		tab, url := newTables(), create(t)
		setup := open(t, url, postgres.Options{Pooler: true})
		tab.migrate(t, setup)
		tab.fill(t, setup)
		a := open(t, url, postgres.Options{MaxConns: 8})
		var failed atomic.Bool
		var running sync.WaitGroup
		for range 8 {
			running.Go(func() {
				for range 50 {
					if _, err := db.One(t.Context(), a, tab.users, tab.userID.Eq("u1")); err != nil {
						failed.Store(true)
					}
				}
			})
		}
		running.Wait()
		if !failed.Load() {
			t.Error("prepared statements work behind this PgBouncer: the documentation says otherwise")
		}
	})
}

// TestCrash ends a server under load: every error is of a known kind, what was
// committed is there afterwards, and the pool recovers.
func TestCrash(t *testing.T) {
	t.Parallel()
	server := testenv.OwnPostgres(t)
	tab, a := newTables(), open(t, server.URL, postgres.Options{})
	tab.migrate(t, a)
	for round, end := range []func(*testenv.Own){(*testenv.Own).Crash, (*testenv.Own).Stop} {
		var committed, refused atomic.Int64
		var running sync.WaitGroup
		stop := make(chan struct{})
		for worker := range 6 {
			running.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					u := ada()
					u.ID = fmt.Sprintf("%d-%d-%d", round, worker, n)
					u.Email = u.ID + "@example.com"
					switch err := db.Create(t.Context(), a, tab.users, u); {
					case err == nil:
						committed.Add(1)
					case errors.Is(err, db.ErrUnavailable):
						refused.Add(1)
					default:
						t.Errorf("an error of an unknown kind: %v", err)
						return
					}
				}
			})
		}
		for committed.Load() < 50 {
			time.Sleep(time.Millisecond)
		}
		end(server)
		for before := refused.Load(); refused.Load() < before+20; {
			time.Sleep(time.Millisecond)
		}
		server.Start()
		for before := committed.Load(); committed.Load() < before+50; {
			time.Sleep(time.Millisecond)
		}
		close(stop)
		running.Wait()
		n, err := db.Count(t.Context(), a, tab.users, db.StartsWith(tab.userID, fmt.Sprintf("%d-", round)))
		// A commit whose answer was lost is there as well: one for each worker.
		if err != nil || n < committed.Load() || n > committed.Load()+6 {
			t.Errorf("%d rows, %v; %d were committed", n, err, committed.Load())
		}
	}
}

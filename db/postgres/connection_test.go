package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// TestApplicationTransaction commits an application's row and a user at once.
func TestApplicationTransaction(t *testing.T) {
	t.Parallel()
	url := testenv.Postgres(t)
	p := pool(t, url)
	handle, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	tab := newTables()
	tab.migrate(t, postgres.New(p))
	exec(t, p, `create table note (id text)`)

	begin := map[string]func() (x db.Executor, note func() error, end func(commit bool) error){
		"pgx": func() (db.Executor, func() error, func(bool) error) {
			tx, err := p.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			note := func() error { _, err := tx.Exec(t.Context(), `insert into note values ('n')`); return err }
			return postgres.New(p).UseTx(tx), note, func(commit bool) error {
				if commit {
					return tx.Commit(t.Context())
				}
				return tx.Rollback(t.Context())
			}
		},
		"database/sql": func() (db.Executor, func() error, func(bool) error) {
			tx, err := handle.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			note := func() error { _, err := tx.Exec(`insert into note values ('n')`); return err }
			return postgres.NewSQL(handle).UseSQLTx(tx), note, func(commit bool) error {
				if commit {
					return tx.Commit()
				}
				return tx.Rollback()
			}
		},
	}
	for name, start := range begin {
		for _, commit := range []bool{false, true} {
			exec(t, p, `delete from "user"`, `delete from note`)
			x, note, end := start()
			if err := errors.Join(note(), db.Create(t.Context(), x, tab.users, ada()), end(commit)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			users, err := db.Count(t.Context(), postgres.NewSQL(handle), tab.users)
			if err != nil || (users == 1) != commit {
				t.Errorf("%s, commit %v: %d users, %v", name, commit, users, err)
			}
		}
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for url, unavailable := range map[string]bool{
		"postgres://app:hunter2@127.0.0.1:1/app":        true,
		"postgres://app:hunter2@127.0.0.1:5432:5/app":   false,
		"postgres://app:hunter2@[::1/app":               false,
		"postgres://app:hunter2@127.0.0.1/app?sslmode=": false,
	} {
		a, err := postgres.Open(ctx, url, postgres.Options{})
		if err == nil {
			_ = a.Close()
			t.Errorf("%s opened", url)
			continue
		}
		if unavailable != errors.Is(err, db.ErrUnavailable) {
			t.Errorf("%s: %v; unavailable should be %v", url, err, unavailable)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// TestCutConnections has the server end every connection of a pool, as a restart
// does. What reads and what begins does not notice; one that writes may, and
// then the next does not.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	url, name := testenv.Postgres(t), "cut_"+time.Now().Format("150405.000000000")
	const connections = 6
	a, tab := open(t, url+"&application_name="+name, postgres.Options{MaxConns: connections}), newTables()
	tab.migrate(t, a)
	tab.fill(t, a)
	other := pool(t, url)
	cut := func() {
		t.Helper()
		var all sync.WaitGroup // of connections that are used at once, so that the pool makes them
		all.Add(connections)
		for range connections {
			go func() {
				_ = a.Transaction(t.Context(), func(db.Executor) error { all.Done(); all.Wait(); return nil })
			}()
		}
		all.Wait()
		exec(t, other, `select pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = '`+name+`'`)
	}
	read := func(x db.Executor) error {
		_, err := db.One(t.Context(), x, tab.users, tab.userID.Eq("u1"))
		return err
	}
	for range 3 {
		cut()
		for range connections {
			if err := read(a); err != nil {
				t.Errorf("a read: %v", err)
			}
		}
		cut()
		for range connections {
			if err := a.Transaction(t.Context(), read); err != nil {
				t.Errorf("a transaction: %v", err)
			}
		}
		cut()
		rename := func() error {
			_, err := db.Update(t.Context(), a, tab.users, []db.Assign[user]{tab.name.To("Ada")}, tab.userID.Eq("u1"))
			return err
		}
		if err := rename(); err != nil && !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		for range connections {
			if err := rename(); err != nil {
				t.Errorf("a write after one that failed: %v", err)
			}
		}
	}
}

// TestWaitEnds has a statement wait for a row that another transaction holds.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	a, tab := open(t, testenv.Postgres(t), postgres.Options{}), newTables()
	tab.migrate(t, a)
	tab.fill(t, a)
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		if _, err := db.First(t.Context(), x, tab.users, db.Query[user]{Lock: true}); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := db.Delete(ctx, a, tab.users)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	// Whether the server heard of the end in time is not known.
	if _, err := db.Count(t.Context(), a, tab.users); err != nil {
		t.Errorf("the pool is not usable: %v", err)
	}
}

// A statement that fails spoils its transaction, also where fn hides that.
func TestSwallowedError(t *testing.T) {
	t.Parallel()
	a, tab := open(t, testenv.Postgres(t), postgres.Options{}), newTables()
	tab.migrate(t, a)
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		tab.fill(t, x)
		_ = db.Create(t.Context(), x, tab.users, ada())
		return nil
	})
	if err == nil {
		t.Error("a transaction that was undone was said to be committed")
	}
	if n, err := db.Count(t.Context(), a, tab.users); err != nil || n != 0 {
		t.Errorf("%d users, %v", n, err)
	}
}

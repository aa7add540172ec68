package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

func TestJoinedRead(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	s, u, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("token-1"))
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmpopts.IgnoreTypes(db.Extra{})
	if diff := cmp.Diff(adasSession(), s, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ada(), u, ignore); diff != "" {
		t.Error(diff)
	}
	if _, _, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("TOKEN-1")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a token of other case: %v", err)
	}
}

// TestStoredForm reads what is in the file with the bare driver: it has to be
// what the reference writes.
func TestStoredForm(t *testing.T) {
	t.Parallel()
	_, _, path := fresh(t)
	raw := bare(t, path)
	var kind, expires, verified string
	err := raw.QueryRow(`SELECT typeof(expiresAt), ''||expiresAt, (SELECT typeof(emailVerified)||emailVerified FROM user) FROM session`).Scan(&kind, &expires, &verified)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "text" || expires != "2026-02-03T13:00:00.007Z" || verified != "integer1" {
		t.Errorf("stored %s %q, %s", kind, expires, verified)
	}
}

func bare(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	handle, err := sql.Open("sqlite", path+"?_busy_timeout=5000&_foreign_keys=on&_txlock=immediate")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = handle.Close() })
	return handle
}

// TestOtherInstants covers rows that other programs wrote into the file.
func TestOtherInstants(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 2, 3, 13, 0, 0, 0, time.UTC)
	for name, stored := range map[string]any{
		"milliseconds": want.UnixMilli(),
		"real":         float64(want.UnixMilli()),
		"space":        "2026-02-03 13:00:00",
		"zone":         "2026-02-03T14:00:00+01:00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, tab, path := fresh(t)
			if _, err := bare(t, path).Exec("UPDATE session SET expiresAt = ?", stored); err != nil {
				t.Fatal(err)
			}
			s, err := db.One(t.Context(), a, tab.sessions, tab.token.Eq("token-1"))
			if err != nil || !s.ExpiresAt.Equal(want) {
				t.Fatalf("read %v, %v", s, err)
			}
			if name == "zone" {
				return // nobody writes it; it is readable, not comparable
			}
			for _, c := range []struct {
				where db.Where[session]
				n     int64
			}{
				{tab.expires.Lt(want.Add(time.Minute)), 1},
				{tab.expires.Lt(want.Add(-time.Minute)), 0},
				{tab.expires.Gt(want.Add(-time.Minute)), 1},
				{tab.expires.Gt(want.Add(time.Minute)), 0},
			} {
				if n, err := db.Count(t.Context(), a, tab.sessions, c.where); err != nil || n != c.n {
					t.Errorf("%v: %d rows, %v, want %d", c.where.Value, n, err, c.n)
				}
			}
		})
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	again := ada()
	again.ID = "u2"
	var conflict *db.ConflictError
	if err := db.Create(t.Context(), a, tab.users, again); !errors.As(err, &conflict) {
		t.Fatalf("got %v", err)
	}
	if conflict.Table != "user" || conflict.Column != "email" || !errors.Is(conflict, db.ErrConflict) {
		t.Errorf("got %s.%s", conflict.Table, conflict.Column)
	}
}

func TestTakeOnce(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	var got atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			rows, err := db.Take(t.Context(), a, tab.sessions, tab.token.Eq("token-1"))
			if err != nil {
				t.Error(err)
			}
			got.Add(int64(len(rows)))
		})
	}
	group.Wait()
	if got.Load() != 1 {
		t.Errorf("%d callers got the row", got.Load())
	}
}

func TestTransaction(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	failure := errors.New("failure")
	for range 2 { // the second time with prepared statements
		err := a.Transaction(t.Context(), func(x db.Executor) error {
			if _, err := db.Update(t.Context(), x, tab.users, []db.Assign[user]{tab.name.To("Eve")}, tab.userID.Eq("u1")); err != nil {
				return err
			}
			u, err := db.One(t.Context(), x, tab.users, tab.userID.Eq("u1"))
			if err != nil || u.Name != "Eve" {
				t.Errorf("inside: %v, %v", u, err)
			}
			return failure
		})
		if !errors.Is(err, failure) {
			t.Errorf("got %v", err)
		}
		u, err := db.One(t.Context(), a, tab.users, tab.name.Eq("Ada"))
		if err != nil || u.ID != "u1" {
			t.Errorf("after: %v, %v", u, err)
		}
		err = a.Transaction(t.Context(), func(x db.Executor) error {
			_, err := db.Update(t.Context(), x, tab.users, []db.Assign[user]{tab.verified.To(false)}, tab.userID.Eq("u1"))
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestApplicationTransaction commits an application's row and a user at once.
func TestApplicationTransaction(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	handle := bare(t, path)
	a, tab := sqlite.New(handle), newTables()
	tab.migrate(t, a)
	if _, err := handle.Exec("CREATE TABLE note (id text)"); err != nil {
		t.Fatal(err)
	}
	for _, commit := range []bool{false, true} {
		tx, err := handle.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("INSERT INTO note VALUES ('n')"); err != nil {
			t.Fatal(err)
		}
		if err := db.Create(t.Context(), a.UseTx(tx), tab.users, ada()); err != nil {
			t.Fatal(err)
		}
		end := tx.Rollback
		if commit {
			end = tx.Commit
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		n, err := db.Count(t.Context(), a, tab.users)
		if err != nil || (n == 1) != commit {
			t.Errorf("commit %v: %d users, %v", commit, n, err)
		}
	}
}

func TestBusyIsUnavailable(t *testing.T) {
	t.Parallel()
	_, tab, path := fresh(t)
	a, err := sqlite.Open(path, sqlite.Options{BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tx, err := bare(t, path).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := db.Delete(t.Context(), a, tab.sessions); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := db.One(t.Context(), a, tab.sessions); err != nil {
		t.Errorf("a read waited for a writer: %v", err)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	a, b, tab := open(t, ":memory:"), open(t, ":memory:"), newTables()
	tab.migrate(t, a)
	if err := db.Create(t.Context(), a, tab.users, ada()); err != nil {
		t.Fatal(err)
	}
	tab.migrate(t, b)
	if n, err := db.Count(t.Context(), b, tab.users); err != nil || n != 0 {
		t.Errorf("another database holds %d rows, %v", n, err)
	}
}

func TestMigrationRace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "auth.db")
	var steps atomic.Int64
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			a, err := sqlite.Open(path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer a.Close()
			tab := newTables()
			plan, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
				return db.MakePlan(tab.schema(), live, a.Dialect()), nil
			})
			if err != nil {
				t.Error(err)
				return
			}
			steps.Add(int64(len(plan.Steps)))
		})
	}
	group.Wait()
	if steps.Load() != 3 {
		t.Errorf("%d steps were run, want 2 tables and 1 index once", steps.Load())
	}
}

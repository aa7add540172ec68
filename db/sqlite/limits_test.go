package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

// TestJoinedReadBudget guards the storage part of get-session. Most of the
// rest is the driver's own: a box and a copy for each column.
func TestJoinedReadBudget(t *testing.T) {
	a, tab, _ := fresh(t)
	const budget = 60
	n := testing.AllocsPerRun(200, func() {
		if _, _, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("token-1")); err != nil {
			t.Fatal(err)
		}
	})
	if n > budget {
		t.Errorf("%v allocations, the budget is %d", n, budget)
	}
}

func TestCanceled(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, try := range map[string]func() error{
		"one":    func() error { _, err := db.One(ctx, a, tab.users, tab.userID.Eq("u1")); return err },
		"all":    func() error { _, err := db.All(ctx, a, tab.users, db.Query[user]{}); return err },
		"count":  func() error { _, err := db.Count(ctx, a, tab.users); return err },
		"delete": func() error { _, err := db.Delete(ctx, a, tab.users); return err },
		"create": func() error { return db.Create(ctx, a, tab.users, ada()) },
		"transaction": func() error {
			return a.Transaction(ctx, func(db.Executor) error { t.Error("fn was run"); return nil })
		},
	} {
		if err := try(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWaitingReaderGivesUp fills all reading connections: whoever waits for
// one leaves when its context ends.
func TestWaitingReaderGivesUp(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t) // with two readers
	release := make(chan struct{})
	var inside, done sync.WaitGroup
	inside.Add(2)
	for range 2 {
		done.Go(func() {
			err := a.Select(t.Context(), &db.Selection{Table: tab.users.Def}, func() []any {
				inside.Done()
				<-release
				var u user
				tab.users.Bind(&u)
				return []any{&u.ID, &u.Name, &u.Email, &u.EmailVerified, &u.Image, &u.CreatedAt, &u.UpdatedAt}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	inside.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.One(ctx, a, tab.users, tab.userID.Eq("u1")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(release)
	done.Wait()
	if _, err := db.One(t.Context(), a, tab.users, tab.userID.Eq("u1")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestManyShapes has callers push each other's statements out of the cache
// while they run.
func TestManyShapes(t *testing.T) {
	t.Parallel()
	a, tab, _ := fresh(t)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 300 {
				var where []db.Where[user]
				for bit := range 10 {
					c := tab.userID.Eq("u1")
					if (worker*300+i)>>bit&1 == 1 {
						c = tab.email.Ne("x")
					}
					where = append(where, c)
				}
				if n, err := db.Count(t.Context(), a, tab.users, where...); err != nil || n != 1 {
					t.Errorf("%d rows, %v", n, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "what?.db", "100%41.db", "a#b&c=d.db", "ä.db"} {
		path := filepath.Join(t.TempDir(), name)
		a := open(t, path)
		newTables().migrate(t, a)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, path := range []string{"", "a\x00b", filepath.Join(t.TempDir(), "no", "such", "directory.db")} {
		if a, err := sqlite.Open(path, sqlite.Options{}); err == nil {
			t.Errorf("%q was opened", path)
			_ = a.Close()
		}
	}
}

// TestSnapshotRetry lets a transaction read before another process writes:
// its own write must then start over, not fail.
func TestSnapshotRetry(t *testing.T) {
	t.Parallel()
	_, tab, path := fresh(t)
	handle, err := sql.Open("sqlite", path+"?_busy_timeout=5000") // begins without the lock
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	a, other := sqlite.New(handle), open(t, path)
	runs := 0
	err = a.Transaction(t.Context(), func(x db.Executor) error {
		runs++
		u, err := db.One(t.Context(), x, tab.users, tab.userID.Eq("u1"))
		if err != nil {
			return err
		}
		if runs == 1 {
			_, err := db.Update(t.Context(), other, tab.users, []db.Assign[user]{tab.name.To("Countess")}, tab.userID.Eq("u1"))
			if err != nil {
				return err
			}
		}
		_, err = db.Update(t.Context(), x, tab.users, []db.Assign[user]{tab.name.To(u.Name + "!")}, tab.userID.Eq("u1"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := db.One(t.Context(), other, tab.users, tab.userID.Eq("u1"))
	if err != nil || u.Name != "Countess!" || runs != 2 {
		t.Errorf("%q after %d runs, %v", u.Name, runs, err)
	}
}

// FuzzParts compares the search for parts with Go's own.
func FuzzParts(f *testing.F) {
	for _, s := range [][2]string{{"100%", "%"}, {"a_b", "_"}, {"[x]", "[x]"}, {"*?", "?"}, {`\`, `\`}, {"Ada", "ada"}, {"", ""}, {"]", "[]"}} {
		f.Add(s[0], s[1])
	}
	a, tab := open(f, ":memory:"), newTables()
	tab.migrate(f, a)
	f.Fuzz(func(t *testing.T, text, part string) {
		if len(text)+len(part) > 1000 || !utf8.ValidString(text+part) || strings.Contains(text+part, "\x00") {
			return
		}
		u := ada()
		u.Name = text
		err := a.Transaction(t.Context(), func(x db.Executor) error {
			if err := db.Create(t.Context(), x, tab.users, u); err != nil {
				return err
			}
			for name, c := range map[string]struct {
				where db.Where[user]
				want  bool
			}{
				"contains": {db.Contains(tab.name, part), strings.Contains(text, part)},
				"starts":   {db.StartsWith(tab.name, part), strings.HasPrefix(text, part)},
				"ends":     {db.EndsWith(tab.name, part), strings.HasSuffix(text, part)},
			} {
				n, err := db.Count(t.Context(), x, tab.users, c.where)
				if err != nil || (n == 1) != c.want {
					return fmt.Errorf("%s(%q, %q): %d rows, %w", name, text, part, n, err)
				}
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Error(err)
		}
	})
}

var errUndo = errors.New("undo")

package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

// TestMappedFileShrinks reads through a map while the file becomes a tenth of
// itself and grows again, which is where a map that outlives its pages would
// end the process.
func TestMappedFileShrinks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "auth.db")
	a, err := sqlite.Open(path, sqlite.Options{Relaxed: true, Map: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tab := newTables()
	tab.migrate(t, a)
	other := bare(t, path) // as a tool of the operator's would
	name := strings.Repeat("a long name ", 200)
	fill := func(round int) {
		err := a.Transaction(t.Context(), func(x db.Executor) error {
			for i := range 500 {
				u := &user{ID: fmt.Sprintf("%d-%d", round, i), Name: name, Email: fmt.Sprintf("%d-%d@example.com", round, i)}
				if err := db.Create(t.Context(), x, tab.users, u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	defer readers.Wait()
	defer close(stop)
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := db.All(t.Context(), a, tab.users, db.Query[user]{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	shrunk := 0
	for round := range 4 {
		fill(round)
		full := size(t, other, path)
		for _, statement := range []string{`DELETE FROM "user"`, "VACUUM"} {
			if _, err := other.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(statement, err)
			}
		}
		if size(t, other, path) < full/5 { // readers may hold the checkpoint up
			shrunk++
		}
	}
	if shrunk == 0 {
		t.Error("the file never became smaller")
	}
	fill(9)
	if n, err := db.Count(t.Context(), a, tab.users); err != nil || n != 500 {
		t.Errorf("%d users, %v", n, err)
	}
}

// size is that of the file once the log has been copied into it.
func size(t *testing.T, handle *sql.DB, path string) int64 {
	t.Helper()
	if _, err := handle.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

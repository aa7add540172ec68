package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/dbtest"
	"github.com/watchword-auth/watchword/db/sqlite"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter {
		return open(t, filepath.Join(t.TempDir(), "auth.db"))
	})
}

func TestConformanceOfCallersHandle(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter {
		return sqlite.New(bare(t, filepath.Join(t.TempDir(), "auth.db")))
	})
}

func TestConformanceMapped(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter {
		a, err := sqlite.Open(filepath.Join(t.TempDir(), "auth.db"), sqlite.Options{Relaxed: true, Map: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		return a
	})
}

func TestConformanceInMemory(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter { return open(t, ":memory:") })
}

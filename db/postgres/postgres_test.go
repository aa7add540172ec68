package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/dbtest"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

func open(t testing.TB, url string, o postgres.Options) *postgres.Adapter {
	t.Helper()
	if o.MaxConns == 0 {
		o.MaxConns = 6
	}
	a, err := postgres.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestAdapter(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter { return open(t, testenv.Postgres(t), postgres.Options{}) })
}

// TestPooler runs the suite with nothing prepared, as PgBouncer needs it.
func TestPooler(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter { return open(t, testenv.Postgres(t), postgres.Options{Pooler: true}) })
}

func TestStandard(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter {
		handle, err := sql.Open("pgx", testenv.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		handle.SetMaxOpenConns(6)
		t.Cleanup(func() { _ = handle.Close() })
		return postgres.NewSQL(handle)
	})
}

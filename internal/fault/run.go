package fault

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// place is a database that flows run over, one after the other, each on tables
// that are empty.
type place struct {
	option func(*core.Options)
	drop   func() // ends its connections; nil where it has none
}

// Run runs flows through every failure of every operation over each engine
// that needs no server. Those on SQLite are the ones in which the engine
// matters: where it has to undo something, and where it sees the caller go.
// With WATCHWORD_TEST_FAULTS=postgres they run over PostgreSQL too, which takes
// minutes.
func Run(t *testing.T, flows ...Flow) {
	t.Helper()
	for _, f := range flows {
		t.Run(f.Name+"/memory", func(t *testing.T) {
			kinds := []Kind{Lost, canceled}
			if !testing.Short() {
				kinds = append(kinds, Refused, Outage, overtaken)
			}
			f.run(t, place{option: func(o *core.Options) { o.Database = memory.New() }}, kinds...)
		})
		t.Run(f.Name+"/sqlite", func(t *testing.T) {
			if testing.Short() {
				t.Skip("memory has to do for a short run")
			}
			f.run(t, inMemory(t), Lost, canceled)
		})
		if os.Getenv("WATCHWORD_TEST_FAULTS") == "postgres" {
			t.Run(f.Name+"/postgres", func(t *testing.T) { f.run(t, onPostgres(t), Lost, canceled, overtaken, dropped) })
		}
	}
}

// inMemory is SQLite as it is, without a disk to wait for.
func inMemory(t *testing.T) place {
	t.Helper()
	a, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return place{option: func(o *core.Options) { o.Database = a }}
}

// onPostgres is a schema of its own, whose connections can be ended.
func onPostgres(t *testing.T) place {
	t.Helper()
	base := testenv.Postgres(t)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	name := query.Get("search_path")
	query.Set("application_name", name)
	u.RawQuery = query.Encode()
	a, err := postgres.Open(t.Context(), u.String(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	handle, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handle.Close() })
	drop := func() {
		_, err := handle.ExecContext(context.Background(),
			"SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = $1", name)
		if err != nil {
			t.Error(err)
		}
	}
	return place{func(o *core.Options) { o.Database = a }, drop}
}

// revive takes the ends of connections out of the pool: every one that was
// dropped while nobody used it fails one statement.
func (r *trial) revive() {
	for range 100 {
		_, err := r.s.Adapter().Count(r.t.Context(), &db.Selection{Table: r.s.Tables().Users.Table.Def})
		if err == nil {
			return
		}
	}
	r.t.Fatal("storage does not come back")
}

package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// TestForgetfulConnection has connections forget what was prepared on them, as
// those that PgBouncer hands out have not heard of it. The mode that the
// package comment names works there, and the usual one does not.
func TestForgetfulConnection(t *testing.T) {
	t.Parallel()
	url := testenv.Postgres(t)
	tab := newTables()
	setup := open(t, url, postgres.Options{})
	tab.migrate(t, setup)
	tab.fill(t, setup)
	for mode, works := range map[pgx.QueryExecMode]bool{
		pgx.QueryExecModeSimpleProtocol: true,
		pgx.QueryExecModeCacheStatement: false,
	} {
		config, err := pgxpool.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		config.MaxConns = 1
		config.ConnConfig.DefaultQueryExecMode = mode
		config.AfterRelease = func(c *pgx.Conn) bool {
			_, err := c.Exec(context.Background(), "DEALLOCATE ALL", pgx.QueryExecModeSimpleProtocol)
			return err == nil
		}
		p, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		a := postgres.New(p)
		var failed error
		for range 5 {
			if _, _, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("token-1")); err != nil {
				failed = err
			}
		}
		if (failed == nil) != works {
			t.Errorf("mode %v: %v", mode, failed)
		}
	}
}

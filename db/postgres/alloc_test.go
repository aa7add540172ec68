//go:build !race

package postgres_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// TestJoinedReadBudget guards what the read behind every authenticated request
// allocates: the two rows with their texts, and what pgx needs for a query.
func TestJoinedReadBudget(t *testing.T) {
	a := open(t, testenv.Postgres(t), postgres.Options{})
	tab := newTables()
	tab.migrate(t, a)
	tab.fill(t, a)
	got := testing.AllocsPerRun(200, func() {
		if _, _, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("token-1")); err != nil {
			t.Fatal(err)
		}
	})
	if got > 28 {
		t.Errorf("%v allocations, the budget is 28", got)
	}
}

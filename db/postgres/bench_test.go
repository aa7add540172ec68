package postgres_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

func BenchmarkJoinedRead(b *testing.B) {
	a := open(b, testenv.Postgres(b), postgres.Options{})
	tab := newTables()
	tab.migrate(b, a)
	tab.fill(b, a)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := db.OneJoined(b.Context(), a, tab.link, tab.token.Eq("token-1")); err != nil {
			b.Fatal(err)
		}
	}
}

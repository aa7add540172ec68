package mysql_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/testenv"
)

func BenchmarkRead(b *testing.B) {
	a, u := open(b, testenv.MySQL(b)), newUsers()
	u.migrate(b, a)
	if err := db.Create(b.Context(), a, u.Table, ada()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.One(b.Context(), a, u.Table, u.email.Eq("ada@example.com")); err != nil {
			b.Fatal(err)
		}
	}
}

package mysql_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/dbtest"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/internal/testenv"
)

func open(t testing.TB, source string) *mysql.Adapter {
	t.Helper()
	a, err := mysql.Open(t.Context(), source, mysql.Options{MaxConns: 8})
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
	dbtest.Run(t, func(t *testing.T) db.Adapter { return open(t, testenv.MySQL(t)) })
}

// TestMySQL8 runs the suite the way MySQL 8 needs it, whatever the server.
func TestMySQL8(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T) db.Adapter {
		a := mysql.AsMySQL8(open(t, testenv.MySQL(t)))
		t.Cleanup(func() { _ = a.Close() })
		return a
	})
}

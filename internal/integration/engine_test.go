package integration_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv/redis"
)

type change = func(*core.Options)

// openPostgres returns a function that opens one database of the test's own
// again and again.
func openPostgres(t *testing.T) func() db.Adapter {
	t.Helper()
	url := testenv.Postgres(t)
	return func() db.Adapter {
		a, err := postgres.Open(context.Background(), url, postgres.Options{})
		return opened(t, a, err)
	}
}

// openMySQL is openPostgres for MySQL or MariaDB.
func openMySQL(t *testing.T) func() db.Adapter {
	t.Helper()
	source := testenv.MySQL(t)
	return func() db.Adapter {
		a, err := mysql.Open(context.Background(), source, mysql.Options{})
		return opened(t, a, err)
	}
}

func opened[A db.Adapter](t *testing.T, a A, err error) db.Adapter {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// openRedis connects with keys of the test's own; options replace defaults.
func openRedis(t *testing.T, o redis.Options) *redis.Store {
	t.Helper()
	if o.URL == "" && len(o.Addresses) == 0 {
		o.URL = testenv.Redis()
	}
	if o.Prefix == "" {
		o.Prefix = "watchword-test:" + rand.Text() + ":"
	}
	s, err := redis.New(o)
	if err != nil {
		testenv.Missing(t, "WATCHWORD_TEST_REDIS", err)
	}
	t.Cleanup(s.Close)
	return s
}

// everywhere runs a test over every engine that is a server, alone, with
// Redis, and with Redis and the database both.
func everywhere(t *testing.T, test func(t *testing.T, where change)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) func() db.Adapter{"postgres": openPostgres, "mysql": openMySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, func(o *core.Options) { o.Database = open(t)() })
		})
		t.Run(name+" and redis", func(t *testing.T) {
			t.Parallel()
			test(t, func(o *core.Options) {
				o.Database, o.SecondaryStorage = open(t)(), openRedis(t, redis.Options{})
			})
		})
		t.Run(name+" beside redis", func(t *testing.T) {
			t.Parallel()
			test(t, func(o *core.Options) {
				o.Database, o.SecondaryStorage = open(t)(), openRedis(t, redis.Options{})
				o.Session.StoreSessionInDatabase, o.Verification.StoreInDatabase = true, true
			})
		})
	}
}

// race calls f from n goroutines at once and returns how many answers had
// each status.
func race(n int, f func(i int) *authtest.Answer) map[int]int {
	statuses, start, answers := map[int]int{}, make(chan struct{}), make(chan int)
	for i := range n {
		go func() { <-start; answers <- f(i).Status }()
	}
	close(start)
	for range n {
		statuses[<-answers]++
	}
	return statuses
}

const patience = 10 * time.Second

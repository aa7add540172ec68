package harness

import (
	"context"
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// Profile is a way to run the binary. What a client sees must be the same in
// all of them.
type Profile struct {
	Name string
	open func(keep testing.TB) (JSON, *Store)
}

// The profiles. All but Postgres and Memory keep their rows in SQLite, which
// alone is the default.
var (
	SQLite   = Profile{"sqlite", openSQLite}
	Postgres = Profile{"postgres", openPostgres}
	Memory   = Profile{"memory", func(testing.TB) (JSON, *Store) { return JSON{"database": "memory:"}, &Store{} }}
	// Redis keeps sessions, verifications and limits in secondary storage only.
	Redis = Profile{"redis", func(keep testing.TB) (JSON, *Store) { return openRedis(keep, JSON{}) }}
	// RedisDatabase keeps sessions and verifications in both.
	RedisDatabase = Profile{"redis+database", func(keep testing.TB) (JSON, *Store) {
		return openRedis(keep, JSON{"session": JSON{"storeSessionInDatabase": true}, "verification": JSON{"storeInDatabase": true}})
	}}
	// CookieCache lets a second cookie answer for a session.
	CookieCache = Profile{"cookie-cache", func(keep testing.TB) (JSON, *Store) {
		c, s := openSQLite(keep)
		c["session"] = JSON{"cookieCache": JSON{"enabled": true}}
		return c, s
	}}
	// ReadCache answers for sessions from memory while the database has not
	// changed.
	ReadCache = Profile{"read-cache", func(keep testing.TB) (JSON, *Store) {
		c, s := openSQLite(keep)
		c["session"] = JSON{"readCache": JSON{"enabled": true}}
		return c, s
	}}
	// Stateless has no database: sessions live in cookies, and are not revoked.
	Stateless = Profile{"stateless", func(testing.TB) (JSON, *Store) { return JSON{"stateless": true}, &Store{} }}
	// DynamicURL makes the base URL of each request's host, if that is allowed.
	DynamicURL = Profile{"dynamic-url", func(keep testing.TB) (JSON, *Store) {
		c, s := openSQLite(keep)
		c["baseURL"] = JSON{"allowedHosts": []string{"auth.test", "other.test"}, "protocol": "http"}
		return c, s
	}}
)

// Profiles returns all profiles, the default one first.
func Profiles() []Profile {
	return []Profile{SQLite, Postgres, Memory, Redis, RedisDatabase, CookieCache, ReadCache, DynamicURL}
}

// probe skips the test where the profile's server does not answer.
func (p Profile) probe(t testing.TB) {
	t.Helper()
	switch p.Name {
	case Postgres.Name:
		testenv.Postgres(t)
	case Redis.Name, RedisDatabase.Name:
		if client, err := dialRedis(t); err != nil {
			testenv.Missing(t, "WATCHWORD_TEST_REDIS", err)
		} else {
			client.Close()
		}
	}
}

func openSQLite(keep testing.TB) (JSON, *Store) {
	path := filepath.Join(keep.TempDir(), "auth.db")
	return JSON{"database": "sqlite:" + path}, &Store{DB: openDB(keep, "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")}
}

func openPostgres(keep testing.TB) (JSON, *Store) {
	url := testenv.Postgres(keep)
	return JSON{"database": url}, &Store{DB: openDB(keep, "pgx", url), postgres: true}
}

func openDB(keep testing.TB, driver, source string) *sql.DB {
	handle, err := sql.Open(driver, source)
	if err != nil {
		panic(err) // the names and sources are this file's own
	}
	handle.SetMaxOpenConns(2) // servers admit few connections
	handle.SetConnMaxIdleTime(time.Second)
	keep.Cleanup(func() { _ = handle.Close() })
	return handle
}

func dialRedis(t testing.TB) (rueidis.Client, error) {
	o, err := rueidis.ParseURL(testenv.Redis())
	if err != nil {
		return nil, err
	}
	o.DisableCache = true
	o.Dialer.Timeout = 5 * time.Second
	client, err := rueidis.NewClient(o)
	if err != nil {
		return nil, err
	}
	return client, client.Do(t.Context(), client.B().Ping().Build()).Error()
}

func openRedis(keep testing.TB, more JSON) (JSON, *Store) {
	config, store := openSQLite(keep)
	merge(config, more)
	client, err := dialRedis(keep)
	if err != nil {
		panic(err) // it was probed
	}
	store.redis, store.prefix = client, "securitytest:"+strings.ToLower(rand.Text())+":"
	keep.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		for _, name := range store.names(ctx) {
			_ = client.Do(ctx, client.B().Del().Key(name).Build()).Error()
		}
		client.Close()
	})
	separator := "?"
	if strings.Contains(testenv.Redis(), "?") {
		separator = "&"
	}
	config["secondaryStorage"] = testenv.Redis() + separator + "prefix=" + store.prefix
	return config, store
}

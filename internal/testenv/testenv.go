// Package testenv gives tests the servers they need: PostgreSQL, MySQL or
// MariaDB, Redis or Valkey.
//
//	url := testenv.Postgres(t) // of an empty schema that goes with the test
//
// Servers are looked for on this machine unless the environment variables
// WATCHWORD_TEST_POSTGRES (a URL), WATCHWORD_TEST_MYSQL (a data source name of
// github.com/go-sql-driver/mysql) and WATCHWORD_TEST_REDIS (a URL) name others.
// A test whose server is not there is skipped with a line that says so; with
// CI=true it fails.
package testenv

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// Missing ends a test whose server does not answer, or whose program is not
// there: it fails where CI=true, and is skipped elsewhere.
func Missing(tb testing.TB, variable string, err error) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("no server for %s: %v", variable, err)
	}
	note(variable + ": " + tb.Name())
	tb.Skipf("SKIPPED, NOT TESTED: no server for %s: %v", variable, err)
}

// note adds a line to the file that WATCHWORD_SKIPPED names, so that whoever
// runs many packages can say at the end what did not run.
func note(line string) {
	path := os.Getenv("WATCHWORD_SKIPPED")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(line + "\n")
}

// Redis returns the URL of a server. It is not checked: report with [Missing]
// when connecting fails. All tests share its keys, so use a random prefix.
func Redis() string {
	return cmp.Or(os.Getenv("WATCHWORD_TEST_REDIS"), "redis://127.0.0.1:6379")
}

// Postgres returns a URL whose connections have an empty schema of their own as
// search path. The schema is dropped when the test ends.
func Postgres(tb testing.TB) string {
	tb.Helper()
	const variable = "WATCHWORD_TEST_POSTGRES"
	base := cmp.Or(os.Getenv(variable), "postgres://root@127.0.0.1:5432/test?sslmode=disable")
	u, err := url.Parse(base)
	if err != nil {
		tb.Fatalf("%s is not a URL: %v", variable, err)
	}
	name := unique()
	handle := connect(tb, "pgx", base, variable)
	execute(tb, handle, `CREATE SCHEMA "`+name+`"`)
	tb.Cleanup(func() { execute(tb, handle, `DROP SCHEMA "`+name+`" CASCADE`) })
	q := u.Query()
	q.Set("search_path", name)
	q.Set("synchronous_commit", "off") // tests survive no power failure
	u.RawQuery = q.Encode()
	return u.String()
}

// MySQL returns the data source name of an empty database of its own, which is
// dropped when the test ends.
func MySQL(tb testing.TB) string {
	tb.Helper()
	const variable = "WATCHWORD_TEST_MYSQL"
	base := cmp.Or(os.Getenv(variable), "root@tcp(127.0.0.1:3306)/test")
	config, err := mysql.ParseDSN(base)
	if err != nil {
		tb.Fatalf("%s is not a data source name: %v", variable, err)
	}
	name := unique()
	handle := connect(tb, "mysql", base, variable)
	execute(tb, handle, "CREATE DATABASE `"+name+"`")
	tb.Cleanup(func() { execute(tb, handle, "DROP DATABASE `"+name+"`") })
	config.DBName = name
	return config.FormatDSN()
}

// unique returns a name no other test uses.
func unique() string { return "watchword_test_" + strings.ToLower(rand.Text()) }

func connect(tb testing.TB, driver, source, variable string) *sql.DB {
	tb.Helper()
	handle, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatal(err)
	}
	handle.SetMaxIdleConns(0) // servers admit few connections, and there are many tests
	tb.Cleanup(func() { _ = handle.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := handle.PingContext(ctx); err != nil {
		Missing(tb, variable, err)
	}
	return handle
}

func execute(tb testing.TB, handle *sql.DB, statement string) {
	tb.Helper()
	// The test's own context is over when its cleanup runs.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := handle.ExecContext(ctx, statement); err != nil {
		tb.Errorf("%s: %v", statement, err)
	}
}

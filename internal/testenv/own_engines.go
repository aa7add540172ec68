//go:build unix

package testenv

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// OwnRedis starts a Redis of the test's own. It keeps nothing over a restart
// unless the arguments, which are those of redis-server, say so.
func OwnRedis(tb testing.TB, arguments ...string) *Own {
	tb.Helper()
	o, path, dir := newOwn(tb, "redis-server", "")
	host, port, _ := net.SplitHostPort(o.Address)
	o.command = append([]string{path, "--bind", host, "--port", port, "--dir", dir, "--save", ""}, arguments...)
	o.URL = "redis://" + o.Address
	o.Start()
	return o
}

// postgresPrograms is where Debian puts what is not in the path.
const postgresPrograms = "/usr/lib/postgresql/*/bin"

// OwnPostgres starts a PostgreSQL of the test's own: a commit survives the end
// of its processes, though not that of the machine. URL leads to an empty
// database, as a superuser.
func OwnPostgres(tb testing.TB) *Own {
	tb.Helper()
	o, path, dir := newOwn(tb, "initdb", "postgres", postgresPrograms)
	data := filepath.Join(dir, "data")
	initdb := o.run(path, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}
	host, port, _ := net.SplitHostPort(o.Address)
	o.command = []string{filepath.Join(filepath.Dir(path), "postgres"), "-D", data, "-h", host, "-p", port,
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200"}
	o.URL = "postgres://postgres@" + o.Address + "/postgres?sslmode=disable"
	o.Start()
	return o
}

// Stop ends the server in order, cutting its connections.
func (o *Own) Stop() { o.end(syscall.SIGINT) }

// Crash has PostgreSQL end at once, with all its processes and without writing
// anything, so that it recovers from its log at the next start.
func (o *Own) Crash() { o.end(syscall.SIGQUIT) }

// OwnPgBouncer starts a PgBouncer in transaction mode, in front of the database
// of a URL that [Postgres] or [OwnPostgres] returned. Of the URL's parameters
// the search path is set at the server, since a pooled connection is nobody's.
func OwnPgBouncer(tb testing.TB, backend string) *Own {
	tb.Helper()
	o, path, dir := newOwn(tb, "pgbouncer", "postgres")
	u, err := url.Parse(backend)
	if err != nil {
		tb.Fatal(err)
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		host, port = u.Hostname(), "5432"
	}
	database, set := strings.TrimPrefix(u.Path, "/"), ""
	if schema := u.Query().Get("search_path"); schema != "" {
		set = " connect_query='SET search_path = \"" + schema + "\"'"
	}
	listen, listenPort, _ := net.SplitHostPort(o.Address)
	file := filepath.Join(dir, "pgbouncer.ini")
	text := "[databases]\n" + database + " = host=" + host + " port=" + port + " user=" + u.User.Username() + set + "\n" +
		"[pgbouncer]\nlisten_addr = " + listen + "\nlisten_port = " + listenPort + "\nunix_socket_dir =\n" +
		"auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 500\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	o.own(file)
	o.command = []string{path, file}
	o.URL = "postgres://" + u.User.Username() + "@" + o.Address + "/" + database + "?sslmode=disable"
	o.Start()
	return o
}

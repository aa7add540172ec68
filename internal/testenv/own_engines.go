//go:build unix

package testenv

import (
	"database/sql"
	"errors"
	"net"
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
	o.answers = func() error {
		answer, err := o.talk("PING\r\n")
		if err == nil && !strings.HasPrefix(answer, "+PONG") {
			err = errors.New(answer)
		}
		return err
	}
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
	handle, err := sql.Open("pgx", o.URL)
	if err != nil {
		tb.Fatal(err)
	}
	handle.SetMaxIdleConns(0)
	tb.Cleanup(func() { _ = handle.Close() })
	o.answers = handle.Ping
	o.Start()
	return o
}

// Stop ends the server in order, cutting its connections.
func (o *Own) Stop() { o.end(syscall.SIGINT) }

// Crash has PostgreSQL end at once, with all its processes and without writing
// anything, so that it recovers from its log at the next start.
func (o *Own) Crash() { o.end(syscall.SIGQUIT) }

// OwnPgBouncer starts a PgBouncer in transaction mode in front of every database
// of a server. Its URL leads where the server's does.
func OwnPgBouncer(tb testing.TB, server *Own) *Own {
	tb.Helper()
	o, path, dir := newOwn(tb, "pgbouncer", "postgres")
	host, port, _ := net.SplitHostPort(server.Address)
	listen, listenPort, _ := net.SplitHostPort(o.Address)
	file := filepath.Join(dir, "pgbouncer.ini")
	text := "[databases]\n* = host=" + host + " port=" + port + " user=postgres\n" +
		"[pgbouncer]\nlisten_addr = " + listen + "\nlisten_port = " + listenPort + "\nunix_socket_dir =\n" +
		"auth_type = any\npool_mode = transaction\nmax_client_conn = 500\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	o.own(file)
	o.command = []string{path, file}
	o.URL = strings.Replace(server.URL, server.Address, o.Address, 1)
	o.answers = func() error { _, err := o.talk(""); return err }
	o.Start()
	return o
}

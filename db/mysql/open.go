package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// Options tunes a pool that [Open] makes. The zero value is a sound choice.
type Options struct {
	// MaxConns is how many connections there are at most; 0 means 16.
	MaxConns int
}

// Adapter is a MySQL or MariaDB database. Make one with [Open] or [New].
type Adapter struct {
	executor
	server server
	owned  bool
}

var _ db.Adapter = (*Adapter)(nil)

// server is what can be done with a server's version.
type server struct {
	returning bool // it can return rows from INSERT and DELETE
	inlineFK  bool // it minds a reference in a column's definition
}

// Open connects to a database given by a data source name of the driver,
// "user:password@tcp(host:port)/name", or by a URL, "mysql://user:password@host/name".
// What the contract needs is set on each connection: UTC, strict mode, utf8mb4.
// Errors other than of a malformed source match [db.ErrUnavailable].
func Open(ctx context.Context, source string, o Options) (*Adapter, error) {
	config, err := parse(source)
	if err != nil {
		return nil, err
	}
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	handle := sql.OpenDB(connector)
	if o.MaxConns <= 0 {
		o.MaxConns = 16
	}
	handle.SetMaxOpenConns(o.MaxConns)
	handle.SetMaxIdleConns(o.MaxConns)
	handle.SetConnMaxIdleTime(5 * time.Minute) // well below the server's wait_timeout
	a, err := New(ctx, handle)
	if err != nil {
		_ = handle.Close()
		return nil, err
	}
	a.owned = true
	return a, nil
}

// New returns an adapter over the caller's own handle, which stays the
// caller's to close. Its data source needs clientFoundRows=true, parseTime=true,
// loc=UTC (the driver's default), time_zone='+00:00' and a strict sql_mode. New
// asks the server about the last three and refuses what would spoil data.
func New(ctx context.Context, handle *sql.DB) (*Adapter, error) {
	noon := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	var version, mode, sent string
	var offset int64
	err := handle.QueryRowContext(ctx, "SELECT VERSION(), @@SESSION.sql_mode, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()), CAST(? AS CHAR)", noon).
		Scan(&version, &mode, &offset, &sent)
	switch {
	case err != nil:
		return nil, translate(err)
	case !strings.Contains(mode, "STRICT_"):
		return nil, errors.New("mysql: sql_mode is not strict: the server would cut what does not fit")
	case offset != 0:
		return nil, errors.New("mysql: the connection's time_zone is not UTC")
	case !strings.HasPrefix(sent, "2024-02-29 12:00:00"):
		return nil, errors.New("mysql: the driver's loc is not UTC")
	}
	return assemble(handle, serverOf(version)), nil
}

// serverOf reads "8.0.41", "10.11.6-MariaDB-1" or "5.5.5-10.11.6-MariaDB".
func serverOf(version string) server {
	maria := strings.Contains(version, "MariaDB")
	if maria {
		version = strings.TrimPrefix(version, "5.5.5-") // once a ruse for replication
	}
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, _ := strconv.Atoi(first)
	minor, _ := strconv.Atoi(second)
	modern := maria && (major > 10 || major == 10 && minor >= 5)
	return server{returning: modern, inlineFK: modern || !maria && major >= 9}
}

func assemble(handle *sql.DB, s server) *Adapter {
	shapes := sqlgen.New(sqlgen.Options{Dialect: db.MySQL, Returning: s.returning,
		Evicted: func(st *sqlgen.Statement) { st.Prepared.Close() }})
	a := &Adapter{server: s}
	a.executor = executor{adapter: a, handle: handle, shapes: shapes}
	return a
}

// UseTx returns an executor inside of the application's own transaction, which
// the application commits or rolls back. It must not be used afterwards. Unless
// the transaction is of a handle like [New] asks for, updates count only rows
// that really changed.
func (a *Adapter) UseTx(tx *sql.Tx) db.Executor {
	return &executor{adapter: a, shapes: a.shapes, tx: tx}
}

// Dialect returns [db.MySQL].
func (a *Adapter) Dialect() db.Dialect { return db.MySQL }

// Close releases what was prepared, and the connections if [Open] made them.
func (a *Adapter) Close() error {
	a.shapes.Drain()
	if a.owned {
		return a.handle.Close()
	}
	return nil
}

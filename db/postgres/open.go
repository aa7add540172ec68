package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// Options tunes a pool that [Open] makes. The zero value is a sound choice.
type Options struct {
	// MaxConns is how many connections there are at most; 0 means what the
	// URL says, else pgx's default, the larger of four and the processors.
	MaxConns int32
	// Pooler tells that the URL leads to PgBouncer, or its kind, in
	// transaction mode: nothing is prepared and values are put into the text
	// by the driver, quoted.
	Pooler bool
}

// Adapter is a PostgreSQL database, or one schema of it: the first of the
// search path. Make one with [Open], [New] or [NewSQL].
type Adapter struct {
	executor
	begin func(context.Context) (transaction, error)
	close func()
	pool  *pgxpool.Pool // nil over database/sql

	// changes counts what this adapter wrote to watched tables, and what it
	// was told that others wrote.
	changes atomic.Uint64
}

var _ db.Watcher = (*Adapter)(nil)

// Open connects to a database given by a URL, or by keywords and values, as
// libpq reads them. Errors other than of a malformed URL match
// [db.ErrUnavailable].
func Open(ctx context.Context, url string, o Options) (*Adapter, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err) // pgx leaves the password out
	}
	if o.MaxConns > 0 {
		config.MaxConns = o.MaxConns
	}
	if o.Pooler {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" && !o.Pooler {
		config.ConnConfig.RuntimeParams["application_name"] = "watchword"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, translate(err, nil)
	}
	a := New(pool)
	a.close, a.renew = pool.Close, pool.Reset
	return a, nil
}

// New returns an adapter over the caller's own pool, which stays the caller's
// to close.
func New(pool *pgxpool.Pool) *Adapter {
	a := assemble(native{pool}, func(ctx context.Context) (transaction, error) {
		tx, err := pool.Begin(ctx)
		return nativeTx{native{tx}, tx}, err
	})
	a.pool = pool
	return a
}

// NewSQL returns an adapter over the caller's own handle, of pgx's driver for
// database/sql or any other for PostgreSQL. It stays the caller's to close.
func NewSQL(handle *sql.DB) *Adapter {
	return assemble(standard{handle}, func(ctx context.Context) (transaction, error) {
		tx, err := handle.BeginTx(ctx, nil)
		return standardTx{standard{tx}, tx}, err
	})
}

func assemble(l link, begin func(context.Context) (transaction, error)) *Adapter {
	shapes := sqlgen.New(sqlgen.Options{Dialect: db.Postgres, Returning: true})
	a := &Adapter{begin: begin}
	a.executor = executor{shapes: shapes, link: l, alone: true, changed: func() { a.changes.Add(1) }}
	return a
}

// UseTx returns an executor inside of the application's own transaction, which
// the application commits or rolls back. It must not be used afterwards, nor
// after an error.
func (a *Adapter) UseTx(tx pgx.Tx) db.Executor {
	return &executor{shapes: a.shapes, link: native{tx}, changed: func() {}}
}

// UseSQLTx is [Adapter.UseTx] for a transaction of database/sql.
func (a *Adapter) UseSQLTx(tx *sql.Tx) db.Executor {
	return &executor{shapes: a.shapes, link: standard{tx}, changed: func() {}}
}

// Dialect returns [db.Postgres].
func (a *Adapter) Dialect() db.Dialect { return db.Postgres }

// Close closes the pool if [Open] made it. It returns nil.
func (a *Adapter) Close() error {
	if a.close != nil {
		a.close()
	}
	return nil
}

package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// link is what statements run on: a pool or a transaction, of pgx or of
// database/sql.
type link interface {
	// query runs the text with row's arguments and fills the places of each
	// row of the result, which has the given columns. It reports whether it
	// called next, also on an error.
	query(ctx context.Context, text string, columns []*db.Column, row *sqlgen.Row, next func() []any) (handed bool, err error)
	// exec runs the text with row's arguments and returns how many rows were
	// affected.
	exec(ctx context.Context, text string, row *sqlgen.Row) (int64, error)
}

// transaction is a link that ends.
type transaction interface {
	link
	commit(context.Context) error
	rollback(context.Context) error
}

// native runs on a pool or a transaction of pgx.
type native struct {
	on interface {
		Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
		Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	}
}

func (l native) query(ctx context.Context, text string, columns []*db.Column, row *sqlgen.Row, next func() []any) (handed bool, err error) {
	rows, err := l.on.Query(ctx, text, row.Args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	fields := rows.FieldDescriptions()
	for rows.Next() {
		places := next()
		handed = true
		for i, raw := range rows.RawValues() {
			if err := decode(rows, places[i], columns[i], &fields[i], raw); err != nil {
				return true, err
			}
		}
	}
	return handed, rows.Err()
}

func (l native) exec(ctx context.Context, text string, row *sqlgen.Row) (int64, error) {
	tag, err := l.on.Exec(ctx, text, row.Args...)
	return tag.RowsAffected(), err
}

type nativeTx struct {
	native
	tx pgx.Tx
}

func (t nativeTx) commit(ctx context.Context) error   { return t.tx.Commit(ctx) }
func (t nativeTx) rollback(ctx context.Context) error { return t.tx.Rollback(ctx) }

// standard runs on a handle or a transaction of database/sql. Whether it
// prepares is up to the driver.
type standard struct {
	on interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
}

func (l standard) query(ctx context.Context, text string, columns []*db.Column, row *sqlgen.Row, next func() []any) (handed bool, err error) {
	rows, err := l.on.QueryContext(ctx, text, row.Args...)
	if err != nil {
		return false, sqlgen.Ended(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		handed = true
		if err := rows.Scan(row.Dests(columns, next())...); err != nil {
			return true, err
		}
	}
	return handed, sqlgen.Ended(ctx, rows.Err())
}

func (l standard) exec(ctx context.Context, text string, row *sqlgen.Row) (int64, error) {
	result, err := l.on.ExecContext(ctx, text, row.Args...)
	if err != nil {
		return 0, sqlgen.Ended(ctx, err)
	}
	return result.RowsAffected()
}

type standardTx struct {
	standard
	tx *sql.Tx
}

func (t standardTx) commit(ctx context.Context) error { return sqlgen.Ended(ctx, t.tx.Commit()) }
func (t standardTx) rollback(context.Context) error   { return t.tx.Rollback() }

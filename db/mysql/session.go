package mysql

import (
	"context"
	"database/sql"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// executor runs statements, each on its own or in a transaction.
type executor struct {
	adapter *Adapter
	shapes  *sqlgen.Generator
	handle  *sql.DB // nil in an application's transaction
	tx      *sql.Tx // nil: each statement on its own

	// unprepared collects statements that a transaction ran as text: to
	// prepare them on the handle would take a second connection while the
	// transaction holds one, and all callers might wait for each other.
	unprepared []*sqlgen.Statement
}

var countColumns = []*db.Column{{Name: "count", Kind: db.KindBigInt}}

// prepared returns the statement to use, or nil to run the text. Release has
// to follow unless it is nil.
func (e *executor) prepared(ctx context.Context, st *sqlgen.Statement) (*sql.Stmt, error) {
	switch {
	case e.handle == nil:
		return nil, nil
	case e.tx == nil:
		return st.Prepared.Acquire(ctx, e.handle, st.Text)
	}
	stmt := st.Prepared.Current()
	if stmt == nil {
		e.unprepared = append(e.unprepared, st)
		return nil, nil
	}
	return stmt, nil
}

func (e *executor) queryOnce(ctx context.Context, st *sqlgen.Statement, args []any) (*sql.Rows, error) {
	stmt, err := e.prepared(ctx, st)
	if err != nil {
		return nil, err
	}
	if stmt != nil {
		defer st.Prepared.Release()
	}
	switch {
	case e.tx == nil && stmt != nil:
		return stmt.QueryContext(ctx, args...)
	case e.tx == nil:
		return e.handle.QueryContext(ctx, st.Text, args...)
	case stmt != nil:
		return e.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	default:
		return e.tx.QueryContext(ctx, st.Text, args...)
	}
}

func (e *executor) execOnce(ctx context.Context, st *sqlgen.Statement, args []any) (sql.Result, error) {
	stmt, err := e.prepared(ctx, st)
	if err != nil {
		return nil, err
	}
	if stmt != nil {
		defer st.Prepared.Release()
	}
	switch {
	case e.tx == nil && stmt != nil:
		return stmt.ExecContext(ctx, args...)
	case e.tx == nil:
		return e.handle.ExecContext(ctx, st.Text, args...)
	case stmt != nil:
		return e.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	default:
		return e.tx.ExecContext(ctx, st.Text, args...)
	}
}

// query runs a statement that returns rows. Once a row was handed over it is
// not run again: servers report conflicts before the first row, and a row
// handed over twice would be worse than an error.
func (e *executor) query(ctx context.Context, st *sqlgen.Statement, columns []*db.Column, row *sqlgen.Row, next func() []any) error {
	for n := 0; ; n++ {
		handed := false
		rows, err := e.queryOnce(ctx, st, row.Args)
		if err == nil {
			handed, err = drain(rows, columns, row, next)
		}
		if err == nil {
			return nil
		}
		if handed || e.tx != nil || !again(ctx, n, err) {
			return translate(sqlgen.Ended(ctx, err))
		}
	}
}

func drain(rows *sql.Rows, columns []*db.Column, row *sqlgen.Row, next func() []any) (handed bool, err error) {
	defer rows.Close()
	for rows.Next() {
		handed = true
		if err := rows.Scan(row.Dests(columns, next())...); err != nil {
			return true, err
		}
	}
	return handed, rows.Err()
}

func (e *executor) exec(ctx context.Context, st *sqlgen.Statement, args []any) (sql.Result, error) {
	for n := 0; ; n++ {
		result, err := e.execOnce(ctx, st, args)
		if err == nil || e.tx != nil || !again(ctx, n, err) {
			return result, translate(sqlgen.Ended(ctx, err))
		}
	}
}

// affected runs a statement and returns how many rows it found.
func (e *executor) affected(ctx context.Context, def *db.Def, st *sqlgen.Statement, args []any) (int64, error) {
	result, err := e.exec(ctx, st, args)
	if err != nil {
		return 0, e.conflict(ctx, err, def)
	}
	return result.RowsAffected()
}

package sqlite

import (
	"context"
	"database/sql"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// exec runs a statement without a result and returns how many rows it touched.
func (c *call) exec(ctx context.Context) (int64, error) {
	wait := newBackoff(c.adapter.busy)
	for {
		res, err := c.execOnce(ctx)
		if err == nil {
			return res.RowsAffected()
		}
		if !c.again(ctx, &wait, err) {
			return 0, translate(sqlgen.Ended(ctx, err), c.def)
		}
	}
}

func (c *call) execOnce(ctx context.Context) (sql.Result, error) {
	stmt, err := c.acquire(ctx)
	if err != nil {
		return nil, err
	}
	args := c.row.Args
	if stmt != nil {
		defer c.st.Prepared.Release()
	}
	switch {
	case stmt == nil && c.tx == nil:
		return c.handle.ExecContext(ctx, c.st.Text, args...)
	case stmt == nil:
		return c.tx.ExecContext(ctx, c.st.Text, args...)
	case c.tx == nil:
		return stmt.ExecContext(ctx, args...)
	default:
		return c.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
}

func (c *call) queryOnce(ctx context.Context) (*sql.Rows, error) {
	stmt, err := c.acquire(ctx)
	if err != nil {
		return nil, err
	}
	args := c.row.Args
	if stmt != nil {
		defer c.st.Prepared.Release()
	}
	switch {
	case stmt == nil && c.tx == nil:
		return c.handle.QueryContext(ctx, c.st.Text, args...)
	case stmt == nil:
		return c.tx.QueryContext(ctx, c.st.Text, args...)
	case c.tx == nil:
		return stmt.QueryContext(ctx, args...)
	default:
		return c.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
}

// acquire returns the prepared statement, or nil where the text has to do.
func (c *call) acquire(ctx context.Context) (*sql.Stmt, error) {
	switch {
	case c.foreign:
		return nil, nil
	case c.tx == nil:
		return c.st.Prepared.Acquire(ctx, c.handle, c.st.Text)
	}
	// Preparing would wait for the connection that the transaction holds.
	stmt := c.st.Prepared.Current()
	if stmt == nil {
		c.unprepared = append(c.unprepared, c.st)
	}
	return stmt, nil
}

// read runs a statement and fills the places of each row.
func (c *call) read(ctx context.Context, next func() []any) error {
	return c.each(ctx, func(rows *sql.Rows) error {
		return rows.Scan(c.row.Dests(c.st.Columns, next())...)
	})
}

// each runs a statement and calls fn for each row.
func (c *call) each(ctx context.Context, fn func(*sql.Rows) error) error {
	wait := newBackoff(c.adapter.busy)
	for {
		rows, err := c.queryOnce(ctx)
		if err == nil {
			return translate(sqlgen.Ended(ctx, drain(rows, fn)), c.def)
		}
		if !c.again(ctx, &wait, err) {
			return translate(sqlgen.Ended(ctx, err), c.def)
		}
	}
}

func drain(rows *sql.Rows, fn func(*sql.Rows) error) error {
	for rows.Next() {
		if err := fn(rows); err != nil {
			_ = rows.Close()
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// again tells whether a statement is to be run once more after an error. A
// transaction is run again as a whole.
func (c *call) again(ctx context.Context, wait *backoff, err error) bool {
	return c.tx == nil && isBusy(err) && wait.sleep(ctx)
}

// Transaction runs fn in a transaction that holds the file for writing. It
// runs fn again when another process was first and waiting could not help.
func (a *Adapter) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	wait := newBackoff(a.busy)
	for {
		err := a.transact(ctx, fn)
		if err == nil || !isBusy(err) || !wait.sleep(ctx) {
			return err
		}
	}
}

func (a *Adapter) transact(ctx context.Context, fn func(db.Executor) error) error {
	tx, err := a.writer.BeginTx(ctx, nil)
	if err != nil {
		return translate(err, nil)
	}
	defer func() { _ = tx.Rollback() }() // also when fn panics; after Commit it does nothing
	e := &executor{adapter: a, tx: tx}
	if err := fn(e); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return translate(sqlgen.Ended(ctx, err), nil)
	}
	for _, st := range e.unprepared {
		if stmt, err := st.Prepared.Acquire(ctx, a.writer, st.Text); err == nil && stmt != nil {
			st.Prepared.Release()
		}
	}
	return nil
}

// UseTx returns an executor inside of the application's own transaction, which
// the application commits or rolls back. It must not be used afterwards.
func (a *Adapter) UseTx(tx *sql.Tx) db.Executor {
	return &executor{adapter: a, tx: tx, foreign: true}
}

package mysql

import (
	"context"
	"database/sql"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// again reports whether what failed is to be run once more, after a pause.
func again(ctx context.Context, n int, err error) bool {
	return lostConflict(err) && sqlgen.Pause(ctx, n)
}

// Transaction runs fn in a transaction that sees what others have committed,
// at any time (READ COMMITTED: the servers' default would lock gaps between
// rows, and insertions would block each other). It runs fn again after a
// deadlock.
func (a *Adapter) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	for n := 0; ; n++ {
		err := a.transact(ctx, fn)
		if err == nil || !again(ctx, n, err) {
			return err
		}
	}
}

func (a *Adapter) transact(ctx context.Context, fn func(db.Executor) error) error {
	tx, err := a.handle.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }() // also when fn panics; after Commit it does nothing
	e := &executor{adapter: a, shapes: a.shapes, handle: a.handle, tx: tx}
	if err := fn(e); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return translate(sqlgen.Ended(ctx, err))
	}
	for _, st := range e.unprepared {
		if stmt, err := st.Prepared.Acquire(ctx, a.handle, st.Text); err == nil && stmt != nil {
			st.Prepared.Release()
		}
	}
	return nil
}

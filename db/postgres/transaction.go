package postgres

import (
	"context"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// again reports whether what failed is to be run once more, after a pause.
func again(ctx context.Context, n int, err error) bool {
	return lostConflict(err) && sqlgen.Pause(ctx, n)
}

// Transaction runs fn in a transaction, at the isolation level that is the
// database's default. It runs fn again after a deadlock or a serialization
// conflict.
func (a *Adapter) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	for n := 0; ; n++ {
		err := a.transact(ctx, fn)
		if err == nil || !again(ctx, n, err) {
			return err
		}
	}
}

func (a *Adapter) transact(ctx context.Context, fn func(db.Executor) error) error {
	tx, err := a.begin(ctx)
	if a.lost(err) {
		tx, err = a.begin(ctx)
	}
	if err != nil {
		return translate(err, nil)
	}
	defer func() {
		// Also when fn panics; after a commit it does nothing. A cancelled
		// context must not keep the connection from being usable again.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.rollback(ctx)
	}()
	wrote := false
	if err := fn(&executor{shapes: a.shapes, link: tx, changed: func() { wrote = true }}); err != nil {
		return err
	}
	err = tx.commit(ctx)
	if wrote {
		a.changes.Add(1)
	}
	return translate(err, nil)
}

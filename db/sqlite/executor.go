package sqlite

import (
	"context"
	"database/sql"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// executor runs statements, each on its own or in a transaction.
type executor struct {
	adapter *Adapter
	tx      *sql.Tx // nil: each statement on its own
	foreign bool    // tx is the application's, of a handle we do not know

	// unprepared collects statements that the transaction ran as text: its
	// connection is the one they would have to be prepared on.
	unprepared []*sqlgen.Statement
}

// call is one statement on its way.
type call struct {
	*executor
	handle *sql.DB
	row    *sqlgen.Row
	st     *sqlgen.Statement
	def    *db.Def
}

func (e *executor) write(row *sqlgen.Row, st *sqlgen.Statement, def *db.Def) call {
	return call{e, e.adapter.writer, row, st, def}
}

// Insert implements [db.Executor].
func (e *executor) Insert(ctx context.Context, s *db.Insertion) (id string, inserted bool, err error) {
	g := e.adapter.writeShapes
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Insert(row.Args, s)
	if err != nil {
		return "", false, err
	}
	row.Args = args
	w := e.write(row, st, s.Table)
	if st.Columns == nil {
		n, err := w.exec(ctx)
		return "", n > 0, err
	}
	err = w.read(ctx, func() []any {
		inserted = true
		return []any{&id}
	})
	return id, inserted, err
}

// Select implements [db.Executor].
func (e *executor) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	g, handle := e.readers(s.Lock)
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Select(row.Args, s)
	if err != nil {
		return err
	}
	row.Args = args
	r := call{e, handle, row, st, s.Table}
	if handle == e.adapter.writer {
		return r.read(ctx, next)
	}
	if err := e.adapter.enter(ctx); err != nil {
		return err
	}
	defer e.adapter.leave()
	if brief(s) {
		ctx = context.WithoutCancel(ctx)
	}
	return r.read(ctx, next)
}

// Count implements [db.Executor].
func (e *executor) Count(ctx context.Context, s *db.Selection) (n int64, err error) {
	g, handle := e.readers(s.Lock)
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Count(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	r := call{e, handle, row, st, s.Table}
	if handle != e.adapter.writer {
		if err := e.adapter.enter(ctx); err != nil {
			return 0, err
		}
		defer e.adapter.leave()
	}
	err = r.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// readers returns what a read runs on. Inside of a transaction, and where no
// older snapshot will do, that is the writing connection.
func (e *executor) readers(lock bool) (*sqlgen.Generator, *sql.DB) {
	if e.tx != nil || lock {
		return e.adapter.writeShapes, e.adapter.writer
	}
	return e.adapter.readShapes, e.adapter.reader
}

// enter waits for one of the reading connections. Whoever is let in never
// waits for another, so a brief read needs no watch over its context.
func (a *Adapter) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case a.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *Adapter) leave() { <-a.slots }

// brief tells whether a read finds one row through an index. It is over in
// microseconds, of which two goroutines that wait for the end of a context
// would take a fifth.
func brief(s *db.Selection) bool {
	if s.Limit != 1 || len(s.Order) > 0 {
		return false
	}
	for i := range s.Where {
		c := &s.Where[i]
		if c.Op == db.OpEq && !c.Fold && (c.Column.PrimaryKey || c.Column.Unique) {
			return true
		}
	}
	return false
}

// Update implements [db.Executor].
func (e *executor) Update(ctx context.Context, s *db.Change) (matched int64, err error) {
	g := e.adapter.writeShapes
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Update(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	w := e.write(row, st, s.Table)
	return w.exec(ctx)
}

// Delete implements [db.Executor].
func (e *executor) Delete(ctx context.Context, s *db.Removal) (removed int64, err error) {
	g := e.adapter.writeShapes
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Delete(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	w := e.write(row, st, s.Table)
	return w.exec(ctx)
}

// Take implements [db.Executor] with one DELETE that returns its rows.
func (e *executor) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	g := e.adapter.writeShapes
	row := g.Row()
	defer g.Free(row)
	st, args, err := g.Take(row.Args, s)
	if err != nil {
		return err
	}
	row.Args = args
	w := e.write(row, st, s.Table)
	return w.read(ctx, next)
}

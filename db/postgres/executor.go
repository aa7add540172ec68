package postgres

import (
	"context"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// executor runs statements, each on its own or in a transaction.
type executor struct {
	shapes *sqlgen.Generator
	link   link
	alone  bool // a statement that lost a conflict may be run again

	// renew has connections that are idle made anew. It is called when one
	// turned out to be dead; nil where the pool is not ours.
	renew func()

	// changed is called after rows of a watched table may have been changed,
	// on an error too: what the server did is then not known.
	changed func()
}

var countColumns = []*db.Column{{Name: "count", Kind: db.KindBigInt}}

// Insert implements [db.Executor].
func (e *executor) Insert(ctx context.Context, s *db.Insertion) (id string, inserted bool, err error) {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Insert(row.Args, s)
	if err != nil {
		return "", false, err
	}
	row.Args = args
	if st.Columns == nil {
		n, err := e.exec(ctx, s.Table, st, row)
		return "", n > 0, err
	}
	_, err = e.query(ctx, s.Table, st.Text, st.Columns, row, func() []any {
		inserted = true
		return []any{&id}
	})
	return id, inserted && err == nil, err
}

// Select implements [db.Executor].
func (e *executor) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Select(row.Args, s)
	if err != nil {
		return err
	}
	row.Args = args
	return e.read(ctx, s.Table, st.Text, st.Columns, row, next)
}

// Count implements [db.Executor].
func (e *executor) Count(ctx context.Context, s *db.Selection) (n int64, err error) {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Count(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	places := []any{&n}
	err = e.read(ctx, s.Table, st.Text, countColumns, row, func() []any { return places })
	return n, err
}

// Update implements [db.Executor].
func (e *executor) Update(ctx context.Context, s *db.Change) (matched int64, err error) {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Update(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	defer e.wrote(s.Table)
	return e.exec(ctx, s.Table, st, row)
}

// Delete implements [db.Executor].
func (e *executor) Delete(ctx context.Context, s *db.Removal) (removed int64, err error) {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Delete(row.Args, s)
	if err != nil {
		return 0, err
	}
	row.Args = args
	defer e.wrote(s.Table)
	return e.exec(ctx, s.Table, st, row)
}

// Take implements [db.Executor] with one DELETE that returns its rows.
func (e *executor) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Take(row.Args, s)
	if err != nil {
		return err
	}
	row.Args = args
	defer e.wrote(s.Table)
	_, err = e.query(ctx, s.Table, st.Text, st.Columns, row, next)
	return err
}

func (e *executor) wrote(def *db.Def) {
	if def.Watched {
		e.changed()
	}
}

// read is query for a statement that changes nothing, so that it may be run
// once more where its connection turned out to be dead.
func (e *executor) read(ctx context.Context, def *db.Def, text string, columns []*db.Column, row *sqlgen.Row, next func() []any) error {
	handed, err := e.query(ctx, def, text, columns, row, next)
	if e.alone && !handed && lostConnection(err) {
		_, err = e.query(ctx, def, text, columns, row, next)
	}
	return err
}

// query runs a statement that returns rows, and tells whether one was handed
// over. Then it is not run again: the server reports conflicts before the first
// row, and a row handed over twice would be worse than an error.
func (e *executor) query(ctx context.Context, def *db.Def, text string, columns []*db.Column, row *sqlgen.Row, next func() []any) (handed bool, err error) {
	for n := 0; ; n++ {
		handed, err = e.link.query(ctx, text, columns, row, next)
		if err == nil {
			return handed, nil
		}
		if handed || !e.alone || !again(ctx, n, err) {
			e.lost(err)
			return handed, translate(err, def)
		}
	}
}

func (e *executor) exec(ctx context.Context, def *db.Def, st *sqlgen.Statement, row *sqlgen.Row) (int64, error) {
	for n := 0; ; n++ {
		affected, err := e.link.exec(ctx, st.Text, row)
		if err == nil {
			return affected, nil
		}
		if !e.alone || !again(ctx, n, err) {
			e.lost(err)
			return 0, translate(err, def)
		}
	}
}

// lost reports whether an error is the end of a connection, and then has the
// pool made anew: when the server ends or loses one it does so with all of them
// as a rule, and each would fail a statement.
func (e *executor) lost(err error) bool {
	if !lostConnection(err) {
		return false
	}
	if e.renew != nil {
		e.renew()
	}
	return true
}

package mysql

import (
	"context"
	"fmt"

	"github.com/watchword-auth/watchword/db"
)

// Take implements [db.Executor]: on MariaDB with one DELETE that returns its
// rows, on MySQL with a locking read and a DELETE in one transaction.
func (e *executor) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	switch {
	case e.adapter.server.returning:
		row := e.shapes.Row()
		defer e.shapes.Free(row)
		st, args, err := e.shapes.Take(row.Args, s)
		if err != nil {
			return err
		}
		row.Args = args
		return e.query(ctx, st, st.Columns, row, next)
	case e.tx != nil:
		return e.lockAndDelete(ctx, s, next)
	default:
		return e.takeAlone(ctx, s, next)
	}
}

// takeAlone hands rows over only when they are committed to be gone, and only
// once even if the transaction is run again.
func (e *executor) takeAlone(ctx context.Context, s *db.Removal, next func() []any) error {
	var rows [][]db.Value
	err := e.adapter.Transaction(ctx, func(x db.Executor) error {
		rows = rows[:0]
		return x.Take(ctx, s, func() []any {
			values := make([]db.Value, len(s.Table.Columns))
			rows = append(rows, values)
			places := make([]any, len(values))
			for i := range values {
				places[i] = &values[i]
			}
			return places
		})
	})
	if err != nil {
		return err
	}
	for _, values := range rows {
		places := next()
		for i, c := range s.Table.Columns {
			if err := db.Store(places[i], values[i].Any(c.Kind)); err != nil {
				return err
			}
		}
	}
	return nil
}

// lockAndDelete deletes by key what it has read and locked: the conditions
// might meanwhile match rows that were not read.
func (e *executor) lockAndDelete(ctx context.Context, s *db.Removal, next func() []any) error {
	key := s.Table.Key()
	if key == nil {
		return fmt.Errorf("mysql: table %q has no key to take rows by", s.Table.Name)
	}
	var keys []any
	var last any // the latest row's key, read when the next row comes
	flush := func() {
		if last != nil {
			keys = append(keys, db.Load(last, key.Kind))
		}
	}
	err := e.Select(ctx, &db.Selection{Table: s.Table, Where: s.Where, Lock: true}, func() []any {
		flush()
		places := next()
		last = places[key.Position()]
		return places
	})
	if err != nil {
		return err
	}
	flush()
	const chunk = 1024
	for len(keys) > 0 {
		n := min(chunk, len(keys))
		where := []db.Cond{{Op: db.OpIn, Column: key, Values: keys[:n]}}
		if _, err := e.Delete(ctx, &db.Removal{Table: s.Table, Where: where}); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

package mysql

import (
	"context"
	"slices"
	"strconv"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// Insert implements [db.Executor]. With IfAbsent it reads the conflict that
// the server answers with, as there is no clause for just one rule.
func (e *executor) Insert(ctx context.Context, s *db.Insertion) (id string, inserted bool, err error) {
	s, made := withUUID(s)
	// A row that conflicts may be gone when it is looked for; then the new
	// one is tried again.
	const attempts = 5
	for range attempts {
		id, err = e.insert(ctx, s)
		if err == nil {
			return made + id, true, nil
		}
		if s.IfAbsent == nil || !isDuplicate(err) {
			return "", false, e.conflict(ctx, err, s.Table)
		}
		there, lookErr := e.holds(ctx, s)
		if there || lookErr != nil {
			return "", false, lookErr
		}
	}
	return "", false, e.conflict(ctx, err, s.Table)
}

func (e *executor) insert(ctx context.Context, s *db.Insertion) (id string, err error) {
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	st, args, err := e.shapes.Insert(row.Args, s)
	if err != nil {
		return "", err
	}
	row.Args = args
	if st.Columns != nil {
		err = e.query(ctx, st, st.Columns, row, func() []any { return []any{&id} })
		return id, err
	}
	result, err := e.exec(ctx, st, args)
	if err != nil || s.Table.IDs != db.IDSerial {
		return "", err
	}
	n, err := result.LastInsertId()
	if n == 0 {
		return "", err // the key was given
	}
	return strconv.FormatInt(n, 10), err
}

// withUUID adds the key that the servers have no default for.
func withUUID(s *db.Insertion) (with *db.Insertion, made string) {
	key := s.Table.Key()
	if s.Table.IDs != db.IDUUID || key == nil {
		return s, ""
	}
	if slices.Contains(s.Columns, key) {
		return s, ""
	}
	made = secret.UUID(nil)
	with = &db.Insertion{Table: s.Table, IfAbsent: s.IfAbsent}
	with.Columns = append(append(with.Columns, s.Columns...), key)
	with.Values = append(append(with.Values, s.Values...), made)
	return with, made
}

// holds tells whether there is a row with the insertion's value in the column
// that IfAbsent names. The read locks, so as to see the latest rows.
func (e *executor) holds(ctx context.Context, s *db.Insertion) (bool, error) {
	look := &db.Selection{Table: s.Table, Limit: 1, Lock: true}
	for i, c := range s.Columns {
		if c == s.IfAbsent {
			look.Where = []db.Cond{{Op: db.OpEq, Column: c, Value: s.Values[i]}}
		}
	}
	if look.Where == nil {
		return false, nil
	}
	there := false
	values := make([]db.Value, len(s.Table.Columns))
	places := make([]any, len(values))
	for i := range values {
		places[i] = &values[i]
	}
	err := e.Select(ctx, look, func() []any {
		there = true
		return places
	})
	return there, err
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
	return e.query(ctx, st, st.Columns, row, next)
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
	err = e.query(ctx, st, countColumns, row, func() []any { return places })
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
	return e.affected(ctx, s.Table, st, args)
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
	return e.affected(ctx, s.Table, st, args)
}

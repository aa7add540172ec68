package db

import "context"

// Assign gives a column of T's table a new value in an [Update].
type Assign[T any] struct{ Assignment }

// To assigns v to the column.
func (f Field[T, V]) To(v V) Assign[T] {
	return Assign[T]{Assignment{Column: f.column, Value: v}}
}

// ToNull assigns NULL to the column.
func (f Field[T, V]) ToNull() Assign[T] { return Assign[T]{Assignment{Column: f.column}} }

// ToAny assigns data of one of the [Data] types to a column that is known
// only at run time.
func ToAny[T any](t *Table[T], c *Column, data any) Assign[T] {
	return Assign[T]{Assignment{Column: t.Columns[c.position], Value: data}}
}

// Query asks for rows of T. The zero Query asks for all of them.
type Query[T any] struct {
	Where         []Where[T]
	Order         []Order[T]
	Limit, Offset int  // Limit 0 means no limit
	Lock          bool // hold the rows until the transaction ends
}

func (q *Query[T]) statement(t *Table[T]) *Selection {
	s := &Selection{Table: t.Def, Where: conds(q.Where), Limit: q.Limit, Offset: q.Offset, Lock: q.Lock}
	for _, o := range q.Order {
		s.Order = append(s.Order, o.Sort)
	}
	return s
}

func conds[T any](where []Where[T]) []Cond {
	c := make([]Cond, len(where))
	for i, w := range where {
		c[i] = w.Cond
	}
	return c
}

// One returns the row that matches all conditions, the first one in the
// engine's order if there are several, or [ErrNotFound].
func One[T any](ctx context.Context, x Executor, t *Table[T], where ...Where[T]) (*T, error) {
	return First(ctx, x, t, Query[T]{Where: where})
}

// First returns the query's first row, or [ErrNotFound].
func First[T any](ctx context.Context, x Executor, t *Table[T], q Query[T]) (*T, error) {
	q.Limit = 1
	rows, err := All(ctx, x, t, q)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	return rows[0], nil
}

// All returns the query's rows; none is an empty result, not an error.
func All[T any](ctx context.Context, x Executor, t *Table[T], q Query[T]) ([]*T, error) {
	var rows []*T
	err := x.Select(ctx, q.statement(t), t.collect(&rows))
	return rows, err
}

// collect returns the next function that appends rows.
func (t *Table[T]) collect(rows *[]*T) func() []any {
	var places []any
	return func() []any {
		row := new(T)
		*rows = append(*rows, row)
		places = t.dests(places[:0], row)
		return places
	}
}

// Count returns how many rows match all conditions.
func Count[T any](ctx context.Context, x Executor, t *Table[T], where ...Where[T]) (int64, error) {
	return x.Count(ctx, &Selection{Table: t.Def, Where: conds(where)})
}

// Create stores a row. A key that is empty is made by the database and put
// into the row. It answers [ErrConflict] when a unique rule is broken.
func Create[T any](ctx context.Context, x Executor, t *Table[T], row *T) error {
	_, err := create(ctx, x, t, row, nil)
	return err
}

// CreateIfAbsent stores a row unless there is one with the same value in the
// given unique column, and reports whether it did. Of racing callers one wins.
func CreateIfAbsent[T any](ctx context.Context, x Executor, t *Table[T], row *T, unique AnyField[T]) (bool, error) {
	return create(ctx, x, t, row, unique.erase().column)
}

func create[T any](ctx context.Context, x Executor, t *Table[T], row *T, unique *Column) (bool, error) {
	t.Bind(row)
	s := &Insertion{Table: t.Def, IfAbsent: unique,
		Columns: make([]*Column, 0, len(t.fields)), Values: make([]any, 0, len(t.fields))}
	var key *fieldOf[T]
	for _, f := range t.fields {
		v := Load(f.dest(row), f.column.Kind)
		if f.column.PrimaryKey && (v == "" || v == nil) {
			key = f
			continue
		}
		s.Columns, s.Values = append(s.Columns, f.column), append(s.Values, v)
	}
	id, inserted, err := x.Insert(ctx, s)
	if err == nil && inserted && key != nil {
		err = Store(key.dest(row), id)
	}
	return inserted, err
}

// Update changes all rows that match and returns how many matched. With a
// condition on what the row must still hold, it is a guarded update: of
// racing callers one sees 1, the others 0.
func Update[T any](ctx context.Context, x Executor, t *Table[T], set []Assign[T], where ...Where[T]) (int64, error) {
	s := &Change{Table: t.Def, Where: conds(where), Set: make([]Assignment, len(set))}
	for i, a := range set {
		s.Set[i] = a.Assignment
	}
	return x.Update(ctx, s)
}

// Increment adds to a number of all matching rows where the sum stays at or
// below the limit, and reports whether any row was changed. Other assignments
// of the same step may be given. Racing callers never pass the limit.
func Increment[T any](ctx context.Context, x Executor, t *Table[T], f Field[T, int64], by, limit int64, set []Assign[T], where ...Where[T]) (bool, error) {
	add := Assign[T]{Assignment{Column: f.column, Value: by, Add: true}}
	n, err := Update(ctx, x, t, append([]Assign[T]{add}, set...), append(where, f.Lte(limit-by))...)
	return n > 0, err
}

// Delete removes all rows that match all conditions and returns how many.
func Delete[T any](ctx context.Context, x Executor, t *Table[T], where ...Where[T]) (int64, error) {
	return x.Delete(ctx, &Removal{Table: t.Def, Where: conds(where)})
}

// Take removes all rows that match and returns them: each row goes to exactly
// one of any number of racing callers. No row is an empty result.
func Take[T any](ctx context.Context, x Executor, t *Table[T], where ...Where[T]) ([]*T, error) {
	var rows []*T
	err := x.Take(ctx, &Removal{Table: t.Def, Where: conds(where)}, t.collect(&rows))
	return rows, err
}

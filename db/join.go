package db

import "context"

// Link joins rows of L to the row of R they refer to.
type Link[L, R any] struct {
	left   *Table[L]
	right  *Table[R]
	on, to *Column
}

// LinkOf declares that rows of left refer to the row of right whose key
// equals the foreign column.
func LinkOf[L, R any, V Data](left *Table[L], foreign Field[L, V], right *Table[R], key Field[R, V]) Link[L, R] {
	return Link[L, R]{left, right, foreign.column, key.column}
}

// Pair is a row and the row it refers to.
type Pair[L, R any] struct {
	Left  *L
	Right *R
}

// OneJoined returns the row that matches and the row it refers to, in one
// statement, or [ErrNotFound] if either is missing.
func OneJoined[L, R any](ctx context.Context, x Executor, link Link[L, R], where ...Where[L]) (*L, *R, error) {
	pairs, err := AllJoined(ctx, x, link, Query[L]{Where: where, Limit: 1})
	if err != nil {
		return nil, nil, err
	}
	if len(pairs) == 0 {
		return nil, nil, ErrNotFound
	}
	return pairs[0].Left, pairs[0].Right, nil
}

// AllJoined returns the query's rows, each with the row it refers to, in one
// statement. Rows that refer to nothing are left out.
func AllJoined[L, R any](ctx context.Context, x Executor, link Link[L, R], q Query[L]) ([]Pair[L, R], error) {
	s := q.statement(link.left)
	s.Join = &Join{Table: link.right.Def, On: link.on, To: link.to}
	var pairs []Pair[L, R]
	places := make([]any, 0, len(link.left.Columns)+len(link.right.Columns))
	err := x.Select(ctx, s, func() []any {
		p := Pair[L, R]{new(L), new(R)}
		pairs = append(pairs, p)
		places = link.right.dests(link.left.dests(places[:0], p.Left), p.Right)
		return places
	})
	return pairs, err
}

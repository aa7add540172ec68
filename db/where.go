package db

// Op is what a condition compares with.
type Op uint8

// The operators of conditions.
const (
	OpEq Op = iota + 1
	OpNe
	OpLt
	OpLte
	OpGt
	OpGte
	OpIn
	OpNotIn
	OpContains
	OpStartsWith
	OpEndsWith
	OpIsNull
	OpNotNull
	OpAnd
	OpOr
)

// Cond is an untyped condition, as engines read it: a comparison of a column,
// or a group joined by [OpAnd] or [OpOr]. An empty And matches every row, an
// empty Or and an empty In match none; an empty NotIn matches every row.
type Cond struct {
	Op     Op
	Column *Column
	Value  any   // comparisons with one value
	Values []any // In and NotIn
	Fold   bool  // compare text without regard to case (ASCII and the engine's own rules)
	Group  []Cond
}

// Where is a condition on rows of T.
type Where[T any] struct{ Cond }

// Order sorts rows of T by a column.
type Order[T any] struct{ Sort }

// Sort is an untyped [Order].
type Sort struct {
	Column     *Column
	Descending bool
}

func (f Field[T, V]) where(op Op, v V) Where[T] {
	return Where[T]{Cond{Op: op, Column: f.column, Value: v}}
}

// Eq matches rows whose column equals v. NULL equals nothing.
func (f Field[T, V]) Eq(v V) Where[T] { return f.where(OpEq, v) }

// Ne matches rows whose column differs from v. NULL never matches.
func (f Field[T, V]) Ne(v V) Where[T] { return f.where(OpNe, v) }

// Lt matches rows whose column is less than v.
func (f Field[T, V]) Lt(v V) Where[T] { return f.where(OpLt, v) }

// Lte matches rows whose column is less than or equal to v.
func (f Field[T, V]) Lte(v V) Where[T] { return f.where(OpLte, v) }

// Gt matches rows whose column is greater than v.
func (f Field[T, V]) Gt(v V) Where[T] { return f.where(OpGt, v) }

// Gte matches rows whose column is greater than or equal to v.
func (f Field[T, V]) Gte(v V) Where[T] { return f.where(OpGte, v) }

// In matches rows whose column equals one of the values; none given, no row.
func (f Field[T, V]) In(values ...V) Where[T] { return f.list(OpIn, values) }

// NotIn matches rows whose column equals none of the values.
func (f Field[T, V]) NotIn(values ...V) Where[T] { return f.list(OpNotIn, values) }

func (f Field[T, V]) list(op Op, values []V) Where[T] {
	boxed := make([]any, len(values))
	for i, v := range values {
		boxed[i] = v
	}
	return Where[T]{Cond{Op: op, Column: f.column, Values: boxed}}
}

// IsNull matches rows whose column holds NULL.
func (f Field[T, V]) IsNull() Where[T] { return Where[T]{Cond{Op: OpIsNull, Column: f.column}} }

// NotNull matches rows whose column holds a value.
func (f Field[T, V]) NotNull() Where[T] { return Where[T]{Cond{Op: OpNotNull, Column: f.column}} }

// Asc sorts by the column, smallest first.
func (f Field[T, V]) Asc() Order[T] { return Order[T]{Sort{Column: f.column}} }

// Desc sorts by the column, largest first.
func (f Field[T, V]) Desc() Order[T] { return Order[T]{Sort{Column: f.column, Descending: true}} }

// Contains matches rows whose text holds the part, taken literally.
func Contains[T any](f Field[T, string], part string) Where[T] { return f.where(OpContains, part) }

// StartsWith matches rows whose text begins with the part, taken literally.
func StartsWith[T any](f Field[T, string], part string) Where[T] {
	return f.where(OpStartsWith, part)
}

// EndsWith matches rows whose text ends with the part, taken literally.
func EndsWith[T any](f Field[T, string], part string) Where[T] { return f.where(OpEndsWith, part) }

// Fold returns the condition without regard to case.
func Fold[T any](w Where[T]) Where[T] {
	w.Fold = true
	return w
}

// And matches rows that match all of the conditions; none given, every row.
func And[T any](conditions ...Where[T]) Where[T] { return group(OpAnd, conditions) }

// Or matches rows that match any of the conditions; none given, no row.
func Or[T any](conditions ...Where[T]) Where[T] { return group(OpOr, conditions) }

func group[T any](op Op, conditions []Where[T]) Where[T] {
	if len(conditions) == 1 {
		return conditions[0]
	}
	g := make([]Cond, len(conditions))
	for i, c := range conditions {
		g[i] = c.Cond
	}
	return Where[T]{Cond{Op: op, Group: g}}
}

// Compare is [Field.Eq] and its kind for a column and an operator that are
// known only at run time, such as a filter chosen by an administrator. The
// value must be of the column's Go type; a list is taken by In and NotIn.
func Compare[T any](t *Table[T], c *Column, op Op, value any) Where[T] {
	cond := Cond{Op: op, Column: t.Columns[c.position], Value: value}
	if list, ok := value.([]any); ok {
		cond.Value, cond.Values = nil, list
	}
	return Where[T]{cond}
}

// OrderBy is [Field.Asc] or [Field.Desc] for a column known at run time.
func OrderBy[T any](t *Table[T], c *Column, descending bool) Order[T] {
	return Order[T]{Sort{Column: t.Columns[c.position], Descending: descending}}
}

package db

import "context"

// Executor runs statements: an engine itself, or one of its transactions.
//
// Select and Take hand rows over through next: the engine MUST call it once
// for each row, MUST fill the places it returns, which stand in the order of
// the statement's columns (those of a join after those of the table), and MUST
// NOT keep them. A place is one of *string, **string, *bool, **bool, *int64,
// **int64, *time.Time, **time.Time, *json.RawMessage, *[]string and [*Value];
// an engine that has the data as a Go value can use [Store].
//
// Values in statements are of the [Data] types, or nil for NULL. Times are
// stored in UTC and cut to the millisecond. Text is compared by its bytes
// unless a condition says Fold.
//
// All methods MUST honour the context and be safe for concurrent use; those
// of a transaction need not be. A broken unique rule MUST be answered with an
// error that matches [ErrConflict]. After an error inside of a transaction
// the transaction MUST NOT be used further.
type Executor interface {
	// Insert adds a row. With IfAbsent it MUST leave an existing row that has
	// the same value in that column untouched and report false, whatever
	// number of callers race. The id is the database's own where the statement
	// leaves the key to it, else empty.
	Insert(ctx context.Context, s *Insertion) (id string, inserted bool, err error)
	// Select reads rows, table and join in one statement.
	Select(ctx context.Context, s *Selection, next func() []any) error
	// Update changes all rows that match and returns how many matched, even
	// where a row already held the new values. Check and change MUST be one
	// step to all others.
	Update(ctx context.Context, s *Change) (matched int64, err error)
	// Delete removes all rows that match and returns how many.
	Delete(ctx context.Context, s *Removal) (removed int64, err error)
	// Take removes all rows that match and hands them over. Of any number of
	// racing callers only one MUST receive a row.
	Take(ctx context.Context, s *Removal, next func() []any) error
	// Count returns how many rows match.
	Count(ctx context.Context, s *Selection) (int64, error)
}

// Adapter is a storage engine. New engines implement it and prove themselves
// with package dbtest. It may grow in minor versions.
type Adapter interface {
	Executor
	// Transaction runs fn and commits when it returns nil, else undoes
	// everything and returns fn's error unchanged. An engine that lets the
	// loser of a conflict try again MAY call fn more than once.
	Transaction(ctx context.Context, fn func(Executor) error) error
	// Introspect reports the tables and columns that are there now.
	Introspect(ctx context.Context) (*Live, error)
	// Dialect says which column types and statements the planner writes.
	Dialect() Dialect
	// Apply runs the steps of a plan. Engines that can undo DDL MUST apply
	// all steps or none. Only one instance at a time may apply: Apply holds
	// the engine's migration lock while plan is called and its steps run.
	Apply(ctx context.Context, plan func(*Live) (*Plan, error)) (*Plan, error)
	// Close releases what the adapter itself opened.
	Close() error
}

// Insertion is the statement of [Executor.Insert]. Values stand in the order of
// Columns. A key column that is missing from Columns is made by the database.
type Insertion struct {
	Table    *Def
	Columns  []*Column
	Values   []any
	IfAbsent *Column // nil: an existing row is a conflict
}

// Selection is the statement of [Executor.Select] and [Executor.Count]. All
// columns of the table are read. Limit 0 means no limit.
type Selection struct {
	Table         *Def
	Join          *Join // nil: the table alone
	Where         []Cond
	Order         []Sort
	Limit, Offset int
	Lock          bool // hold the rows until the transaction ends
}

// Join adds the columns of another table to a [Selection]: rows where On equals
// To. Outer keeps rows without a partner, whose columns are then all NULL.
type Join struct {
	Table *Def
	On    *Column // of the selected table
	To    *Column // of Table
	Outer bool
}

// Change is the statement of [Executor.Update].
type Change struct {
	Table *Def
	Set   []Assignment
	Where []Cond
}

// Assignment gives a column a new value; with Add, the sum of its old value
// and Value, an int64.
type Assignment struct {
	Column *Column
	Value  any
	Add    bool
}

// Removal is the statement of [Executor.Delete] and [Executor.Take].
type Removal struct {
	Table *Def
	Where []Cond
}

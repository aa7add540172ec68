package db

import (
	"encoding/json"
	"time"
)

// Field is the typed handle of a column: conditions, assignments and, for
// added columns, the value in a row are reached through it. The zero Field is
// not usable; make one with [Text], [AddField] and their kind.
type Field[T any, V Data] struct {
	*fieldOf[T]
	get   func(*T) (V, bool)
	set   func(*T, V)
	clear func(*T)
}

// fieldOf is what tables need to know of a field, whatever it holds.
type fieldOf[T any] struct {
	column *Column
	// dest returns where a row keeps the column: one of the pointer types
	// listed at [Executor].
	dest func(*T) any
}

// AnyField is a [Field] of table T with any value type.
type AnyField[T any] interface{ erase() *fieldOf[T] }

func (f *fieldOf[T]) erase() *fieldOf[T] { return f }

// Column returns the description behind the handle.
func (f Field[T, V]) Column() *Column { return f.column }

// PrimaryKey marks the column as its table's key. Only for use while the
// table is being declared, as all methods that return a Field are.
func (f Field[T, V]) PrimaryKey() Field[T, V] { f.column.PrimaryKey = true; return f }

// Unique forbids two rows with one value.
func (f Field[T, V]) Unique() Field[T, V] { f.column.Unique = true; return f }

// Index asks for an index on the column.
func (f Field[T, V]) Index() Field[T, V] { f.column.Index = true; return f }

// Sortable bounds the column's type where the engine needs that to sort by it.
func (f Field[T, V]) Sortable() Field[T, V] { f.column.Sortable = true; return f }

// Hidden keeps the column out of every answer to a client.
func (f Field[T, V]) Hidden() Field[T, V] { f.column.Hidden = true; return f }

// NowDefault declares CURRENT_TIMESTAMP as the column's default in DDL.
func (f Field[T, V]) NowDefault() Field[T, V] { f.column.NowDefault = true; return f }

// References declares a foreign key to a column, in logical names. Rows go
// when the row they refer to goes.
func (f Field[T, V]) References(table, column string) Field[T, V] {
	f.column.References = &Reference{Table: table, Column: column}
	return f
}

// OnDelete changes what a deletion of the referred row does: "cascade",
// "set null", "restrict".
func (f Field[T, V]) OnDelete(action string) Field[T, V] {
	f.column.References.OnDelete = action
	return f
}

// Get returns the value a row holds; ok is false for NULL.
func (f Field[T, V]) Get(row *T) (value V, ok bool) { return f.get(row) }

// Set puts a value into a row in memory; nothing is stored by it.
func (f Field[T, V]) Set(row *T, value V) { f.set(row, value) }

// Clear puts NULL, or the zero value where the column has no NULL, into a row
// in memory.
func (f Field[T, V]) Clear(row *T) { f.clear(row) }

// ID declares a key column or a reference to one. Its database type follows
// the schema's [IDType].
func ID[T any](name string, ref func(*T) *string) Field[T, string] {
	return plain(name, KindID, ref)
}

// NullID is [ID] with NULL as nil.
func NullID[T any](name string, ref func(*T) **string) Field[T, string] {
	return nullable(name, KindID, ref)
}

// Text declares a column of text.
func Text[T any](name string, ref func(*T) *string) Field[T, string] {
	return plain(name, KindText, ref)
}

// NullText is [Text] with NULL as nil.
func NullText[T any](name string, ref func(*T) **string) Field[T, string] {
	return nullable(name, KindText, ref)
}

// Bool declares a column of true or false.
func Bool[T any](name string, ref func(*T) *bool) Field[T, bool] {
	return plain(name, KindBool, ref)
}

// NullBool is [Bool] with NULL as nil.
func NullBool[T any](name string, ref func(*T) **bool) Field[T, bool] {
	return nullable(name, KindBool, ref)
}

// Int declares a column of whole numbers of 32 bits.
func Int[T any](name string, ref func(*T) *int64) Field[T, int64] {
	return plain(name, KindInt, ref)
}

// NullInt is [Int] with NULL as nil.
func NullInt[T any](name string, ref func(*T) **int64) Field[T, int64] {
	return nullable(name, KindInt, ref)
}

// BigInt declares a column of whole numbers of 64 bits.
func BigInt[T any](name string, ref func(*T) *int64) Field[T, int64] {
	return plain(name, KindBigInt, ref)
}

// Time declares a column of instants, UTC to the millisecond.
func Time[T any](name string, ref func(*T) *time.Time) Field[T, time.Time] {
	return plain(name, KindTime, ref)
}

// NullTime is [Time] with NULL as nil.
func NullTime[T any](name string, ref func(*T) **time.Time) Field[T, time.Time] {
	return nullable(name, KindTime, ref)
}

// JSON declares a nullable column of JSON; NULL is a nil message.
func JSON[T any](name string, ref func(*T) *json.RawMessage) Field[T, json.RawMessage] {
	f := plain(name, KindJSON, ref)
	f.column.Null = true
	f.get = func(row *T) (json.RawMessage, bool) { v := *ref(row); return v, v != nil }
	return f
}

// TextList declares a nullable column of a list of texts; NULL is a nil slice.
func TextList[T any](name string, ref func(*T) *[]string) Field[T, []string] {
	f := plain(name, KindTextList, ref)
	f.column.Null = true
	f.get = func(row *T) ([]string, bool) { v := *ref(row); return v, v != nil }
	return f
}

func plain[T any, V Data](name string, kind Kind, ref func(*T) *V) Field[T, V] {
	return Field[T, V]{
		fieldOf: &fieldOf[T]{newColumn(name, kind, false), func(row *T) any { return ref(row) }},
		get:     func(row *T) (V, bool) { return *ref(row), true },
		set:     func(row *T, v V) { *ref(row) = v },
		clear:   func(row *T) { var zero V; *ref(row) = zero },
	}
}

func nullable[T any, V Data](name string, kind Kind, ref func(*T) **V) Field[T, V] {
	return Field[T, V]{
		fieldOf: &fieldOf[T]{newColumn(name, kind, true), func(row *T) any { return ref(row) }},
		get: func(row *T) (v V, ok bool) {
			if p := *ref(row); p != nil {
				return *p, true
			}
			return v, false
		},
		set:   func(row *T, v V) { *ref(row) = &v },
		clear: func(row *T) { *ref(row) = nil },
	}
}

func newColumn(name string, kind Kind, null bool) *Column {
	return &Column{Name: name, Physical: name, Kind: kind, Null: null}
}

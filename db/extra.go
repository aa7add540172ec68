package db

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// Extra holds the values of a row's added columns. A row type that others may
// add columns to embeds one. The zero Extra holds NULL in every column.
// Values are reached through the [Field] that [AddField] returned.
type Extra struct {
	def    *Def
	values []Value
}

// Value is what one added column holds: NULL, or data of its column's kind.
// The zero Value is NULL.
type Value struct {
	set  bool
	omit bool  // the column is left out of JSON: it was never given, not even NULL
	num  int64 // bool, int64, the bits of a float64, and time.Time in Unix milliseconds
	text string
	list []string
	nums []float64
}

// Any returns the value as the Go type of the kind, or nil for NULL.
func (v *Value) Any(kind Kind) any {
	if !v.set {
		return nil
	}
	switch kind {
	case KindBool:
		return v.num != 0
	case KindInt, KindBigInt:
		return v.num
	case KindNumber:
		return math.Float64frombits(uint64(v.num))
	case KindNumberList:
		return v.nums
	case KindTime:
		return time.UnixMilli(v.num).UTC()
	case KindJSON:
		return json.RawMessage(v.text)
	case KindTextList:
		return v.list
	default:
		return v.text
	}
}

// Store takes data of one of the [Data] types, or nil for NULL. It refuses
// any other type.
func (v *Value) Store(data any) error {
	*v = Value{set: data != nil}
	switch d := data.(type) {
	case nil:
	case string:
		v.text = d
	case bool:
		if d {
			v.num = 1
		}
	case int64:
		v.num = d
	case float64:
		v.num = int64(math.Float64bits(d))
	case []float64:
		v.nums = d
	case time.Time:
		v.num = d.UnixMilli()
	case json.RawMessage:
		v.text = string(d)
	case []string:
		v.list = d
	default:
		return fmt.Errorf("db: a column cannot hold %T", data)
	}
	return nil
}

// bind readies the row's slots; later calls change nothing.
func (e *Extra) bind(def *Def) {
	e.def = def
	if n := len(def.Columns) - def.declared; len(e.values) < n {
		grown := make([]Value, n)
		copy(grown, e.values)
		e.values = grown
	}
}

// omit leaves the columns that hold NULL out of JSON until they are given a
// value, NULL or another.
func (e *Extra) omit() {
	for i := range e.values {
		e.values[i].omit = !e.values[i].set
	}
}

// Clone returns a copy that another row may hold.
func (e *Extra) Clone() Extra { return Extra{e.def, slices.Clone(e.values)} }

// Def returns the table the row belongs to, or nil for a row that was made by
// hand and has not been stored.
func (e *Extra) Def() *Def { return e.def }

// AppendJSON appends the row that embeds e as [Table.AppendJSON] does, and
// reports false where the row does not belong to a table yet. Row types use
// it to implement json.Marshaler.
func (e *Extra) AppendJSON(b []byte, row any) ([]byte, bool) {
	if e.def == nil {
		return b, false
	}
	return e.def.encode(b, row), true
}

// FieldOption shapes an added column.
type FieldOption func(*Column)

// Unique forbids two rows with one value in the added column.
func Unique(c *Column) { c.Unique = true }

// Index asks for an index on the added column.
func Index(c *Column) { c.Index = true }

// Hidden keeps the added column out of every answer to a client.
func Hidden(c *Column) { c.Hidden = true }

// NotNull forbids NULL in the added column.
func NotNull(c *Column) { c.Null = false }

// Sortable bounds the added column's type where the engine needs that.
func Sortable(c *Column) { c.Sortable = true }

// Refer makes the added column a foreign key, in logical names.
func Refer(table, column string) FieldOption {
	return func(c *Column) { c.References = &Reference{Table: table, Column: column} }
}

// Input says what the added column accepts from clients.
func Input(rule InputRule) FieldOption {
	return func(c *Column) { c.Input = rule }
}

// As gives the added column another kind with the same Go type, such as
// [KindBigInt] for an int64 or [KindID] for a string.
func As(kind Kind) FieldOption {
	return func(c *Column) { c.Kind = kind }
}

// AddField adds a nullable column to a table and returns its typed handle. It
// fails when the table takes no columns or has one of that name. It is for
// use while an instance is being assembled.
func AddField[V Data, T any](t *Table[T], name string, options ...FieldOption) (Field[T, V], error) {
	if t.extra == nil {
		return Field[T, V]{}, fmt.Errorf("db: table %q takes no added columns", t.Name)
	}
	if t.Column(name) != nil {
		return Field[T, V]{}, fmt.Errorf("db: table %q has a column %q already", t.Name, name)
	}
	column := newColumn(name, kindOf[V](), true)
	column.added = true
	for _, option := range options {
		option(column)
	}
	slot := len(t.Columns) - t.declared
	at := func(row *T) *Value {
		e := t.extra(row)
		e.bind(t.Def)
		return &e.values[slot]
	}
	f := Field[T, V]{
		fieldOf: &fieldOf[T]{column, func(row *T) any { return at(row) }},
		get: func(row *T) (V, bool) {
			v, ok := at(row).Any(column.Kind).(V)
			return v, ok
		},
		set:   func(row *T, v V) { _ = at(row).Store(v) },
		clear: func(row *T) { *at(row) = Value{} },
	}
	t.add(f.fieldOf)
	return f, nil
}

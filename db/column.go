package db

import (
	"encoding/json"
	"time"
)

// Kind is what a column holds. Each engine maps it to the reference's column
// type and value representation.
type Kind uint8

// The kinds and the Go types that carry them.
const (
	KindText       Kind = iota + 1 // string
	KindBool                       // bool
	KindInt                        // int64, 32 bits in the database
	KindBigInt                     // int64
	KindTime                       // time.Time, UTC, whole milliseconds
	KindJSON                       // json.RawMessage
	KindTextList                   // []string, kept as a JSON array
	KindID                         // string; text, uuid or integer in the database
	KindNumber                     // float64: a number of JavaScript in a column of integers, as the reference declares it
	KindNumberList                 // []float64, kept as a JSON array
)

// String returns the kind's name as schema listings show it.
func (k Kind) String() string {
	names := [...]string{"invalid", "string", "boolean", "number", "bigint", "date", "json", "string[]", "id", "number", "number[]"}
	if int(k) >= len(names) {
		return names[0]
	}
	return names[k]
}

// Reference is a foreign key to one column of another table. The names are
// logical. OnDelete is "cascade" where empty.
type Reference struct{ Table, Column, OnDelete string }

// Column is the untyped description of a column, as engines and the migration
// planner read it. It must not be changed once its table is in use.
type Column struct {
	Name     string // logical name, also the key in JSON
	Physical string // name in the database
	Kind     Kind

	Null       bool // may hold NULL
	PrimaryKey bool
	Unique     bool
	Index      bool
	Sortable   bool // MySQL needs a bounded type to sort or index by it
	Hidden     bool // never part of an answer to a client
	NowDefault bool // DDL default CURRENT_TIMESTAMP, as the reference declares it
	References *Reference

	Input InputRule // what clients may set; the zero value accepts nothing

	added    bool // by AddField
	position int  // in its table
}

// InputRule says what an added column accepts from clients on sign-up and
// update, and what it holds when nothing is given.
type InputRule struct {
	Accept    bool                         // clients may set it
	Required  bool                         // must be given on creation
	Default   func() any                   // value on creation when absent; nil means none
	OnUpdate  func() any                   // value on every update when absent; nil means none
	Validate  func(value any) error        // refuses a value with a message for the client; nil accepts all
	Transform func(value any) (any, error) // applied before storing; nil keeps the value
	Options   []string                     // allowed texts; empty means any
	Refuse    bool                         // a client that sets it is refused, though there is a default
}

// Rename sets the column's name in the database.
func (c *Column) Rename(physical string) { c.Physical = physical }

// Added reports whether a plugin or the application added the column.
func (c *Column) Added() bool { return c.added }

// Position returns the column's place in its table, from zero.
func (c *Column) Position() int { return c.position }

// Data is the closed set of Go types a column can hold.
type Data interface {
	string | bool | int64 | float64 | time.Time | json.RawMessage | []string | []float64
}

func kindOf[V Data]() Kind {
	var v V
	switch any(v).(type) {
	case string:
		return KindText
	case bool:
		return KindBool
	case int64:
		return KindInt
	case float64:
		return KindNumber
	case []float64:
		return KindNumberList
	case time.Time:
		return KindTime
	case json.RawMessage:
		return KindJSON
	default:
		return KindTextList
	}
}

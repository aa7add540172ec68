package db

import "fmt"

// Def is the untyped description of a table, as engines and the migration
// planner read it.
type Def struct {
	Name     string // logical name
	Physical string // name in the database
	Columns  []*Column
	Uniques  [][]*Column // composite unique rules
	IDs      IDType      // what KindID columns are in the database
	Watched  bool        // changes are to be seen by [Watcher.Watch]
	Dialect  Dialect     // of the engine that has the table; empty before the schema is assembled

	declared int // how many of Columns the row type itself has
	encode   func(b []byte, row any) []byte
}

// IDType is what keys are in the database. Keys are always strings in Go.
type IDType uint8

// The key types of the reference's generateId option.
const (
	IDText   IDType = iota // text made by the application
	IDUUID                 // uuid, made by the database where it can
	IDSerial               // integer counted by the database
)

// Rename sets the table's name in the database.
func (d *Def) Rename(physical string) { d.Physical = physical }

// Column returns the column of that logical name, or nil.
func (d *Def) Column(name string) *Column {
	for _, c := range d.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Key returns the primary key's column, or nil.
func (d *Def) Key() *Column {
	for _, c := range d.Columns {
		if c.PrimaryKey {
			return c
		}
	}
	return nil
}

// Table is a table whose rows are values of T.
type Table[T any] struct {
	*Def
	fields []*fieldOf[T]
	extra  func(*T) *Extra
}

// NewTable declares a table. The extra accessor returns where a row keeps
// added columns; nil means that the table takes none. It panics if two fields
// have one name: that is a mistake in the program.
func NewTable[T any](name string, extra func(*T) *Extra, fields ...AnyField[T]) *Table[T] {
	t := &Table[T]{Def: &Def{Name: name, Physical: name}, extra: extra}
	for _, f := range fields {
		f := f.erase()
		if t.Column(f.column.Name) != nil {
			panic(fmt.Sprintf("db: table %q declares column %q twice", name, f.column.Name))
		}
		t.add(f)
	}
	t.declared = len(t.Columns)
	t.encode = func(b []byte, row any) []byte { return t.AppendJSON(b, row.(*T)) }
	return t
}

func (t *Table[T]) add(f *fieldOf[T]) {
	f.column.position = len(t.Columns)
	t.Columns = append(t.Columns, f.column)
	t.fields = append(t.fields, f)
}

// UniqueTogether forbids two rows that agree in all of the given columns.
func (t *Table[T]) UniqueTogether(fields ...AnyField[T]) *Table[T] {
	var columns []*Column
	for _, f := range fields {
		columns = append(columns, f.erase().column)
	}
	t.Uniques = append(t.Uniques, columns)
	return t
}

// Bind readies a row that was made by hand for its added columns.
func (t *Table[T]) Bind(row *T) *T {
	if t.extra != nil {
		t.extra(row).bind(t.Def)
	}
	return row
}

// OmitEmpty leaves the added columns of a row that hold NULL out of its JSON,
// until they are given a value, even NULL: so is a row that was never in a
// database, which would have filled them in.
func (t *Table[T]) OmitEmpty(row *T) {
	if t.extra != nil {
		t.extra(t.Bind(row)).omit()
	}
}

// dests appends the places of the row's columns, in table order.
func (t *Table[T]) dests(to []any, row *T) []any {
	t.Bind(row)
	for _, f := range t.fields {
		to = append(to, f.dest(row))
	}
	return to
}

// Get returns the value of a column of the row as one of the [Data] types, or
// nil for NULL. The column must belong to the table.
func (t *Table[T]) Get(row *T, c *Column) any {
	return Load(t.fields[c.position].dest(row), c.Kind)
}

// Set stores data of the column's Go type, or nil for NULL, in the row.
func (t *Table[T]) Set(row *T, c *Column, data any) error {
	return Store(t.fields[c.position].dest(row), data)
}

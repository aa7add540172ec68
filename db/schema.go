package db

import "fmt"

// Dialect names an engine's SQL: its column types, quoting and DDL.
type Dialect string

// The dialects the planner writes.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql"
	Memory   Dialect = "memory"
)

// Schema is every table an instance wants, in an order in which each table
// stands after those it refers to.
type Schema struct{ Tables []*Def }

// Table returns the table of that logical name, or nil.
func (s *Schema) Table(name string) *Def {
	for _, t := range s.Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Check reports the first fault of the schema: an invalid or doubled name, or
// a reference to something that is not there.
func (s *Schema) Check() error {
	names := map[string]bool{}
	for _, t := range s.Tables {
		if names[t.Physical] {
			return fmt.Errorf("db: two tables are named %q", t.Physical)
		}
		names[t.Physical] = true
		if err := s.checkTable(t); err != nil {
			return err
		}
	}
	return nil
}

func (s *Schema) checkTable(t *Def) error {
	if !validName(t.Physical) {
		return fmt.Errorf("db: %q is not a usable table name", t.Physical)
	}
	columns := map[string]bool{}
	for _, c := range t.Columns {
		if !validName(c.Physical) {
			return fmt.Errorf("db: table %q: %q is not a usable column name", t.Name, c.Physical)
		}
		if columns[c.Physical] {
			return fmt.Errorf("db: table %q: two columns are named %q", t.Name, c.Physical)
		}
		columns[c.Physical] = true
		if r := c.References; r != nil && (s.Table(r.Table) == nil || s.Table(r.Table).Column(r.Column) == nil) {
			return fmt.Errorf("db: table %q: column %q refers to %s.%s, which is not there", t.Name, c.Name, r.Table, r.Column)
		}
	}
	return nil
}

// validName keeps names to what every engine can hold when quoted. Sixty-three
// bytes is PostgreSQL's limit, the shortest.
func validName(name string) bool {
	if name == "" || len(name) > 63 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '-' && c != '$' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// Live is what a database holds now, in physical names.
type Live struct{ Tables []LiveTable }

// LiveTable is a table that is there. Indexes lists the columns of every
// index and unique rule, the primary key's too, without those that cover only
// some of the rows or a computed value. Empty is set where the engine knows
// that there are no rows, Watched where a [Watcher] is told of changes.
type LiveTable struct {
	Name    string
	Columns []LiveColumn
	Indexes []LiveIndex
	Empty   bool
	Watched bool
}

// LiveColumn is a column that is there. Type is the engine's own spelling in
// lower case.
type LiveColumn struct {
	Name       string
	Type       string
	Null       bool
	HasDefault bool
}

// LiveIndex is an index or unique rule that is there.
type LiveIndex struct {
	Name    string
	Columns []string
	Unique  bool
}

// Plan is what has to be done to a database, in order. Steps only add.
type Plan struct {
	Steps []Step
	// Warnings name what stands in the way, such as a required column that
	// a table with rows lacks. A plan with warnings must not be applied.
	Warnings []string
	// Schema is what the plan leads to. References are resolved in it.
	Schema *Schema
}

// Action is what a [Step] does.
type Action uint8

// The actions of a plan. Nothing is ever dropped or rewritten.
const (
	CreateTable     Action = iota + 1 // Table, with all of its columns
	AddColumn                         // Columns[0] of Table
	CreateIndex                       // over Columns of Table
	AnnounceChanges                   // of rows of Table, to whoever watches it
)

// Step is one addition to a database. Package ddl writes it as SQL.
type Step struct {
	Action  Action
	Table   *Def
	Columns []*Column
	Unique  bool   // of an index
	Name    string // of an index
}

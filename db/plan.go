package db

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// MakePlan compares the wanted schema with what is there and returns what has
// to be added: tables, then columns, then indexes, then triggers of watched
// tables where the dialect needs them. It is pure; nothing is read
// or changed.
//
// Tables, columns and indexes that the schema does not know are left alone. A
// column of another type than the planner's own choice is accepted when the
// type can hold the column's kind. What cannot be reached by adding becomes a
// warning. An index counts by its columns, whatever its name.
func MakePlan(want *Schema, live *Live, dialect Dialect) *Plan {
	p := &planner{dialect: dialect, live: live, names: map[string]bool{}}
	for _, t := range live.Tables {
		for _, i := range t.Indexes {
			p.names[p.indexKey(t.Name, i.Name)] = true
		}
	}
	for _, def := range want.Tables {
		if t := p.table(def.Physical); t != nil {
			p.compare(def, t)
		} else {
			p.create(def)
		}
		if t := p.table(def.Physical); dialect == Postgres && def.Watched && (t == nil || !t.Watched) {
			p.triggers = append(p.triggers, Step{Action: AnnounceChanges, Table: def})
		}
	}
	return &Plan{Steps: slices.Concat(p.tables, p.columns, p.indexes, p.triggers), Warnings: p.warnings, Schema: want}
}

// Err returns an error that lists the plan's warnings, or nil if the plan can
// be applied.
func (p *Plan) Err() error {
	if len(p.Warnings) == 0 {
		return nil
	}
	return errors.New("db: the database cannot be migrated: " + strings.Join(p.Warnings, "; "))
}

type planner struct {
	dialect  Dialect
	live     *Live
	names    map[string]bool // of indexes, live and planned
	tables   []Step
	columns  []Step
	indexes  []Step
	triggers []Step
	warnings []string
}

func (p *planner) warn(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// same compares names as the engine does.
func (p *planner) same(a, b string, table bool) bool {
	if p.dialect == SQLite || p.dialect == MySQL && !table {
		return strings.EqualFold(a, b)
	}
	return a == b
}

func (p *planner) table(name string) *LiveTable {
	for i := range p.live.Tables {
		if p.same(p.live.Tables[i].Name, name, true) {
			return &p.live.Tables[i]
		}
	}
	return nil
}

func (p *planner) create(def *Def) {
	p.tables = append(p.tables, Step{Action: CreateTable, Table: def, Columns: def.Columns})
	for _, c := range def.Columns {
		if c.Index && !c.Unique && !c.PrimaryKey {
			p.index(def, []*Column{c}, false)
		}
	}
	for _, rule := range def.Uniques {
		p.index(def, rule, true)
	}
}

func (p *planner) compare(def *Def, t *LiveTable) {
	for _, c := range def.Columns {
		p.column(def, t, c)
		if (c.Unique || c.Index) && !c.PrimaryKey && !p.indexed(t, []*Column{c}, c.Unique) {
			p.index(def, []*Column{c}, c.Unique)
		}
	}
	for _, rule := range def.Uniques {
		if !p.indexed(t, rule, true) {
			p.index(def, rule, true)
		}
	}
	for _, c := range t.Columns {
		known := slices.ContainsFunc(def.Columns, func(w *Column) bool { return p.same(w.Physical, c.Name, false) })
		if !known && !c.Null && !c.HasDefault {
			p.warn("table %q has a column %q that must be given and is not known here: no row could be added", t.Name, c.Name)
		}
	}
}

func (p *planner) column(def *Def, t *LiveTable, c *Column) {
	for _, there := range t.Columns {
		if !p.same(there.Name, c.Physical, false) {
			continue
		}
		if !fits(def, c, p.dialect, there.Type) {
			p.warn("column %q of table %q has the type %q, which cannot hold what is kept as %q", c.Physical, t.Name, there.Type, def.ColumnType(c, p.dialect))
		}
		// Lists and JSON are nullable here and always given where they must be.
		list := c.Kind == KindJSON || c.Kind == KindTextList || c.Kind == KindNumberList
		if c.Null && !there.Null && !list {
			p.warn("column %q of table %q does not take NULL, which is stored there", c.Physical, t.Name)
		}
		return
	}
	_, hasDefault := c.DDLDefault(p.dialect)
	switch {
	case c.PrimaryKey:
		p.warn("table %q lacks its key %q, which cannot be added", t.Name, c.Physical)
		return
	case !c.Null && !hasDefault && !t.Empty:
		p.warn("column %q is required and cannot be added to table %q, whose rows have no value for it: add it as nullable, fill it, then forbid NULL", c.Physical, t.Name)
		return
	}
	p.columns = append(p.columns, Step{Action: AddColumn, Table: def, Columns: []*Column{c}})
}

// indexed tells whether an index serves the columns. A search by leading
// columns can use a longer one; a unique rule needs exactly its own.
func (p *planner) indexed(t *LiveTable, columns []*Column, unique bool) bool {
	return slices.ContainsFunc(t.Indexes, func(i LiveIndex) bool {
		if len(i.Columns) < len(columns) || unique && (!i.Unique || len(i.Columns) != len(columns)) {
			return false
		}
		for n, c := range columns {
			if unique {
				if !slices.ContainsFunc(i.Columns, func(name string) bool { return p.same(name, c.Physical, false) }) {
					return false
				}
			} else if !p.same(i.Columns[n], c.Physical, false) {
				return false
			}
		}
		return true
	})
}

func (p *planner) index(def *Def, columns []*Column, unique bool) {
	step := Step{Action: CreateIndex, Table: def, Columns: columns, Unique: unique, Name: indexName(def, columns, unique)}
	key := p.indexKey(def.Physical, step.Name)
	if p.names[key] {
		p.warn("table %q needs an index named %q, and there is another one of that name", def.Physical, step.Name)
		return
	}
	p.names[key] = true
	p.indexes = append(p.indexes, step)
}

// indexKey is what must be unique of an index's name. MySQL has a name space
// for each table.
func (p *planner) indexKey(table, name string) string {
	if p.dialect == MySQL {
		return table + "\x00" + strings.ToLower(name)
	}
	return strings.ToLower(name)
}

// indexName returns the reference's name for an index. Long names are cut to
// the 63 bytes that every engine takes, and told apart by a hash.
func indexName(def *Def, columns []*Column, unique bool) string {
	kind := "_idx"
	if unique {
		kind = "_uidx"
	}
	names := []string{def.Physical}
	for _, c := range columns {
		names = append(names, c.Physical)
	}
	name := strings.Join(names, "_")
	if len(name)+len(kind) <= 63 {
		return name + kind
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name + kind))
	suffix := fmt.Sprintf("_%08x%s", h.Sum32(), kind)
	return name[:63-len(suffix)] + suffix
}

// DDLDefault returns the value that an added column gets in rows that are
// there already, one of the [Data] types, and whether there is one. Only
// constants count: a default that changes from call to call is the program's.
// With true and nil the value is the current time.
func (c *Column) DDLDefault(dialect Dialect) (value any, ok bool) {
	if c.Kind == KindTime {
		return nil, c.NowDefault && (dialect == Postgres || dialect == MySQL)
	}
	if c.Input.Default == nil || c.Unique && c.Null {
		return nil, false
	}
	switch value = c.Input.Default(); value.(type) {
	case string, bool, int64, float64:
		return value, value == c.Input.Default()
	default:
		return nil, false
	}
}

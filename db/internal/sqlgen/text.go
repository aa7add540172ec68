package sqlgen

import (
	"github.com/watchword-auth/watchword/db"
)

func (g *Generator) writer() *writer {
	return &writer{dialect: g.options.Dialect, hideTypes: g.options.HideTypes}
}

func (g *Generator) buildInsert(s *db.Insertion) *Statement {
	w := g.writer()
	key := missingKey(s)
	made := ""
	if key != nil && w.dialect == db.SQLite && s.Table.IDs == db.IDUUID {
		made = sqliteUUID
	}
	w.WriteString("INSERT INTO ")
	w.name(s.Table.Physical)
	w.insertColumns(s, key, made)
	if s.IfAbsent != nil && w.dialect != db.MySQL {
		w.WriteString(" ON CONFLICT (" + w.column(s.IfAbsent) + ") DO NOTHING")
	}
	st := &Statement{}
	if key != nil && g.options.Returning {
		w.WriteString(" RETURNING " + w.column(key))
		st.Columns = []*db.Column{key}
	}
	st.Text = w.String()
	return st
}

func (w *writer) insertColumns(s *db.Insertion, key *db.Column, made string) {
	if len(s.Columns) == 0 && made == "" {
		if w.dialect == db.MySQL {
			w.WriteString(" () VALUES ()")
		} else {
			w.WriteString(" DEFAULT VALUES")
		}
		return
	}
	glue, values := " (", ") VALUES ("
	if made != "" {
		w.WriteString(" (" + w.column(key))
		glue, values = ",", values+made
	}
	for i, c := range s.Columns {
		w.WriteString(glue + w.column(c))
		glue = ","
		if i > 0 || made != "" {
			values += ","
		}
		values += w.param()
	}
	w.WriteString(values + ")")
}

// sqliteUUID makes a version 4 UUID, RFC 9562, inside of SQLite.
const sqliteUUID = `lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-'||` +
	`substr('89ab',1+(random()&3),1)||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))`

// missingKey is the key column that the database has to make, or nil.
func missingKey(s *db.Insertion) *db.Column {
	for _, c := range s.Columns {
		if c.PrimaryKey {
			return nil
		}
	}
	return s.Table.Key()
}

func (g *Generator) buildSelect(s *db.Selection) *Statement {
	w := g.writer()
	st := &Statement{Columns: s.Table.Columns}
	if s.Join != nil {
		w.alias = "l."
		st.Columns = append(append([]*db.Column(nil), s.Table.Columns...), s.Join.Table.Columns...)
	}
	w.WriteString("SELECT ")
	w.reads(s.Table.Columns)
	if j := s.Join; j != nil {
		w.WriteByte(',')
		w.alias = "r."
		w.reads(j.Table.Columns)
		w.alias = "l."
	}
	w.from(s)
	w.where(s.Table, s.Where)
	w.order(s.Order)
	w.limit(limitForm(s))
	w.lock(s)
	st.Text = w.String()
	return st
}

func (w *writer) reads(columns []*db.Column) {
	for i, c := range columns {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(w.read(c))
	}
}

func (w *writer) from(s *db.Selection) {
	w.WriteString(" FROM ")
	w.name(s.Table.Physical)
	j := s.Join
	if j == nil {
		return
	}
	w.WriteString(" AS l ")
	if j.Outer {
		w.WriteString("LEFT ")
	}
	w.WriteString("JOIN ")
	w.name(j.Table.Physical)
	w.WriteString(" AS r ON r." + Quote(w.dialect, j.To.Physical) + " = l." + Quote(w.dialect, j.On.Physical))
}

// order sorts NULL as the smallest value on every engine. PostgreSQL has it
// the other way round unless told.
func (w *writer) order(order []db.Sort) {
	glue := " ORDER BY "
	for _, o := range order {
		w.WriteString(glue + w.column(o.Column))
		glue = ","
		if o.Descending {
			w.WriteString(" DESC")
		}
		if w.dialect == db.Postgres && o.Column.Null {
			w.WriteString(map[bool]string{false: " NULLS FIRST", true: " NULLS LAST"}[o.Descending])
		}
	}
}

func (w *writer) limit(form byte) {
	switch form & 3 {
	case 1:
		w.WriteString(" LIMIT 1")
	case 2:
		w.WriteString(" LIMIT " + w.param())
	}
	if form&4 == 0 {
		return
	}
	if form&3 == 0 {
		// Only PostgreSQL takes an offset alone.
		switch w.dialect {
		case db.SQLite:
			w.WriteString(" LIMIT -1")
		case db.MySQL:
			w.WriteString(" LIMIT 18446744073709551615")
		}
	}
	w.WriteString(" OFFSET " + w.param())
}

// lock asks for row locks. SQLite locks the whole file when a transaction
// begins. Rows that an outer join adds cannot be locked by PostgreSQL.
func (w *writer) lock(s *db.Selection) {
	switch {
	case !s.Lock || w.dialect == db.SQLite:
	case s.Join != nil && w.dialect == db.Postgres:
		w.WriteString(" FOR UPDATE OF l")
	default:
		w.WriteString(" FOR UPDATE")
	}
}

func (g *Generator) buildCount(s *db.Selection) *Statement {
	w := g.writer()
	if s.Join != nil {
		w.alias = "l."
	}
	w.WriteString("SELECT count(*)")
	w.from(s)
	w.where(s.Table, s.Where)
	return &Statement{Text: w.String()}
}

func (g *Generator) buildUpdate(s *db.Change) *Statement {
	w := g.writer()
	w.WriteString("UPDATE ")
	w.name(s.Table.Physical)
	glue := " SET "
	for _, a := range s.Set {
		column := w.column(a.Column)
		w.WriteString(glue + column + " = ")
		glue = ","
		if a.Add {
			w.WriteString(w.sum(column))
		} else {
			w.WriteString(w.param())
		}
	}
	w.where(s.Table, s.Where)
	return &Statement{Text: w.String()}
}

func (g *Generator) buildDelete(s *db.Removal, take bool) *Statement {
	w := g.writer()
	w.WriteString("DELETE FROM ")
	w.name(s.Table.Physical)
	w.where(s.Table, s.Where)
	st := &Statement{}
	if take {
		st.Columns = s.Table.Columns
		w.WriteString(" RETURNING ")
		w.reads(s.Table.Columns)
	}
	st.Text = w.String()
	return st
}

package sqlgen

import (
	"github.com/watchword-auth/watchword/db"
)

func (w *writer) where(def *db.Def, conds []db.Cond) {
	if len(conds) == 0 {
		return
	}
	w.WriteString(" WHERE ")
	w.conds(def, conds, " AND ")
}

func (w *writer) conds(def *db.Def, conds []db.Cond, glue string) {
	for i := range conds {
		if i > 0 {
			w.WriteString(glue)
		}
		w.cond(def, &conds[i])
	}
}

func (w *writer) cond(def *db.Def, c *db.Cond) {
	switch c.Op {
	case db.OpAnd:
		w.group(def, c.Group, " AND ", "1=1")
	case db.OpOr:
		w.group(def, c.Group, " OR ", "1=0")
	case db.OpIsNull:
		w.WriteString(w.column(c.Column) + " IS NULL")
	case db.OpNotNull:
		w.WriteString(w.column(c.Column) + " IS NOT NULL")
	case db.OpIn, db.OpNotIn:
		w.list(def, c)
	case db.OpContains, db.OpStartsWith, db.OpEndsWith:
		w.pattern(def, c)
	default:
		w.compare(def, c)
	}
}

func (w *writer) group(def *db.Def, conds []db.Cond, glue, empty string) {
	if len(conds) == 0 {
		w.WriteString(empty)
		return
	}
	w.WriteByte('(')
	w.conds(def, conds, glue)
	w.WriteByte(')')
}

// operand is a column as it stands in comparisons of order or equality.
func (w *writer) operand(def *db.Def, c *db.Column) string {
	column := w.column(c)
	if w.dialect == db.SQLite && c.Kind == db.KindTime {
		return instant(column)
	}
	if w.dialect == db.Postgres && (c.Kind == db.KindJSON || c.Kind == db.KindTextList || c.Kind == db.KindNumberList) {
		return column + "::text"
	}
	return column
}

// folds tells whether case is to be disregarded: only text has case.
func folds(def *db.Def, c *db.Cond) bool {
	return c.Fold && isText(c.Column) && !isNumber(def, c.Column)
}

// isNumber tells whether a key is a number in the database.
func isNumber(def *db.Def, c *db.Column) bool { return c.Kind == db.KindID && def.IDs == db.IDSerial }

// isUUID tells whether a key has PostgreSQL's own type, which is compared
// without regard to spelling and knows no patterns.
func isUUID(d db.Dialect, def *db.Def, c *db.Column) bool {
	return d == db.Postgres && c.Kind == db.KindID && def.IDs == db.IDUUID
}

// plain tells whether a column compares right without further ado.
func (w *writer) plain(def *db.Def, c *db.Column) bool {
	return w.dialect == db.SQLite || !isText(c) || isNumber(def, c) || isUUID(w.dialect, def, c)
}

func (w *writer) compare(def *db.Def, c *db.Cond) {
	symbol := [...]string{db.OpEq: " = ", db.OpNe: " <> ", db.OpLt: " < ", db.OpLte: " <= ", db.OpGt: " > ", db.OpGte: " >= "}[c.Op]
	column := w.operand(def, c.Column)
	switch {
	case folds(def, c):
		w.WriteString("lower(" + w.text(def, c.Column) + ")" + symbol + "lower(" + w.param() + ")")
	case w.plain(def, c.Column):
		w.WriteString(column + symbol + w.param())
	case c.Op == db.OpEq && w.dialect == db.MySQL:
		// The first comparison finds rows through the index, the second one
		// is exact.
		w.WriteString("(" + column + symbol + w.param() + " AND " + w.bytesOf(column) + symbol + "CAST(" + w.param() + " AS BINARY))")
	case w.dialect == db.MySQL:
		w.WriteString(w.bytesOf(column) + symbol + "CAST(" + w.param() + " AS BINARY)")
	case c.Op == db.OpEq || c.Op == db.OpNe:
		w.WriteString(column + symbol + w.param())
	default:
		w.WriteString(w.bytesOf(column) + symbol + w.param())
	}
}

// repeats tells how many times a condition's values stand in the text.
func repeats(d db.Dialect, def *db.Def, c *db.Cond) int {
	w := writer{dialect: d}
	if d == db.MySQL && (c.Op == db.OpEq || c.Op == db.OpIn) && !folds(def, c) && !w.plain(def, c.Column) {
		return 2
	}
	return 1
}

// text is a column as text, for case and patterns.
func (w *writer) text(def *db.Def, c *db.Column) string {
	if w.dialect == db.Postgres && c.Kind != db.KindText {
		return w.column(c) + "::text"
	}
	return w.column(c)
}

func (w *writer) list(def *db.Def, c *db.Cond) {
	n := listLength(len(c.Values))
	if n == 0 {
		w.WriteString(map[db.Op]string{db.OpIn: "1=0", db.OpNotIn: "1=1"}[c.Op])
		return
	}
	word := map[db.Op]string{db.OpIn: " IN (", db.OpNotIn: " NOT IN ("}[c.Op]
	switch {
	case folds(def, c):
		w.listOf("lower("+w.text(def, c.Column)+")"+word, "lower(", ")", n)
	case w.dialect == db.MySQL && !w.plain(def, c.Column):
		if c.Op == db.OpIn {
			w.WriteByte('(')
			w.listOf(w.column(c.Column)+word, "", "", n)
			w.WriteString(" AND ")
		}
		w.listOf(w.bytesOf(w.column(c.Column))+word, "CAST(", " AS BINARY)", n)
		if c.Op == db.OpIn {
			w.WriteByte(')')
		}
	default:
		w.listOf(w.operand(def, c.Column)+word, "", "", n)
	}
}

// listOf writes a head and n parameters, each between before and after.
func (w *writer) listOf(head, before, after string, n int) {
	w.WriteString(head)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(before + w.param() + after)
	}
	w.WriteByte(')')
}

// pattern writes a search for a literal part. SQLite's LIKE disregards case,
// so its GLOB stands in where case counts.
func (w *writer) pattern(def *db.Def, c *db.Cond) {
	column := w.text(def, c.Column)
	switch {
	case c.Fold && w.dialect == db.Postgres:
		w.WriteString(column + " ILIKE " + w.param())
	case w.dialect == db.Postgres:
		w.WriteString(column + " LIKE " + w.param())
	case w.dialect == db.SQLite && c.Fold:
		w.WriteString(column + ` LIKE ` + w.param() + ` ESCAPE '\'`)
	case w.dialect == db.SQLite:
		w.WriteString(column + " GLOB " + w.param())
	case c.Fold:
		w.WriteString("lower(" + column + ") LIKE lower(" + w.param() + ")")
	default:
		w.WriteString(w.bytesOf(column) + " LIKE CAST(" + w.param() + " AS BINARY)")
	}
}

package sqlgen

import (
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/db"
)

// Quote quotes a name for a dialect. SQLite takes a name in double quotes for
// a text where there is no such column, which would make a condition true for
// every row; a name in grave accents is always a name.
func Quote(d db.Dialect, name string) string {
	q := "`"
	if d == db.Postgres {
		q = `"`
	}
	return q + strings.ReplaceAll(name, q, q+q) + q
}

// writer collects one statement's text.
type writer struct {
	strings.Builder
	dialect db.Dialect
	params  int
	alias   string // of the table in a join, with its dot

	hideTypes bool
}

func (w *writer) name(name string) { w.WriteString(Quote(w.dialect, name)) }

func (w *writer) column(c *db.Column) string {
	return w.alias + Quote(w.dialect, c.Physical)
}

// sum is a column plus the next parameter. A sum out of bounds must be
// refused; SQLite would make it a float, so it is told to overflow.
func (w *writer) sum(column string) string {
	sum := column + " + " + w.param()
	if w.dialect != db.SQLite {
		return sum
	}
	sum += strconv.Itoa(w.params)
	return "CASE typeof(" + sum + ") WHEN 'real' THEN abs(-9223372036854775808) ELSE " + sum + " END"
}

// param writes the next placeholder.
func (w *writer) param() string {
	w.params++
	if w.dialect == db.Postgres {
		return "$" + strconv.Itoa(w.params)
	}
	return "?"
}

// read is how a column is asked for. The driver of SQLite copies each name and
// declared type for every query, and tries a dozen layouts on each text of the
// type "date". A plus sign, which does nothing to the value, hides the type.
func (w *writer) read(c *db.Column) string {
	switch {
	case w.dialect != db.SQLite:
		return w.column(c)
	case w.hideTypes || c.Kind == db.KindTime:
		return "+" + w.column(c) + " AS ``"
	default:
		return w.column(c) + " AS ``"
	}
}

// isText tells whether a column holds text that has an order and a case.
func isText(c *db.Column) bool { return c.Kind == db.KindText || c.Kind == db.KindID }

// bytesOf makes text compare by its bytes where the engine's own rules differ.
// MySQL's usual collations ignore case, accents and trailing spaces.
func (w *writer) bytesOf(expr string) string {
	switch w.dialect {
	case db.MySQL:
		return "CAST(CONVERT(" + expr + " USING utf8mb4) AS BINARY)"
	case db.Postgres:
		return expr + ` COLLATE "C"`
	default:
		return expr
	}
}

// instant makes the spellings of instants that SQLite files hold comparable:
// the reference writes ISO text, others whole milliseconds or a space for T.
func instant(expr string) string {
	return "CASE typeof(" + expr + ") WHEN 'text' THEN replace(" + expr + ",' ','T') " +
		"ELSE strftime('%Y-%m-%dT%H:%M:%fZ'," + expr + "/1000.0,'unixepoch') END"
}

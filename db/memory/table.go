package memory

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// table is the rows of one physical table.
type table struct {
	name  string
	slots map[string]int // where a row keeps the physical column
	rows  []*row         // in order of insertion
	last  int64          // the last counted key
}

// row holds its values by slot. A row that is older than a column is shorter
// than the slot. Values are replaced as a whole, so that undoing is assigning.
type row struct{ values []any }

func (r *row) at(slot int) any {
	if slot >= len(r.values) {
		return nil
	}
	return r.values[slot]
}

// table returns the table of a definition, made now if it is not there yet.
func (a *Adapter) table(def *db.Def) *table {
	a.defs[def.Name] = def
	t := a.tables[def.Physical]
	if t == nil {
		t = &table{name: def.Physical, slots: map[string]int{}}
		a.tables[def.Physical] = t
	}
	for _, c := range def.Columns {
		if _, ok := t.slots[c.Physical]; !ok {
			t.slots[c.Physical] = len(t.slots)
		}
	}
	return t
}

func (t *table) slot(c *db.Column) int { return t.slots[c.Physical] }

// setRows changes which rows there are, remembering how to undo it.
func (w *work) setRows(t *table, rows []*row) {
	old := t.rows
	t.rows = rows
	w.journal = append(w.journal, func() { t.rows = old })
}

func (w *work) setValues(r *row, values []any) {
	old := r.values
	r.values = values
	w.journal = append(w.journal, func() { r.values = old })
}

// nextKey makes a key as the database of the reference would. Counted keys are
// not given twice, also where the row that had one was undone.
func (t *table) nextKey(ids db.IDType) (string, error) {
	switch ids {
	case db.IDSerial:
		t.last++
		return strconv.FormatInt(t.last, 10), nil
	case db.IDUUID:
		return secret.UUID(nil), nil
	default:
		return "", fmt.Errorf("memory: table %q: the row has no key", t.name)
	}
}

// skipKey keeps the counter ahead of keys given by hand.
func (t *table) skipKey(key any) {
	if s, ok := key.(string); ok {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > t.last {
			t.last = n
		}
	}
}

// clean checks a value and returns the engine's own copy of it: times in UTC
// and cut to the millisecond, whole numbers within the column's bounds.
func clean(def *db.Def, c *db.Column, value any) (any, error) {
	if err := db.Store(new(db.Value), value); err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case nil:
		if !c.Null {
			return nil, fmt.Errorf("memory: %s.%s cannot hold NULL", def.Name, c.Name)
		}
	case int64:
		if c.Kind == db.KindInt && (v < math.MinInt32 || v > math.MaxInt32) {
			return nil, fmt.Errorf("memory: %s.%s cannot hold numbers of more than 32 bits", def.Name, c.Name)
		}
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	}
	return clone(value), nil
}

// clone copies what a caller could change behind the engine's back.
func clone(value any) any {
	switch v := value.(type) {
	case []string:
		return append([]string{}, v...)
	case []float64:
		return append([]float64{}, v...)
	case json.RawMessage:
		return append(json.RawMessage{}, v...)
	default:
		return v
	}
}

package memory

import (
	"fmt"

	"github.com/watchword-auth/watchword/db"
)

// checkReferences refuses a row that refers to a row that is not there.
func (w *work) checkReferences(def *db.Def, t *table, r *row) error {
	for _, c := range def.Columns {
		v := r.at(t.slot(c))
		if c.References == nil || v == nil {
			continue
		}
		to := w.defs[c.References.Table]
		if to == nil || !w.table(to).has(to.Column(c.References.Column), v) {
			return fmt.Errorf("memory: %s.%s refers to a row of %q that is not there",
				def.Name, c.Name, c.References.Table)
		}
	}
	return nil
}

func (t *table) has(c *db.Column, v any) bool {
	if c == nil {
		return false
	}
	for _, r := range t.rows {
		if compare(r.at(t.slot(c)), v, false) == 0 {
			return true
		}
	}
	return false
}

// drop removes rows and does to the rows that refer to them what their columns
// ask for.
func (w *work) drop(def *db.Def, t *table, gone []*row) error {
	if len(gone) == 0 {
		return nil
	}
	doomed := make(map[*row]bool, len(gone))
	for _, r := range gone {
		doomed[r] = true
	}
	kept := make([]*row, 0, len(t.rows))
	for _, r := range t.rows {
		if !doomed[r] {
			kept = append(kept, r)
		}
	}
	w.setRows(t, kept)
	for _, other := range w.defs {
		for _, c := range other.Columns {
			if c.References == nil || c.References.Table != def.Name {
				continue
			}
			if err := w.release(other, c, t, def.Column(c.References.Column), gone); err != nil {
				return err
			}
		}
	}
	return nil
}

// release carries out one foreign key's action for rows that went.
func (w *work) release(def *db.Def, c *db.Column, from *table, key *db.Column, gone []*row) error {
	if key == nil {
		return nil
	}
	keys := make(map[any]bool, len(gone))
	for _, r := range gone {
		keys[r.at(from.slot(key))] = true
	}
	t := w.table(def)
	var referring []*row
	for _, r := range t.rows {
		if v := r.at(t.slot(c)); v != nil && keys[v] {
			referring = append(referring, r)
		}
	}
	if len(referring) == 0 {
		return nil
	}
	switch c.References.OnDelete {
	case "", "cascade":
		return w.drop(def, t, referring)
	case "set null":
		for _, r := range referring {
			values := append([]any(nil), r.values...)
			values[t.slot(c)] = nil
			w.setValues(r, values)
		}
		return nil
	default:
		return fmt.Errorf("memory: rows of %q still refer to the row", def.Name)
	}
}

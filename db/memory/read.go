package memory

import (
	"slices"

	"github.com/watchword-auth/watchword/db"
)

// work is one statement, or several steps that are undone together.
type work struct {
	*Adapter
	journal journal
}

func (t *table) find(conds []db.Cond) []*row {
	var found []*row
	for _, r := range t.rows {
		if t.matchAll(r, conds) {
			found = append(found, r)
		}
	}
	return found
}

func (w *work) query(s *db.Selection, next func() []any) error {
	t := w.table(s.Table)
	var partners map[*row]*row
	found := t.find(s.Where)
	if s.Join != nil {
		found, partners = w.join(t, found, s.Join)
	}
	t.sort(found, s.Order)
	for _, r := range window(found, s.Limit, s.Offset) {
		places := next()
		if err := t.hand(r, s.Table, places); err != nil {
			return err
		}
		if s.Join != nil {
			j := w.table(s.Join.Table)
			if err := j.hand(partners[r], s.Join.Table, places[len(s.Table.Columns):]); err != nil {
				return err
			}
		}
	}
	return nil
}

// join finds each row's partner. Rows without one are left out unless the join
// is outer. The column joined to is a key, so there is one partner at most.
func (w *work) join(t *table, rows []*row, j *db.Join) (kept []*row, partners map[*row]*row) {
	other := w.table(j.Table)
	byKey := make(map[any]*row, len(other.rows))
	for _, r := range other.rows {
		if k := r.at(other.slot(j.To)); k != nil {
			byKey[k] = r
		}
	}
	partners = make(map[*row]*row, len(rows))
	for _, r := range rows {
		var partner *row
		if k := r.at(t.slot(j.On)); k != nil {
			partner = byKey[k]
		}
		if partner == nil && !j.Outer {
			continue
		}
		partners[r] = partner
		kept = append(kept, r)
	}
	return kept, partners
}

func (t *table) sort(rows []*row, order []db.Sort) {
	if len(order) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b *row) int {
		for _, o := range order {
			slot := t.slot(o.Column)
			if c := compareNull(a.at(slot), b.at(slot)); c != 0 {
				if o.Descending {
					return -c
				}
				return c
			}
		}
		return 0
	})
}

func window(rows []*row, limit, offset int) []*row {
	rows = rows[min(max(offset, 0), len(rows)):]
	if limit > 0 {
		rows = rows[:min(limit, len(rows))]
	}
	return rows
}

// hand copies a row into places, in the definition's order. No row is NULLs.
func (t *table) hand(r *row, def *db.Def, places []any) error {
	for i, c := range def.Columns {
		var v any
		if r != nil {
			v = clone(r.at(t.slot(c)))
		}
		if err := db.Store(places[i], v); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) count(s *db.Selection) (int64, error) {
	t := w.table(s.Table)
	found := t.find(s.Where)
	if s.Join != nil {
		found, _ = w.join(t, found, s.Join)
	}
	return int64(len(found)), nil
}

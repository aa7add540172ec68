package memory

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/db"
)

func (w *work) insert(s *db.Insertion) (id string, inserted bool, err error) {
	t := w.table(s.Table)
	r := &row{values: make([]any, len(t.slots))}
	for _, c := range s.Table.Columns {
		given := slices.Index(s.Columns, c)
		switch {
		case given >= 0:
			r.values[t.slot(c)], err = clean(s.Table, c, s.Values[given])
			if c.PrimaryKey {
				t.skipKey(r.values[t.slot(c)])
			}
		case c.PrimaryKey:
			id, err = t.nextKey(s.Table.IDs)
			r.values[t.slot(c)] = id
		case c.NowDefault:
			r.values[t.slot(c)] = time.Now().UTC().Truncate(time.Millisecond)
		case !c.Null:
			err = fmt.Errorf("memory: %s.%s needs a value", s.Table.Name, c.Name)
		}
		if err != nil {
			return "", false, err
		}
	}
	if c := s.IfAbsent; c != nil && t.holds([]*db.Column{c}, r) {
		return "", false, nil
	}
	w.setRows(t, append(t.rows, r))
	if err := w.check(s.Table, t, r); err != nil {
		return "", false, err
	}
	return id, true, nil
}

// check refuses a row that breaks a unique rule or refers to nothing.
func (w *work) check(def *db.Def, t *table, r *row) error {
	for _, c := range def.Columns {
		if (c.Unique || c.PrimaryKey) && t.holds([]*db.Column{c}, r) {
			return &db.ConflictError{Table: def.Name, Column: c.Name}
		}
	}
	for _, columns := range def.Uniques {
		if t.holds(columns, r) {
			return &db.ConflictError{Table: def.Name, Column: columns[0].Name}
		}
	}
	return w.checkReferences(def, t, r)
}

// holds says whether a row other than r agrees with it in all columns. NULL
// agrees with nothing.
func (t *table) holds(columns []*db.Column, r *row) bool {
	return slices.ContainsFunc(t.rows, func(o *row) bool {
		if o == r {
			return false
		}
		for _, c := range columns {
			a, b := o.at(t.slot(c)), r.at(t.slot(c))
			if a == nil || b == nil || compare(a, b, false) != 0 {
				return false
			}
		}
		return true
	})
}

func (w *work) update(s *db.Change) (int64, error) {
	t := w.table(s.Table)
	found := t.find(s.Where)
	for _, r := range found {
		values := make([]any, len(t.slots))
		copy(values, r.values)
		for _, a := range s.Set {
			slot := t.slot(a.Column)
			v, err := newValue(values[slot], a)
			if err == nil {
				values[slot], err = clean(s.Table, a.Column, v)
			}
			if err != nil {
				return 0, err
			}
		}
		w.setValues(r, values)
	}
	// Rules are checked when all rows have their new values, as a row may
	// take over what another gives up.
	for _, r := range found {
		if err := w.check(s.Table, t, r); err != nil {
			return 0, err
		}
	}
	return int64(len(found)), nil
}

func newValue(old any, a db.Assignment) (any, error) {
	if !a.Add {
		return a.Value, nil
	}
	if old == nil {
		return nil, nil // the sum of NULL and anything is NULL
	}
	x, ok := old.(int64)
	y, isInt := a.Value.(int64)
	if !ok || !isInt {
		return nil, fmt.Errorf("memory: column %q: only whole numbers can be added", a.Column.Name)
	}
	if y > 0 && x > math.MaxInt64-y || y < 0 && x < math.MinInt64-y {
		return nil, fmt.Errorf("memory: column %q: the sum is out of bounds", a.Column.Name)
	}
	return x + y, nil
}

// remove deletes what matches, and what refers to it, and hands the matching
// rows over when next is given.
func (w *work) remove(s *db.Removal, next func() []any) (int64, error) {
	t := w.table(s.Table)
	found := t.find(s.Where)
	if next != nil {
		for _, r := range found {
			if err := t.hand(r, s.Table, next()); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(found)), w.drop(s.Table, t, found)
}

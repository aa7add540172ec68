package sqlgen

import "github.com/watchword-auth/watchword/db"

// Insert returns the statement of an insertion and appends its arguments. On
// MySQL it has no clause for IfAbsent: the adapter reads the conflict. With
// Columns in the result the database makes the key and returns it.
func (g *Generator) Insert(args []any, s *db.Insertion) (*Statement, []any, error) {
	var k keyBuilder
	k.flag(s.IfAbsent != nil)
	if s.IfAbsent != nil {
		k.column(s.IfAbsent)
	}
	for _, c := range s.Columns {
		k.column(c)
	}
	st := g.find(verbInsert, s.Table, nil, k.bytes())
	if st == nil {
		st = g.keep(verbInsert, s.Table, nil, k.bytes(), g.buildInsert(s))
	}
	var err error
	for i, c := range s.Columns {
		if args, err = g.appendStored(args, s.Table, c, s.Values[i]); err != nil {
			return nil, nil, err
		}
	}
	return st, args, nil
}

// Select returns the statement of a selection and appends its arguments.
func (g *Generator) Select(args []any, s *db.Selection) (*Statement, []any, error) {
	var k keyBuilder
	k.selection(s)
	var join *db.Def
	if s.Join != nil {
		join = s.Join.Table
	}
	st := g.find(verbSelect, s.Table, join, k.bytes())
	if st == nil {
		st = g.keep(verbSelect, s.Table, join, k.bytes(), g.buildSelect(s))
	}
	args, err := g.appendConds(args, s.Table, s.Where)
	if err != nil {
		return nil, nil, err
	}
	if s.Limit > 1 {
		args = append(args, int64(s.Limit))
	}
	if s.Offset > 0 {
		args = append(args, int64(s.Offset))
	}
	return st, args, nil
}

// Count returns the statement that counts a selection's rows, without regard
// to its limit and offset, and appends its arguments.
func (g *Generator) Count(args []any, s *db.Selection) (*Statement, []any, error) {
	plain := db.Selection{Table: s.Table, Join: s.Join, Where: s.Where}
	var k keyBuilder
	k.selection(&plain)
	var join *db.Def
	if s.Join != nil {
		join = s.Join.Table
	}
	st := g.find(verbCount, s.Table, join, k.bytes())
	if st == nil {
		st = g.keep(verbCount, s.Table, join, k.bytes(), g.buildCount(&plain))
	}
	args, err := g.appendConds(args, s.Table, s.Where)
	return st, args, err
}

// Update returns the statement of a change and appends its arguments.
func (g *Generator) Update(args []any, s *db.Change) (*Statement, []any, error) {
	var k keyBuilder
	k.number(len(s.Set))
	for _, a := range s.Set {
		k.column(a.Column)
		k.flag(a.Add)
	}
	k.conds(s.Where)
	st := g.find(verbUpdate, s.Table, nil, k.bytes())
	if st == nil {
		st = g.keep(verbUpdate, s.Table, nil, k.bytes(), g.buildUpdate(s))
	}
	var err error
	for _, a := range s.Set {
		if args, err = g.appendStored(args, s.Table, a.Column, a.Value); err != nil {
			return nil, nil, err
		}
	}
	args, err = g.appendConds(args, s.Table, s.Where)
	return st, args, err
}

// Delete returns the statement of a removal and appends its arguments.
func (g *Generator) Delete(args []any, s *db.Removal) (*Statement, []any, error) {
	return g.remove(args, s, verbDelete)
}

// Take is [Generator.Delete] with the removed rows as its result. It is for
// engines that can return rows from a deletion.
func (g *Generator) Take(args []any, s *db.Removal) (*Statement, []any, error) {
	return g.remove(args, s, verbTake)
}

func (g *Generator) remove(args []any, s *db.Removal, v verb) (*Statement, []any, error) {
	var k keyBuilder
	k.conds(s.Where)
	st := g.find(v, s.Table, nil, k.bytes())
	if st == nil {
		st = g.keep(v, s.Table, nil, k.bytes(), g.buildDelete(s, v == verbTake))
	}
	args, err := g.appendConds(args, s.Table, s.Where)
	return st, args, err
}

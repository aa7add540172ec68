package memory

import (
	"context"
	"errors"
	"slices"

	"github.com/watchword-auth/watchword/db"
)

// Introspect reports the tables that [Adapter.Apply] has made. Tables that are
// merely in use are not among them.
func (a *Adapter) Introspect(ctx context.Context) (*db.Live, error) {
	if err := acquire(ctx, a.turn); err != nil {
		return nil, err
	}
	defer func() { <-a.turn }()
	live := &db.Live{}
	for _, t := range a.live.Tables {
		t.Columns = slices.Clone(t.Columns)
		t.Indexes = slices.Clone(t.Indexes)
		live.Tables = append(live.Tables, t)
	}
	return live, nil
}

// Apply records the planned tables, columns and indexes. It refuses a plan
// with warnings. See [db.Adapter].
func (a *Adapter) Apply(ctx context.Context, plan func(*db.Live) (*db.Plan, error)) (*db.Plan, error) {
	if err := acquire(ctx, a.migration); err != nil {
		return nil, err
	}
	defer func() { <-a.migration }()
	live, err := a.Introspect(ctx)
	if err != nil {
		return nil, err
	}
	p, err := plan(live)
	if err != nil || p == nil {
		return p, err
	}
	if len(p.Warnings) > 0 {
		return p, errors.New("memory: the plan has warnings and was not applied: " + p.Warnings[0])
	}
	if err := acquire(ctx, a.turn); err != nil {
		return p, err
	}
	defer func() { <-a.turn }()
	for _, step := range p.Steps {
		a.record(step)
	}
	return p, nil
}

func (a *Adapter) record(s db.Step) {
	a.table(s.Table)
	i := slices.IndexFunc(a.live.Tables, func(t db.LiveTable) bool { return t.Name == s.Table.Physical })
	if i < 0 {
		i = len(a.live.Tables)
		a.live.Tables = append(a.live.Tables, db.LiveTable{Name: s.Table.Physical})
	}
	t := &a.live.Tables[i]
	switch s.Action {
	case db.CreateTable:
		addColumns(t, s.Table.Columns)
	case db.AddColumn:
		addColumns(t, s.Columns)
	case db.CreateIndex:
		addIndex(t, s.Name, s.Unique, s.Columns)
	}
}

func addColumns(t *db.LiveTable, columns []*db.Column) {
	for _, c := range columns {
		t.Columns = append(t.Columns, db.LiveColumn{
			Name: c.Physical, Type: c.Kind.String(), Null: c.Null, HasDefault: c.NowDefault,
		})
		if c.Unique || c.PrimaryKey {
			addIndex(t, t.Name+"_"+c.Physical+"_key", true, []*db.Column{c})
		}
	}
}

func addIndex(t *db.LiveTable, name string, unique bool, columns []*db.Column) {
	index := db.LiveIndex{Name: name, Unique: unique}
	for _, c := range columns {
		index.Columns = append(index.Columns, c.Physical)
	}
	t.Indexes = append(t.Indexes, index)
}

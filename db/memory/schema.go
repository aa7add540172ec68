package memory

import (
	"context"
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
		t.Empty = len(a.tables[t.Name].rows) == 0
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
	if err := p.Err(); err != nil {
		return p, err
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
	rows := a.table(s.Table)
	i := slices.IndexFunc(a.live.Tables, func(t db.LiveTable) bool { return t.Name == s.Table.Physical })
	if i < 0 {
		i = len(a.live.Tables)
		a.live.Tables = append(a.live.Tables, db.LiveTable{Name: s.Table.Physical})
	}
	t := &a.live.Tables[i]
	switch s.Action {
	case db.CreateTable:
		addColumns(t, s.Table, s.Table.Columns)
	case db.AddColumn:
		addColumns(t, s.Table, s.Columns)
		rows.fill(s.Columns)
	case db.CreateIndex:
		addIndex(t, s.Name, s.Unique, s.Columns)
	}
}

// fill gives rows that are there already an added column's default.
func (t *table) fill(columns []*db.Column) {
	for _, c := range columns {
		value, ok := c.DDLDefault(db.Memory)
		if !ok || value == nil {
			continue
		}
		for _, r := range t.rows {
			values := make([]any, len(t.slots))
			copy(values, r.values)
			values[t.slot(c)] = value
			r.values = values
		}
	}
}

func addColumns(t *db.LiveTable, def *db.Def, columns []*db.Column) {
	for _, c := range columns {
		_, hasDefault := c.DDLDefault(db.Memory)
		t.Columns = append(t.Columns, db.LiveColumn{
			Name: c.Physical, Type: def.ColumnType(c, db.Memory), Null: c.Null, HasDefault: hasDefault,
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

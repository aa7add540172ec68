package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
)

// Introspect reports the tables of the current schema, which is the first of
// the search path that is there.
func (a *Adapter) Introspect(ctx context.Context) (*db.Live, error) { return a.introspect(ctx) }

// The tables, one row for each column in order. A table without a single page
// has no rows; of others that is not known without reading them.
const columnsText = `SELECT c.relname::text, a.attname::text, lower(format_type(a.atttypid, a.atttypmod)), NOT a.attnotnull,
	a.atthasdef OR a.attidentity <> '', c.relkind = 'r' AND pg_relation_size(c.oid) = 0,
	EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = '` + ddl.ChangesChannel + `' AND g.tgenabled = 'A')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum`

// The indexes over plain columns and all rows.
const indexesText = `SELECT t.relname::text, i.relname::text, x.indisunique, json_agg(a.attname ORDER BY k.n)::text
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid,
	LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum
WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND a.attrelid = t.oid AND k.n <= x.indnkeyatts
	AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
GROUP BY 1, 2, 3 ORDER BY 1, 2`

func resultColumns(kinds ...db.Kind) []*db.Column {
	columns := make([]*db.Column, len(kinds))
	for i, k := range kinds {
		columns[i] = &db.Column{Kind: k}
	}
	return columns
}

func (e *executor) introspect(ctx context.Context) (*db.Live, error) {
	live := &db.Live{}
	row := e.shapes.Row()
	defer e.shapes.Free(row)
	type found struct {
		table  string
		column db.LiveColumn
		empty  bool
		told   bool
	}
	var columns []*found
	err := e.read(ctx, nil, columnsText, resultColumns(db.KindText, db.KindText, db.KindText, db.KindBool, db.KindBool, db.KindBool, db.KindBool), row,
		func() []any {
			f := new(found)
			columns = append(columns, f)
			return []any{&f.table, &f.column.Name, &f.column.Type, &f.column.Null, &f.column.HasDefault, &f.empty, &f.told}
		})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, f := range columns {
		// Types of an extension bear the name of its schema where the search
		// path does not lead there.
		f.column.Type = f.column.Type[strings.LastIndexByte(f.column.Type, '.')+1:]
		i, ok := at[f.table]
		if !ok {
			i = len(live.Tables)
			at[f.table] = i
			live.Tables = append(live.Tables, db.LiveTable{Name: f.table, Empty: f.empty, Watched: f.told})
		}
		live.Tables[i].Columns = append(live.Tables[i].Columns, f.column)
	}
	var tables []*string
	var indexes []*db.LiveIndex
	err = e.read(ctx, nil, indexesText, resultColumns(db.KindText, db.KindText, db.KindBool, db.KindTextList), row, func() []any {
		table, index := new(string), new(db.LiveIndex)
		tables, indexes = append(tables, table), append(indexes, index)
		return []any{table, &index.Name, &index.Unique, &index.Columns}
	})
	for n, index := range indexes {
		if i, ok := at[*tables[n]]; ok {
			live.Tables[i].Indexes = append(live.Tables[i].Indexes, *index)
		}
	}
	return live, err
}

// lockText keeps others from migrating the same schema until the transaction
// ends. Locks of a transaction work behind PgBouncer too. The first number is
// "watc" as bytes.
const lockText = `SELECT pg_advisory_xact_lock(2002875491, hashtext(current_schema()))`

// Apply runs a plan's steps in one transaction: all of them or none. See
// [db.Adapter].
func (a *Adapter) Apply(ctx context.Context, plan func(*db.Live) (*db.Plan, error)) (*db.Plan, error) {
	tx, err := a.begin(ctx)
	if err != nil {
		return nil, translate(err, nil)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.rollback(ctx)
	}()
	e := &executor{shapes: a.shapes, link: tx, changed: func() {}}
	row := a.shapes.Row()
	defer a.shapes.Free(row)
	if _, err := tx.exec(ctx, lockText, row); err != nil {
		return nil, translate(err, nil)
	}
	live, err := e.introspect(ctx)
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
	statements, err := ddl.Statements(db.Postgres, p)
	if err != nil {
		return p, err
	}
	for _, text := range statements {
		if _, err := tx.exec(ctx, text, row); err != nil {
			return p, translate(err, nil)
		}
	}
	return p, translate(tx.commit(ctx), nil)
}

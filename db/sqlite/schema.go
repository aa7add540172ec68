package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

const (
	// Virtual tables are left out: asking for their columns loads their module.
	ownTables = ` FROM sqlite_schema AS m JOIN `
	isTable   = ` WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.sql NOT LIKE 'create virtual%' `

	columnsQuery = `SELECT m.name, c.name, lower(c.type), NOT c."notnull" AND c.pk = 0,` +
		` c.dflt_value IS NOT NULL OR c.pk > 0 AND lower(c.type) = 'integer', c.pk` +
		ownTables + `pragma_table_info(m.name) AS c` + isTable + `ORDER BY m.name, c.cid`

	indexesQuery = `SELECT m.name, i.name, i."unique", coalesce(c.name, '')` +
		ownTables + `pragma_index_list(m.name) AS i JOIN pragma_index_info(i.name) AS c` + isTable +
		`AND NOT i.partial ORDER BY m.name, i.seq, c.seqno`
)

// querier is what both a handle and a connection can do.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Introspect implements [db.Adapter].
func (a *Adapter) Introspect(ctx context.Context) (*db.Live, error) {
	live, err := introspect(ctx, a.reader)
	return live, translate(err, nil)
}

func introspect(ctx context.Context, q querier) (*db.Live, error) {
	live := &db.Live{}
	if err := readColumns(ctx, q, live); err != nil {
		return nil, err
	}
	if err := readIndexes(ctx, q, live); err != nil {
		return nil, err
	}
	for i := range live.Tables {
		t := &live.Tables[i]
		query := "SELECT NOT EXISTS (SELECT 1 FROM " + sqlgen.Quote(db.SQLite, t.Name) + ")"
		err := scanAll(ctx, q, query, func(rows *sql.Rows) error { return rows.Scan(&t.Empty) })
		if err != nil {
			return nil, err
		}
	}
	return live, nil
}

func scanAll(ctx context.Context, q querier, query string, fn func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return drain(rows, fn)
}

func readColumns(ctx context.Context, q querier, live *db.Live) error {
	return scanAll(ctx, q, columnsQuery, func(rows *sql.Rows) error {
		var table string
		var c db.LiveColumn
		var key int
		if err := rows.Scan(&table, &c.Name, &c.Type, &c.Null, &c.HasDefault, &key); err != nil {
			return err
		}
		n := len(live.Tables)
		if n == 0 || live.Tables[n-1].Name != table {
			live.Tables = append(live.Tables, db.LiveTable{Name: table})
			n++
		}
		t := &live.Tables[n-1]
		t.Columns = append(t.Columns, c)
		if key > 0 && c.Type == "integer" {
			// An integer key is the row's own number and has no index to list.
			t.Indexes = append(t.Indexes, db.LiveIndex{Columns: []string{c.Name}, Unique: true})
		}
		return nil
	})
}

func readIndexes(ctx context.Context, q querier, live *db.Live) error {
	tables := map[string]*db.LiveTable{}
	for i := range live.Tables {
		tables[live.Tables[i].Name] = &live.Tables[i]
	}
	computed := map[string]bool{}
	err := scanAll(ctx, q, indexesQuery, func(rows *sql.Rows) error {
		var table, column string
		var i db.LiveIndex
		if err := rows.Scan(&table, &i.Name, &i.Unique, &column); err != nil {
			return err
		}
		t := tables[table]
		if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != i.Name {
			t.Indexes = append(t.Indexes, i)
		}
		last := &t.Indexes[len(t.Indexes)-1]
		last.Columns = append(last.Columns, column)
		computed[last.Name] = computed[last.Name] || column == ""
		return nil
	})
	for _, t := range tables {
		kept := t.Indexes[:0]
		for _, i := range t.Indexes {
			if !computed[i.Name] {
				kept = append(kept, i)
			}
		}
		t.Indexes = kept
	}
	return err
}

// Apply implements [db.Adapter]. The file is locked for writing from before
// plan is called until all steps are done; all of them happen or none. A plan
// with warnings is returned with an error and not carried out.
func (a *Adapter) Apply(ctx context.Context, plan func(*db.Live) (*db.Plan, error)) (*db.Plan, error) {
	conn, err := a.writer.Conn(ctx)
	if err != nil {
		return nil, translate(err, nil)
	}
	defer func() { _ = conn.Close() }()
	wait := newBackoff(a.busy)
	for {
		if _, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err == nil {
			break
		}
		if !isBusy(err) || !wait.sleep(ctx) {
			return nil, translate(err, nil)
		}
	}
	p, err := applyLocked(ctx, conn, plan)
	end := "COMMIT"
	if err != nil {
		end = "ROLLBACK"
	}
	// Whatever became of ctx, the connection must not go back to the pool
	// with its transaction open.
	if _, last := conn.ExecContext(context.WithoutCancel(ctx), end); err == nil && last != nil {
		err = last
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	}
	return p, translate(err, nil)
}

func applyLocked(ctx context.Context, conn *sql.Conn, plan func(*db.Live) (*db.Plan, error)) (*db.Plan, error) {
	live, err := introspect(ctx, conn)
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
	statements, err := ddl.Statements(db.SQLite, p)
	if err != nil {
		return p, err
	}
	for i, text := range statements {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return p, fmt.Errorf("sqlite: %s: %w", ddl.Describe(p.Steps[i]), err)
		}
	}
	return p, nil
}

package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// Introspect reports the tables of the connection's database.
func (a *Adapter) Introspect(ctx context.Context) (*db.Live, error) {
	conn, err := a.handle.Conn(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer conn.Close()
	live, err := introspect(ctx, conn)
	return live, translate(err)
}

const columnsText = `SELECT c.table_name, c.column_name, LOWER(c.column_type), c.is_nullable = 'YES',
	c.column_default IS NOT NULL AND c.column_default <> 'NULL' OR c.extra LIKE '%auto_increment%' OR c.extra LIKE '%GENERATED%'
FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`

const indexesText = `SELECT table_name, index_name, non_unique = 0, COALESCE(column_name, ''), sub_part IS NULL AND column_name IS NOT NULL
FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`

func introspect(ctx context.Context, conn *sql.Conn) (*db.Live, error) {
	live, at := &db.Live{}, map[string]int{}
	err := each(ctx, conn, columnsText, func(rows *sql.Rows) error {
		var table string
		var c db.LiveColumn
		if err := rows.Scan(&table, &c.Name, &c.Type, &c.Null, &c.HasDefault); err != nil {
			return err
		}
		i, ok := at[table]
		if !ok {
			i = len(live.Tables)
			at[table] = i
			live.Tables = append(live.Tables, db.LiveTable{Name: table})
		}
		live.Tables[i].Columns = append(live.Tables[i].Columns, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := readIndexes(ctx, conn, live, at); err != nil {
		return nil, err
	}
	for i := range live.Tables {
		t := &live.Tables[i]
		text := "SELECT NOT EXISTS (SELECT 1 FROM " + sqlgen.Quote(db.MySQL, t.Name) + ")"
		// A table that may not be read is one whose rows are not known.
		if err := conn.QueryRowContext(ctx, text).Scan(&t.Empty); err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return live, nil
}

// readIndexes adds the indexes over whole columns.
func readIndexes(ctx context.Context, conn *sql.Conn, live *db.Live, at map[string]int) error {
	type place struct{ table, name string }
	var order []place
	indexes, partial := map[place]*db.LiveIndex{}, map[place]bool{}
	err := each(ctx, conn, indexesText, func(rows *sql.Rows) error {
		var p place
		var column string
		var unique, whole bool
		if err := rows.Scan(&p.table, &p.name, &unique, &column, &whole); err != nil {
			return err
		}
		if indexes[p] == nil {
			indexes[p] = &db.LiveIndex{Name: p.name, Unique: unique}
			order = append(order, p)
		}
		indexes[p].Columns = append(indexes[p].Columns, column)
		partial[p] = partial[p] || !whole
		return nil
	})
	for _, p := range order {
		if i, ok := at[p.table]; ok && !partial[p] {
			live.Tables[i].Indexes = append(live.Tables[i].Indexes, *indexes[p])
		}
	}
	return err
}

func each(ctx context.Context, conn *sql.Conn, text string, fn func(*sql.Rows) error) error {
	rows, err := conn.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// The lock is the server's, so its name tells the database. It may have 64
// characters; MySQL 9.6 and later have no MD5.
const lockName = "CONCAT('watchword:', LEFT(SHA2(DATABASE(), 256), 32))"

// Apply runs a plan's steps under a lock of the server. See [db.Adapter]. When
// a step fails, those before it stay.
func (a *Adapter) Apply(ctx context.Context, plan func(*db.Live) (*db.Plan, error)) (*db.Plan, error) {
	conn, err := a.handle.Conn(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer conn.Close()
	if err := lock(ctx, conn); err != nil {
		return nil, translate(err)
	}
	defer unlock(ctx, conn)
	live, err := introspect(ctx, conn)
	if err != nil {
		return nil, translate(err)
	}
	p, err := plan(live)
	if err != nil || p == nil {
		return p, err
	}
	if err := p.Err(); err != nil {
		return p, err
	}
	statements, err := a.statements(p)
	if err != nil {
		return p, err
	}
	// Old servers make the first timestamp of a table change with each
	// update unless told. Newer ones have no other way, or do not let us ask.
	_, _ = conn.ExecContext(ctx, "SET SESSION explicit_defaults_for_timestamp = 1")
	for _, text := range statements {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return p, translate(err)
		}
	}
	return p, nil
}

func lock(ctx context.Context, conn *sql.Conn) error {
	for {
		var got sql.NullInt64
		// The wait is cut in pieces as the server does not see the context.
		if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+lockName+", 5)").Scan(&got); err != nil {
			return err
		}
		if got.Int64 == 1 {
			return nil
		}
	}
}

// unlock gives the lock back, if need be with the connection itself.
func unlock(ctx context.Context, conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "DO RELEASE_LOCK("+lockName+")"); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// statements writes the plan. Before version 9, MySQL reads a reference in a
// column's definition, as the reference writes it, and forgets it; there it is
// added as a statement of its own.
func (a *Adapter) statements(p *db.Plan) ([]string, error) {
	texts, err := ddl.Statements(db.MySQL, p)
	if err != nil || a.server.inlineFK {
		return texts, err
	}
	q := func(name string) string { return sqlgen.Quote(db.MySQL, name) }
	for _, s := range p.Steps {
		if s.Action == db.CreateIndex {
			continue
		}
		for _, c := range s.Columns {
			if c.References == nil {
				continue
			}
			to := p.Schema.Table(c.References.Table)
			action := c.References.OnDelete
			if action == "" {
				action = "cascade"
			}
			texts = append(texts, "alter table "+q(s.Table.Physical)+" add foreign key ("+q(c.Physical)+") references "+
				q(to.Physical)+" ("+q(to.Column(c.References.Column).Physical)+") on delete "+action)
		}
	}
	return texts, nil
}

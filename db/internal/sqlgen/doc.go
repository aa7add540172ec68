// Package sqlgen turns the statements of package db into SQL for SQLite,
// PostgreSQL and MySQL or MariaDB.
//
// A statement's text depends on its shape alone: table, columns, operators
// and list lengths, never on values. Texts are built once per shape and kept:
//
//	g := sqlgen.New(sqlgen.Options{Dialect: db.SQLite, Returning: true})
//	st, args, err := g.Select(nil, selection)
//	rows, err := handle.QueryContext(ctx, st.Text, args...)
//
// Names are quoted, values are always parameters. Everything here is safe for
// concurrent use.
package sqlgen

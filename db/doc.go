// Package db is the storage contract: typed tables, the statements an engine
// has to run, and the errors it answers with.
//
// A table is declared once per authentication instance, with one accessor per
// column. Rows are plain structs, conditions and assignments are made from
// the columns, so that a wrong name or type does not compile:
//
//	type Note struct{ ID, Text string }
//
//	id := db.ID("id", func(n *Note) *string { return &n.ID }).PrimaryKey()
//	text := db.Text("text", func(n *Note) *string { return &n.Text })
//	notes := db.NewTable("note", nil, id, text)
//
//	note, err := db.One(ctx, x, notes, id.Eq("n1"))
//
// Logical names are those of the code and of JSON; physical names are those of
// the database. They differ only where [Def.Rename] or [Column.Rename] said so.
//
// Tables are changed only while an instance is being assembled. Afterwards
// they, and everything made from them, are safe for concurrent use.
package db

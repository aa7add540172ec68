package dblimit

import "github.com/watchword-auth/watchword/db"

// Table is the reference's table rateLimit, one row for each key. Its Def goes
// into the schema of the instance, where it may be renamed.
type Table struct {
	*db.Table[row]
	id, key     db.Field[row, string]
	count, last db.Field[row, int64]
}

type row struct {
	ID, Key     string
	Count       int64
	LastRequest int64 // Unix milliseconds
}

// NewTable declares the table.
func NewTable() *Table {
	t := &Table{
		id:    db.ID("id", func(r *row) *string { return &r.ID }).PrimaryKey(),
		key:   db.Text("key", func(r *row) *string { return &r.Key }).Unique(),
		count: db.Int("count", func(r *row) *int64 { return &r.Count }),
		last:  db.BigInt("lastRequest", func(r *row) *int64 { return &r.LastRequest }),
	}
	t.Table = db.NewTable("rateLimit", nil, t.id, t.key, t.count, t.last)
	return t
}

package sqlite_test

import (
	"context"
	"fmt"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

func ExampleOpen() {
	type note struct{ ID, Text string }
	id := db.ID("id", func(n *note) *string { return &n.ID }).PrimaryKey()
	text := db.Text("text", func(n *note) *string { return &n.Text })
	notes := db.NewTable("note", nil, id, text)

	store, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	ctx := context.Background()
	schema := &db.Schema{Tables: []*db.Def{notes.Def}}
	_, err = store.Apply(ctx, func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(schema, live, store.Dialect()), nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := db.Create(ctx, store, notes, &note{"n1", "buy milk"}); err != nil {
		fmt.Println(err)
		return
	}
	found, err := db.One(ctx, store, notes, id.Eq("n1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Text)
	// Output: buy milk
}

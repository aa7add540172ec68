package memory_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
)

func ExampleNew() {
	type note struct{ ID, Text string }
	id := db.ID("id", func(n *note) *string { return &n.ID }).PrimaryKey()
	text := db.Text("text", func(n *note) *string { return &n.Text }).Unique()
	notes := db.NewTable("note", nil, id, text)

	ctx, store := context.Background(), memory.New()
	err := store.Transaction(ctx, func(x db.Executor) error {
		if err := db.Create(ctx, x, notes, &note{"1", "buy milk"}); err != nil {
			return err
		}
		return db.Create(ctx, x, notes, &note{"2", "buy milk"})
	})
	left, _ := db.Count(ctx, store, notes)
	fmt.Println(errors.Is(err, db.ErrConflict), left)
	// Output: true 0
}

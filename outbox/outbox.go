// Package outbox keeps what is to be sent in a table until it is sent: it is
// written in the transaction of what it is about, and survives a crash.
//
//	table := outbox.NewTable() // its Def goes into the schema
//	err := table.Add(ctx, tx, &outbox.Entry{Key: key, Payload: payload, DueAt: now, CreatedAt: now})
//	// after the commit, in this instance or in any other:
//	mine, err := table.Claim(ctx, adapter, entry, now.Add(lease))
//
// Of any number of instances that claim an entry one gets it, until its lease
// runs out. An instance that dies between sending and [Table.Done] makes another
// one send again: receivers tell repetitions by the key. What is sent and how is
// the caller's.
package outbox

import (
	"context"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// Entry is something to be sent.
type Entry struct {
	ID        string // made by the database where it is empty
	Key       string // tells repetitions apart; unique
	Payload   string
	Attempts  int64     // that were begun
	DueAt     time.Time // when it is to be sent, or sent again
	CreatedAt time.Time

	due int64 // DueAt as it is stored, in Unix milliseconds
}

// Table is the table outbox. It may be renamed before it goes into a schema.
type Table struct {
	*db.Table[Entry]
	id, key, payload db.Field[Entry, string]
	attempts, due    db.Field[Entry, int64]
	created          db.Field[Entry, time.Time]
}

// NewTable declares the table. Times that are searched for are numbers, which
// every engine finds by an index.
func NewTable() *Table {
	t := &Table{
		id:       db.ID("id", func(e *Entry) *string { return &e.ID }).PrimaryKey(),
		key:      db.Text("key", func(e *Entry) *string { return &e.Key }).Unique(),
		payload:  db.Text("payload", func(e *Entry) *string { return &e.Payload }),
		attempts: db.Int("attempts", func(e *Entry) *int64 { return &e.Attempts }),
		due:      db.BigInt("dueAt", func(e *Entry) *int64 { return &e.due }).Index(),
		created:  db.Time("createdAt", func(e *Entry) *time.Time { return &e.CreatedAt }).NowDefault(),
	}
	t.Table = db.NewTable("outbox", nil, t.id, t.key, t.payload, t.attempts, t.due, t.created)
	return t
}

// Add stores an entry. One with the same key stays as it is.
func (t *Table) Add(ctx context.Context, x db.Executor, e *Entry) error {
	e.due = e.DueAt.UnixMilli()
	_, err := db.CreateIfAbsent(ctx, x, t.Table, e, t.key)
	return err
}

// Due returns entries whose time has come, the longest due first.
func (t *Table) Due(ctx context.Context, x db.Executor, now time.Time, limit int) ([]*Entry, error) {
	entries, err := db.All(ctx, x, t.Table, db.Query[Entry]{Where: []db.Where[Entry]{t.due.Lte(now.UnixMilli())},
		Order: []db.Order[Entry]{t.due.Asc()}, Limit: limit})
	for _, e := range entries {
		e.DueAt = time.UnixMilli(e.due).UTC()
	}
	return entries, err
}

// Claim begins an attempt and reports whether it is the caller's: nobody else
// gets the entry before until.
func (t *Table) Claim(ctx context.Context, x db.Executor, e *Entry, until time.Time) (bool, error) {
	return t.move(ctx, x, e, until, t.attempts.To(e.Attempts+1))
}

// Retry gives up a claim: the entry is due at the given time. It does nothing
// where the lease has run out and another instance has the entry.
func (t *Table) Retry(ctx context.Context, x db.Executor, e *Entry, at time.Time) error {
	_, err := t.move(ctx, x, e, at)
	return err
}

// move is conditional on what was read: of racing callers one succeeds.
func (t *Table) move(ctx context.Context, x db.Executor, e *Entry, to time.Time, set ...db.Assign[Entry]) (bool, error) {
	n, err := db.Update(ctx, x, t.Table, append(set, t.due.To(to.UnixMilli())),
		t.key.Eq(e.Key), t.due.Eq(e.due), t.attempts.Eq(e.Attempts))
	if err != nil || n == 0 {
		return false, err
	}
	if len(set) > 0 {
		e.Attempts++
	}
	e.due, e.DueAt = to.UnixMilli(), to
	return true, nil
}

// Done removes an entry that was sent.
func (t *Table) Done(ctx context.Context, x db.Executor, e *Entry) error {
	_, err := db.Delete(ctx, x, t.Table, t.key.Eq(e.Key))
	return err
}

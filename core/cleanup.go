package core

import (
	"context"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// cleanupBatch bounds the rows one statement deletes, and with them how long
// it holds locks.
const cleanupBatch = 500

// expiring is a table whose rows are of no use after a time.
type expiring[T any] struct {
	table   *db.Table[T]
	id      db.Field[T, string]
	key     func(*T) string
	expires db.Field[T, time.Time]
}

// remove deletes what has expired, in batches, and returns how many rows it
// deleted. Instances that do so at once share the rows. The time stands in
// the deletion again because a row may have been prolonged since it was read.
func (e expiring[T]) remove(ctx context.Context, x db.Executor, now time.Time) (int64, error) {
	var total int64
	for {
		rows, err := db.All(ctx, x, e.table, db.Query[T]{Where: []db.Where[T]{e.expires.Lt(now)}, Limit: cleanupBatch})
		if err != nil || len(rows) == 0 {
			return total, err
		}
		keys := make([]string, len(rows))
		for i, row := range rows {
			keys[i] = e.key(row)
		}
		n, err := db.Delete(ctx, x, e.table, e.id.In(keys...), e.expires.Lt(now))
		total += n
		if err != nil || len(rows) < cleanupBatch {
			return total, err
		}
	}
}

func (t *SessionTable) expiring() expiring[Session] {
	return expiring[Session]{t.Table, t.ID, func(s *Session) string { return s.ID }, t.ExpiresAt}
}

func (t *VerificationTable) expiring() expiring[Verification] {
	return expiring[Verification]{t.Table, t.ID, func(v *Verification) string { return v.ID }, t.ExpiresAt}
}

// Cleanup deletes sessions that have expired from the database and returns
// how many. Rows that the options preserve stay.
func (s Sessions) Cleanup() (int64, error) { return s.c.k.cleanSessions(s.c, s.c.x) }

func (k *Kernel) cleanSessions(ctx context.Context, x db.Executor) (int64, error) {
	preserved := k.options.Session.PreserveSessionInDatabase && k.options.SecondaryStorage != nil
	if !k.sessionsInDatabase() || preserved {
		return 0, nil
	}
	return k.tables.Sessions.expiring().remove(ctx, x, k.now())
}

// Cleanup deletes verifications that have expired and returns how many.
func (s Verifications) Cleanup() (int64, error) { return s.c.k.cleanVerifications(s.c, s.c.x) }

func (k *Kernel) cleanVerifications(ctx context.Context, x db.Executor) (int64, error) {
	if !k.verificationsInDatabase() {
		return 0, nil
	}
	return k.tables.Verifications.expiring().remove(ctx, x, k.now())
}

// Package dblimit counts rate limits in the database, so that all instances
// share them, and instances of Better Auth too.
//
//	table := dblimit.NewTable() // its Def goes into the schema
//	store := dblimit.New(adapter, table, dblimit.Options{})
//
// Each allowed request moves the window of its key, as in ratelimit.Memory. The
// usual request costs one statement, a refused one two.
package dblimit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/secret"
)

// Options tunes a store. The zero value is a sound choice.
type Options struct {
	// Now is the clock, whose instances have to agree on the time to well
	// below a window; nil means time.Now.
	Now func() time.Time
	// NewID makes the key of a new row where the database does not; nil means
	// secret.ID.
	NewID func() string
	// KeepFor is how long a row is kept after its last allowed request, at
	// least; 0 means an hour. Longer windows than that are noticed.
	KeepFor time.Duration
}

// Store is a ratelimit.Store on a database. It is safe for concurrent use.
type Store struct {
	on      db.Executor
	table   *Table
	now     func() time.Time
	newID   func() string
	keepMS  atomic.Int64
	pruneMS atomic.Int64 // when rows may be pruned again
}

var _ ratelimit.Store = (*Store)(nil)

// New returns a store that counts in the table, which has to be there by the
// time of the first request. The executor is usually an adapter.
func New(on db.Executor, table *Table, o Options) *Store {
	s := &Store{on: on, table: table, now: o.Now, newID: o.NewID}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = func() string { return secret.ID(nil) }
	}
	if o.KeepFor <= 0 {
		o.KeepFor = time.Hour
	}
	s.keepMS.Store(o.KeepFor.Milliseconds())
	return s
}

// errContended means that other requests of the key were faster many times
// over: the store cannot say how many were allowed.
var errContended = errors.New("ratelimit: too many requests of one key at once")

// Consume counts one request. Errors are those of the database.
func (s *Store) Consume(ctx context.Context, key string, rule ratelimit.Rule) (ratelimit.Decision, error) {
	if rule.Max <= 0 {
		return ratelimit.Decision{RetryAfter: rule.Window}, nil
	}
	if rule.Window <= 0 {
		return ratelimit.Decision{Allowed: true}, nil
	}
	s.observe(rule.Window)
	key = storable(key)
	decision, err := s.consume(ctx, key, rule)
	if errors.Is(err, db.ErrConflict) {
		// The engine takes the key for another one that it equals by its own
		// rules, such as one in another case. Digests do not.
		return s.consume(ctx, digest(key), rule)
	}
	return decision, err
}

// maxKey is how much text the reference's column holds on MySQL.
const maxKey = 255

// storable returns a key that every engine can hold. The reference would fail
// where this returns a digest.
func storable(key string) string {
	if len(key) <= maxKey && utf8.ValidString(key) && !strings.ContainsRune(key, 0) {
		return key
	}
	return digest(key)
}

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "sha256|" + hex.EncodeToString(sum[:])
}

// consume tries the likeliest statement first, and after each that was of no
// avail looks at what is there. Every statement is conditional on what was
// seen, so one that comes too late changes nothing.
func (s *Store) consume(ctx context.Context, key string, rule ratelimit.Rule) (ratelimit.Decision, error) {
	window, limit := max(rule.Window.Milliseconds(), 1), int64(rule.Max)
	var newest int64
	for range 64 {
		// Time never goes back in a row, so that a late request with an early
		// time does not end the window of others early.
		now := max(s.now().UnixMilli(), newest)
		allowed, err := s.increment(ctx, key, now, window, limit)
		if allowed || err != nil {
			return ratelimit.Decision{Allowed: allowed}, err
		}
		found, err := db.One(ctx, s.on, s.table.Table, s.table.key.Eq(key))
		switch {
		case errors.Is(err, db.ErrNotFound):
			allowed, err = s.create(ctx, key, now)
		case err != nil:
		case expired(found, now, window):
			allowed, err = s.reset(ctx, found, now)
		case found.Count >= limit:
			wait := min(found.LastRequest+window-now, window)
			return ratelimit.Decision{RetryAfter: time.Duration(wait) * time.Millisecond}, nil
		default:
			newest = found.LastRequest
		}
		if allowed || err != nil {
			return ratelimit.Decision{Allowed: allowed}, err
		}
	}
	return ratelimit.Decision{}, errContended
}

// expired tells whether a row's window is over. One that lies in the future by
// more than a window was written by a clock that was wrong.
func expired(r *row, now, window int64) bool {
	return now-r.LastRequest >= window || r.LastRequest-now > window
}

func (s *Store) increment(ctx context.Context, key string, now, window, limit int64) (bool, error) {
	t := s.table
	return db.Increment(ctx, s.on, t.Table, t.count, 1, limit, []db.Assign[row]{t.last.To(now)},
		t.key.Eq(key), t.last.Gt(now-window), t.last.Lte(now))
}

func (s *Store) create(ctx context.Context, key string, now int64) (bool, error) {
	r := &row{Key: key, Count: 1, LastRequest: now}
	if s.table.IDs == db.IDText {
		r.ID = s.newID()
	}
	inserted, err := db.CreateIfAbsent(ctx, s.on, s.table.Table, r, s.table.key)
	if inserted {
		s.prune(ctx, now)
	}
	return inserted, err
}

// reset starts a new window unless another request has changed the row.
func (s *Store) reset(ctx context.Context, seen *row, now int64) (bool, error) {
	t := s.table
	n, err := db.Update(ctx, s.on, t.Table, []db.Assign[row]{t.count.To(1), t.last.To(now)},
		t.key.Eq(seen.Key), t.last.Eq(seen.LastRequest), t.count.Eq(seen.Count))
	if n > 0 {
		s.prune(ctx, now)
	}
	return n > 0, err
}

// observe notes a window that is longer than all before.
func (s *Store) observe(window time.Duration) {
	ms := window.Milliseconds()
	for {
		keep := s.keepMS.Load()
		if ms <= keep || s.keepMS.CompareAndSwap(keep, ms) {
			return
		}
	}
}

// prune removes rows whose windows are long over, at most once a minute. The
// request was counted whatever comes of it, and the next one tries again.
func (s *Store) prune(ctx context.Context, now int64) {
	due := s.pruneMS.Load()
	if now < due || !s.pruneMS.CompareAndSwap(due, now+time.Minute.Milliseconds()) {
		return
	}
	_, _ = db.Delete(ctx, s.on, s.table.Table, s.table.last.Lt(now-s.keepMS.Load()))
}

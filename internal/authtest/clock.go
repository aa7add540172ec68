package authtest

import (
	"context"
	"crypto/subtle"
	"strings"
	"sync/atomic"
	"time"

	"github.com/watchword-auth/watchword/password"
)

// Clock stands still until it is moved. It is safe for concurrent use.
type Clock struct{ milliseconds atomic.Int64 }

// NewClock returns a clock that shows noon of 2 March 2026, UTC.
func NewClock() *Clock {
	c := &Clock{}
	c.milliseconds.Store(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.milliseconds.Load()).UTC() }

// Advance moves the clock by whole milliseconds.
func (c *Clock) Advance(d time.Duration) { c.milliseconds.Add(d.Milliseconds()) }

// Hasher keeps passwords as they are, at no cost, and counts the work that a
// real one would have done. It is safe for concurrent use.
type Hasher struct{ work atomic.Int64 }

var _ password.Hasher = (*Hasher)(nil)

const hashPrefix = "plain:"

// Hash marks the password as stored.
func (h *Hasher) Hash(_ context.Context, password string) (string, error) {
	h.work.Add(1)
	return hashPrefix + password, nil
}

// Verify compares a password with what Hash returned.
func (h *Hasher) Verify(_ context.Context, hash, typed string) (match, stale bool, err error) {
	h.work.Add(1)
	stored, ok := strings.CutPrefix(hash, hashPrefix)
	if !ok {
		return false, false, password.ErrMalformed
	}
	return subtle.ConstantTimeCompare([]byte(stored), []byte(typed)) == 1, false, nil
}

// Work returns how many passwords were hashed or verified while f ran.
func (h *Hasher) Work(f func()) int64 {
	before := h.work.Load()
	f()
	return h.work.Load() - before
}

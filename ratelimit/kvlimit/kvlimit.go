// Package kvlimit counts rate limits in secondary storage, so that all instances
// share them. It is a fixed window: the first request of a key opens it, and it
// ends a window later whatever comes in between.
package kvlimit

import (
	"context"
	"fmt"

	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/ratelimit"
)

// Store is a ratelimit.Store on a kv.Store. Keys are stored as they are given,
// values are plain counters, as the reference has them.
type Store struct{ kv kv.Store }

var _ ratelimit.Store = (*Store)(nil)

// New returns a store that counts in secondary storage, which must not be nil.
func New(secondary kv.Store) *Store { return &Store{kv: secondary} }

// Consume counts one request, refused ones too. A refused client is told to wait a
// whole window: the storage is not asked how much of it is left. Errors are those
// of kv.Store.Increment.
func (s *Store) Consume(ctx context.Context, key string, rule ratelimit.Rule) (ratelimit.Decision, error) {
	if rule.Window <= 0 && rule.Max > 0 {
		// Without an end the counter would stay in the storage for ever.
		return ratelimit.Decision{Allowed: true}, nil
	}
	n, err := s.kv.Increment(ctx, key, rule.Window)
	if err != nil {
		return ratelimit.Decision{}, fmt.Errorf("ratelimit: %w", err)
	}
	if n > int64(rule.Max) {
		return ratelimit.Decision{RetryAfter: rule.Window}, nil
	}
	return ratelimit.Decision{Allowed: true}, nil
}

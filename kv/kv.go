// Package kv is the contract of secondary storage: string values with a time to
// live, and the few atomic steps that sessions, single-use tokens and rate limits
// need. Redis and Valkey are in kv/redis, NewMemory is for one process and for
// tests, and kv/kvtest is the suite every implementation passes.
//
//	store := kv.NewMemory(kv.MemoryOptions{})
//	err := store.Set(ctx, "verification:abc", value, 10*time.Minute)
//	value, ok, err := store.Take(ctx, "verification:abc") // ok for exactly one caller
//
// Keys and values are laid out by the callers, as Better Auth lays them out; a
// store may put a prefix in front of every key and nothing else.
package kv

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrUnavailable is what errors wrap when the storage could not be reached, did
	// not answer in time, or has no room. Whether a write took place is then not
	// known.
	ErrUnavailable = errors.New("kv: storage unavailable")
	// ErrNotInteger is what Increment's error wraps if the value is not a decimal
	// integer, or would overflow 64 bits.
	ErrNotInteger = errors.New("kv: value is not an integer or out of range")
)

// Store is secondary storage.
//
// Every method MUST be safe for concurrent use, MUST be atomic as a whole, and
// MUST return when ctx is done, with an error that wraps ctx.Err(). Values MUST
// come back byte for byte, the empty string included; a key that is absent and one
// that holds "" MUST differ. A key past its time to live MUST be as if it had never
// been set. After a method has returned, every later call in the same process MUST
// see its effect, and other processes soon after, without waiting for a cache to
// run out. A ttl is kept to the millisecond, rounded up; a ttl of 0 or less
// MUST mean that the key does not expire.
type Store interface {
	// Get returns the value of key. It MUST NOT change it or its time to live.
	Get(ctx context.Context, key string) (value string, ok bool, err error)
	// Set stores value under key. It MUST replace value and time to live of a key
	// that exists.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// Delete removes keys. It MUST NOT fail for keys that do not exist, nor without
	// any. It need not be atomic over several keys.
	Delete(ctx context.Context, keys ...string) error
	// Take removes key and returns the value it had. However many callers race,
	// exactly one MUST get ok.
	Take(ctx context.Context, key string) (value string, ok bool, err error)
	// SetIfAbsent stores value if key does not exist, and reports whether it did.
	// It MUST NOT touch a key that exists.
	SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (stored bool, err error)
	// CompareAndSwap replaces the value and time to live of key if it exists and
	// holds old, and reports whether it did. Otherwise it MUST NOT touch the key,
	// and MUST NOT create it.
	CompareAndSwap(ctx context.Context, key, old, next string, ttl time.Duration) (swapped bool, err error)
	// Increment adds 1 to the decimal integer under key and returns the sum. A key
	// that does not exist counts as 0 and MUST get the time to live; that of one that
	// exists MUST stay as it is. A value that is no integer MUST stay as it is.
	Increment(ctx context.Context, key string, ttl time.Duration) (int64, error)
}

package fault

import (
	"context"
	"time"

	"github.com/watchword-auth/watchword/kv"
)

// KV returns the secondary storage with the plan's faults.
func KV(s kv.Store, p *Plan) kv.Store { return &store{s, p} }

type store struct {
	kv   kv.Store
	plan *Plan
}

func (s *store) run(step func() error) error {
	switch s.plan.next() {
	case Refused, Outage:
		return errKV
	case Lost:
		if err := step(); err != nil {
			return err
		}
		return errKV
	}
	return step()
}

// Get implements [kv.Store].
func (s *store) Get(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.run(func() (err error) {
		value, ok, err = s.kv.Get(ctx, key)
		return err
	})
	return value, ok, err
}

// Set implements [kv.Store].
func (s *store) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.run(func() error { return s.kv.Set(ctx, key, value, ttl) })
}

// Delete implements [kv.Store].
func (s *store) Delete(ctx context.Context, keys ...string) error {
	return s.run(func() error { return s.kv.Delete(ctx, keys...) })
}

// Take implements [kv.Store].
func (s *store) Take(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.run(func() (err error) {
		value, ok, err = s.kv.Take(ctx, key)
		return err
	})
	return value, ok, err
}

// SetIfAbsent implements [kv.Store].
func (s *store) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (stored bool, err error) {
	err = s.run(func() (err error) {
		stored, err = s.kv.SetIfAbsent(ctx, key, value, ttl)
		return err
	})
	return stored, err
}

// CompareAndSwap implements [kv.Store].
func (s *store) CompareAndSwap(ctx context.Context, key, old, next string, ttl time.Duration) (swapped bool, err error) {
	err = s.run(func() (err error) {
		swapped, err = s.kv.CompareAndSwap(ctx, key, old, next, ttl)
		return err
	})
	return swapped, err
}

// Increment implements [kv.Store].
func (s *store) Increment(ctx context.Context, key string, ttl time.Duration) (sum int64, err error) {
	err = s.run(func() (err error) {
		sum, err = s.kv.Increment(ctx, key, ttl)
		return err
	})
	return sum, err
}

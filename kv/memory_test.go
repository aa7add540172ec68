package kv_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/kv/kvtest"
)

// movable is a memory store whose clock the suite moves.
type movable struct {
	*kv.Memory
	mu  sync.Mutex
	now time.Time
}

func (m *movable) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func (m *movable) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func TestMemory(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(*testing.T) kv.Store {
		m := &movable{now: time.Unix(1_700_000_000, 0)}
		m.Memory = kv.NewMemory(kv.MemoryOptions{Now: m.clock})
		return m
	})
}

func TestMemoryExpiresExactly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := kv.NewMemory(kv.MemoryOptions{})
		if err := s.Set(t.Context(), "k", "v", time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second - 1)
		if _, ok, _ := s.Get(t.Context(), "k"); !ok {
			t.Error("gone before its time")
		}
		time.Sleep(1)
		if _, ok, _ := s.Get(t.Context(), "k"); ok {
			t.Error("still there at its time")
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := kv.NewMemory(kv.MemoryOptions{MaxKeys: 10})
		fill := func(round string, ttl time.Duration) (stored int) {
			for i := range 20 {
				err := s.Set(t.Context(), round+strconv.Itoa(i), "v", ttl)
				if err == nil {
					stored++
				} else if !errors.Is(err, kv.ErrUnavailable) {
					t.Fatalf("Set: %v; want ErrUnavailable", err)
				}
			}
			return stored
		}
		if n := fill("a", time.Second); n != 10 {
			t.Errorf("stored %d keys; want 10", n)
		}
		if err := s.Set(t.Context(), "a0", "w", time.Second); err != nil {
			t.Errorf("a full store refused to replace a value: %v", err)
		}
		if _, err := s.SetIfAbsent(t.Context(), "new", "v", 0); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("SetIfAbsent: %v; want ErrUnavailable", err)
		}
		if _, err := s.Increment(t.Context(), "new", 0); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("Increment: %v; want ErrUnavailable", err)
		}
		time.Sleep(time.Second)
		if n := fill("b", time.Second); n != 10 {
			t.Errorf("stored %d keys after the first expired; want 10", n)
		}
		if n := s.Len(); n != 10 {
			t.Errorf("Len = %d; want 10", n)
		}
	})
}

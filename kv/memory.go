package kv

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"
)

// MemoryOptions configure NewMemory. The zero value is ready to use.
type MemoryOptions struct {
	// MaxKeys is how many keys are held at most. 0 or less means 1,048,576.
	MaxKeys int
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

// Memory is a Store in this process. Expired keys are dropped by later writes; it
// starts no goroutine and needs no closing.
//
// When it is full and nothing has expired, a write that needs a new key fails with
// ErrUnavailable. It never evicts: a dropped revocation would bring a session back.
type Memory struct {
	now     func() time.Time
	max     int
	mu      sync.Mutex
	entries map[string]*entry
	expiry  expiryHeap
}

var _ Store = (*Memory)(nil)

type entry struct {
	key, value string
	expires    time.Time // zero: never
	index      int       // in the heap, -1 if not in it
}

// NewMemory returns an empty store.
func NewMemory(opt MemoryOptions) *Memory {
	if opt.MaxKeys <= 0 {
		opt.MaxKeys = 1 << 20
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Memory{now: opt.Now, max: opt.MaxKeys, entries: make(map[string]*entry)}
}

// Len returns the number of keys held, also those expired but not yet dropped.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key string) (string, bool, error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.live(key); e != nil {
		return e.value, true, nil
	}
	return "", false, nil
}

// Set implements Store.
func (m *Memory) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(key, value, ttl)
}

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, keys ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if e := m.entries[key]; e != nil {
			m.drop(e)
		}
	}
	return nil
}

// Take implements Store.
func (m *Memory) Take(ctx context.Context, key string) (string, bool, error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.live(key)
	if e == nil {
		return "", false, nil
	}
	m.drop(e)
	return e.value, true, nil
}

// SetIfAbsent implements Store.
func (m *Memory) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live(key) != nil {
		return false, nil
	}
	err := m.put(key, value, ttl)
	return err == nil, err
}

// CompareAndSwap implements Store.
func (m *Memory) CompareAndSwap(ctx context.Context, key, old, next string, ttl time.Duration) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.live(key); e == nil || e.value != old {
		return false, nil
	}
	err := m.put(key, next, ttl)
	return err == nil, err
}

// Increment implements Store.
func (m *Memory) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.live(key)
	if e == nil {
		if err := m.put(key, "1", ttl); err != nil {
			return 0, err
		}
		return 1, nil
	}
	n, err := strconv.ParseInt(e.value, 10, 64)
	if err != nil || n == math.MaxInt64 {
		return 0, fmt.Errorf("increment: %w", ErrNotInteger)
	}
	e.value = strconv.FormatInt(n+1, 10)
	return n + 1, nil
}

// live returns the entry of key unless it has expired.
func (m *Memory) live(key string) *entry {
	e := m.entries[key]
	if e == nil || !e.expires.IsZero() && !m.now().Before(e.expires) {
		return nil
	}
	return e
}

func (m *Memory) put(key, value string, ttl time.Duration) error {
	now := m.now()
	for len(m.expiry) > 0 && !now.Before(m.expiry[0].expires) {
		m.drop(m.expiry[0])
	}
	e := m.entries[key]
	if e == nil {
		if len(m.entries) >= m.max {
			return fmt.Errorf("memory holds %d keys already: %w", m.max, ErrUnavailable)
		}
		e = &entry{key: key, index: -1}
		m.entries[key] = e
	}
	if e.index >= 0 {
		heap.Remove(&m.expiry, e.index)
	}
	e.value, e.expires = value, time.Time{}
	if ttl > 0 {
		e.expires = now.Add(ttl)
		heap.Push(&m.expiry, e)
	}
	return nil
}

func (m *Memory) drop(e *entry) {
	if e.index >= 0 {
		heap.Remove(&m.expiry, e.index)
	}
	delete(m.entries, e.key)
}

// expiryHeap has the entry that expires first at its root.
type expiryHeap []*entry

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].expires.Before(h[j].expires) }

func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *expiryHeap) Push(x any) {
	e := x.(*entry)
	e.index = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	e.index = -1
	return e
}

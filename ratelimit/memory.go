package ratelimit

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

const (
	shardCount = 64
	// MaxKeys is how many keys a Memory holds at most, about 20 MB of them.
	MaxKeys     = 100_000
	maxPerShard = MaxKeys / shardCount
)

// Memory counts in this process. A restart forgets all counts, and several
// instances count each for itself.
//
// Every allowed request moves the window of its key: a client that keeps calling
// is free again only a whole window after its last allowed request.
//
// It holds at most MaxKeys keys. When they are used up and none has expired, the
// key whose last allowed request is the longest ago makes room and starts anew. So
// whoever commands a hundred thousand addresses can wash a limit away, but never
// fill the memory or lock others out.
type Memory struct {
	now    func() time.Time
	seed   maphash.Seed
	shards [shardCount]shard
}

type shard struct {
	mu      sync.Mutex
	entries map[string]*entry
	// A ring in the order of the last allowed request; its next is the oldest.
	ring entry
	// How many keys were added since expired ones were dropped.
	added int
}

type entry struct {
	key        string
	last       time.Time
	expires    time.Time
	count      int
	prev, next *entry
}

// NewMemory returns an empty store. A nil now means time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	m := &Memory{now: now, seed: maphash.MakeSeed()}
	for i := range m.shards {
		s := &m.shards[i]
		s.entries = make(map[string]*entry)
		s.ring.prev, s.ring.next = &s.ring, &s.ring
	}
	return m
}

// Consume counts one request. It never fails, ignores the context, and allocates
// only for a key it does not know.
func (m *Memory) Consume(_ context.Context, key string, rule Rule) (Decision, error) {
	if rule.Max <= 0 {
		return Decision{RetryAfter: rule.Window}, nil
	}
	s := &m.shards[maphash.String(m.seed, key)%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	now := m.now()
	e := s.entries[key]
	switch {
	case e == nil:
		e = s.add(key, now)
		e.count = 1
	case !now.Before(e.expires) || now.Sub(e.last) >= rule.Window:
		e.count = 1
	case e.count >= rule.Max:
		return Decision{RetryAfter: rule.Window - now.Sub(e.last)}, nil
	default:
		e.count++
	}
	e.last, e.expires = now, now.Add(rule.Window)
	e.unlink()
	e.link(&s.ring)
	return Decision{Allowed: true}, nil
}

// Len returns the number of keys held, also those expired but not yet dropped.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.entries)
		s.mu.Unlock()
	}
	return n
}

func (s *shard) add(key string, now time.Time) *entry {
	// Once per so many additions the cost of a sweep is spread thin.
	if s.added++; s.added > 32+len(s.entries)/2 {
		s.added = 0
		for e := s.ring.next; e != &s.ring; {
			next := e.next
			if !now.Before(e.expires) {
				s.drop(e)
			}
			e = next
		}
	}
	if len(s.entries) >= maxPerShard {
		s.drop(s.ring.next)
	}
	e := &entry{key: key}
	e.link(&s.ring)
	s.entries[key] = e
	return e
}

func (s *shard) drop(e *entry) {
	e.unlink()
	delete(s.entries, e.key)
}

func (e *entry) unlink() {
	e.prev.next, e.next.prev = e.next, e.prev
}

// link puts e at the newest end of the ring.
func (e *entry) link(ring *entry) {
	e.prev, e.next = ring.prev, ring
	ring.prev.next, ring.prev = e, e
}

package redis

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// caches are the caches of all open connections. rueidis has a cache of its own,
// but no way to drop a key from it, and after a write the invalidation may reach
// this process later than the answer.
type caches struct {
	mu  sync.RWMutex
	all map[*cache]struct{}
	max int
}

func newCaches(maxKeys int) *caches {
	return &caches{all: make(map[*cache]struct{}), max: maxKeys}
}

func (cs *caches) open(rueidis.CacheStoreOption) rueidis.CacheStore {
	c := &cache{
		owner:   cs,
		max:     cs.max,
		values:  make(map[string]*list.Element),
		flights: make(map[string]*flight),
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.all[c] = struct{}{}
	return c
}

// forget drops the value of a key this process has just written.
func (cs *caches) forget(key string) {
	cs.mu.RLock()
	defer cs.mu.RUnlock()
	for c := range cs.all {
		c.forget(key)
	}
}

// cache holds the values of one connection, the most recently used ones. It serves
// GET only, so the command is no part of its keys. Absent keys are not held: who
// asks for random ones must not push out those in use.
type cache struct {
	owner   *caches
	max     int
	mu      sync.Mutex
	values  map[string]*list.Element
	recent  list.List // of *cached, the least recently used in front
	flights map[string]*flight
	closed  bool
}

type cached struct {
	key     string
	message rueidis.RedisMessage
	expires int64 // Unix milliseconds
}

// flight is a request under way. done is closed when message or err is set.
type flight struct {
	done    chan struct{}
	message rueidis.RedisMessage
	err     error
	expires int64
}

// Wait implements rueidis.CacheEntry.
func (f *flight) Wait(ctx context.Context) (rueidis.RedisMessage, error) {
	select {
	case <-ctx.Done():
		return rueidis.RedisMessage{}, ctx.Err()
	case <-f.done:
		return f.message, f.err
	}
}

// Flight implements rueidis.CacheStore.
func (c *cache) Flight(key, _ string, ttl time.Duration, now time.Time) (rueidis.RedisMessage, rueidis.CacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element := c.values[key]; element != nil {
		if hit := element.Value.(*cached); now.UnixMilli() < hit.expires {
			c.recent.MoveToBack(element)
			return hit.message, nil
		}
		c.remove(element)
	}
	if f := c.flights[key]; f != nil {
		return rueidis.RedisMessage{}, f
	}
	if !c.closed {
		c.flights[key] = &flight{done: make(chan struct{}), expires: now.Add(ttl).UnixMilli()}
	}
	return rueidis.RedisMessage{}, nil
}

// Update implements rueidis.CacheStore.
func (c *cache) Update(key, _ string, message rueidis.RedisMessage) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.flights[key]
	if f == nil {
		return 0
	}
	delete(c.flights, key)
	expires := f.expires
	if server := message.CachePXAT(); server > 0 {
		expires = min(expires, server)
	}
	f.message = message
	close(f.done)
	if message.IsNil() {
		return expires
	}
	c.values[key] = c.recent.PushBack(&cached{key: key, message: message, expires: expires})
	if c.recent.Len() > c.max {
		c.remove(c.recent.Front())
	}
	return expires
}

// Cancel implements rueidis.CacheStore.
func (c *cache) Cancel(key, _ string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[key]; f != nil {
		delete(c.flights, key)
		f.err = err
		close(f.done)
	}
}

// Delete implements rueidis.CacheStore. Nil keys mean all.
func (c *cache) Delete(keys []rueidis.RedisMessage) {
	if keys == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		clear(c.values)
		c.recent.Init()
		return
	}
	for _, message := range keys {
		if key, err := message.ToString(); err == nil {
			c.forget(key)
		}
	}
}

// Close implements rueidis.CacheStore.
func (c *cache) Close(err error) {
	c.mu.Lock()
	c.closed = true
	for _, f := range c.flights {
		f.err = err
		close(f.done)
	}
	clear(c.flights)
	clear(c.values)
	c.recent.Init()
	c.mu.Unlock()

	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	delete(c.owner.all, c)
}

func (c *cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element := c.values[key]; element != nil {
		c.remove(element)
	}
}

func (c *cache) remove(element *list.Element) {
	delete(c.values, element.Value.(*cached).key)
	c.recent.Remove(element)
}

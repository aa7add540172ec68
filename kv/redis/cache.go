package redis

import (
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
		values:  newLRU(cs.max),
		absent:  newLRU(cs.max),
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

// cache holds the values of one connection, and keys that were found to be
// absent, which the server reports too once they are set. It serves GET only, so
// the command is no part of its keys. Absent keys have a list of their own: who
// asks for random ones must not push out the values in use.
type cache struct {
	owner   *caches
	mu      sync.Mutex
	values  *lru
	absent  *lru
	flights map[string]*flight
	closed  bool
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
	if message, ok := c.values.get(key, now); ok {
		return message, nil
	}
	if message, ok := c.absent.get(key, now); ok {
		return message, nil
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
		c.absent.put(key, message, expires)
	} else {
		c.values.put(key, message, expires)
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
		c.clear()
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
	c.clear()
	c.mu.Unlock()

	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	delete(c.owner.all, c)
}

func (c *cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values.drop(key)
	c.absent.drop(key)
}

func (c *cache) clear() {
	c.values.clear()
	c.absent.clear()
}

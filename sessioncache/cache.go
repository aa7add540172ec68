package sessioncache

import (
	"context"
	"sync"

	"github.com/watchword-auth/watchword/db"
)

// Options configure a [Cache].
type Options[V any] struct {
	// Watch begins to follow the database. It is called once, at the first
	// read; an error means that nothing is ever kept.
	Watch func() (db.Watch, error)
	Limits[V]
}

// Limits bound what is kept.
type Limits[V any] struct {
	Entries int         // 0 means 10,000
	Bytes   int         // by Size, and keys; 0 means 16 MiB
	Size    func(V) int // how many bytes a value takes
}

// Cache reads through to a database. Make one with [New].
type Cache[V any] struct {
	open  func() (db.Watch, error)
	once  sync.Once
	watch db.Watch

	mu      sync.Mutex
	version uint64 // that the values are good for
	values  generations[V]
}

// New returns a cache that is empty. It opens nothing before the first read.
func New[V any](o Options[V]) *Cache[V] {
	return &Cache[V]{open: o.Watch, values: newGenerations(o.Limits)}
}

func (c *Cache[V]) begin() {
	c.once.Do(func() {
		if watch, err := c.open(); err == nil {
			c.watch = watch
		}
	})
}

// Read returns the value of a key: what is kept, or else what load reads from
// the database, which is kept where load returns no error. The database is
// asked whether it has changed before it is read.
func (c *Cache[V]) Read(ctx context.Context, key string, load func() (V, error)) (V, error) {
	if c.begin(); c.watch == nil {
		return load()
	}
	version, known := c.watch.Version(ctx)
	if !known {
		return load()
	}
	if v, ok := c.get(version, key); ok {
		return v, nil
	}
	v, err := load()
	if err == nil {
		c.put(version, key, v)
	}
	return v, err
}

// Close ends the watch. Later reads all go to the database.
func (c *Cache[V]) Close() error {
	c.once.Do(func() {}) // what was not begun is not begun any more
	if c.watch == nil {
		return nil
	}
	return c.watch.Close()
}

func (c *Cache[V]) get(version uint64, key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version > c.version {
		c.version = version
		c.values.clear()
	}
	if version < c.version {
		return v, false // somebody saw a later state meanwhile
	}
	return c.values.get(key)
}

func (c *Cache[V]) put(version uint64, key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version == c.version {
		c.values.put(key, v)
	}
}

package redis_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/kv/kvtest"
	"github.com/watchword-auth/watchword/kv/redis"
)

// open returns stores that share one random prefix in a real Redis.
func open(t *testing.T, opts ...redis.Options) []*redis.Store {
	t.Helper()
	url := os.Getenv("WATCHWORD_TEST_REDIS")
	if url == "" {
		url = "redis://127.0.0.1:6379"
	}
	prefix := "watchword-test:" + rand.Text() + ":"
	stores := make([]*redis.Store, len(opts))
	for i, opt := range opts {
		opt.URL, opt.Prefix = url, prefix
		s, err := redis.New(opt)
		if err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("no Redis at WATCHWORD_TEST_REDIS: %v", err)
		} else if err != nil {
			t.Skipf("SKIPPED, NOT TESTED: no Redis at WATCHWORD_TEST_REDIS: %v", err)
		}
		t.Cleanup(s.Close)
		stores[i] = s
	}
	return stores
}

func TestStore(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(t *testing.T) kv.Store {
		s := open(t, redis.Options{})[0]
		if !s.Cached() {
			t.Fatal("reads are not cached")
		}
		return s
	})
}

func TestStoreWithoutCache(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(t *testing.T) kv.Store { return open(t, redis.Options{CacheTTL: -1})[0] })
}

// A value that one process has cached must vanish there when another deletes it.
func TestInvalidation(t *testing.T) {
	t.Parallel()
	stores := open(t, redis.Options{CacheTTL: time.Hour}, redis.Options{CacheTTL: time.Hour})
	reader, writer := stores[0], stores[1]
	ctx := t.Context()
	for name, revoke := range map[string]func(key string) error{
		"delete": func(key string) error { return writer.Delete(ctx, key) },
		"set":    func(key string) error { return writer.Set(ctx, key, "revoked", time.Hour) },
		"take":   func(key string) error { _, _, err := writer.Take(ctx, key); return err },
		"expiry": func(key string) error { return writer.Set(ctx, key, "session", time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := writer.Set(ctx, name, "session", time.Hour); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				if got, _, err := reader.Get(ctx, name); got != "session" || err != nil {
					t.Fatalf("Get = %q, %v", got, err)
				}
			}
			if err := revoke(name); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
				got, _, err := reader.Get(ctx, name)
				if err != nil {
					t.Fatal(err)
				}
				if got != "session" {
					return
				}
				if time.Now().After(deadline) {
					t.Fatal("the reader still has the revoked value")
				}
			}
		})
	}
}

// Readers fill the cache all the time; what a writer reads after its own write must
// still never be older than that write.
func TestReadOwnWritesUnderLoad(t *testing.T) {
	t.Parallel()
	s := open(t, redis.Options{})[0]
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				_, _, _ = s.Get(ctx, "k")
			}
		})
	}
	for i := range 300 {
		value := strconv.Itoa(i)
		if err := s.Set(t.Context(), "k", value, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Get(t.Context(), "k"); got != value || err != nil {
			t.Fatalf("Get = %q, %v after Set(%q)", got, err, value)
		}
	}
	stop()
	wg.Wait()
}

// The cache stays small, and what it dropped is read from the server.
func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t, redis.Options{CacheKeys: 3})[0]
	for round := range 3 {
		for i := range 10 {
			key := strconv.Itoa(i)
			if round == 0 {
				if err := s.Set(t.Context(), key, key, time.Minute); err != nil {
					t.Fatal(err)
				}
			}
			if got, _, err := s.Get(t.Context(), key); got != key || err != nil {
				t.Fatalf("Get(%q) = %q, %v", key, got, err)
			}
		}
	}
}

// Readers share one request; that its first reader goes away must not fail others.
func TestOneReaderLeaves(t *testing.T) {
	t.Parallel()
	s := open(t, redis.Options{})[0]
	if err := s.Set(t.Context(), "k", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%2 == 0 {
				go cancel()
			}
			defer cancel()
			got, _, err := s.Get(ctx, "k")
			if i%2 != 0 && (got != "v" || err != nil) {
				t.Errorf("Get = %q, %v", got, err)
			}
		})
	}
	wg.Wait()
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, addr := range map[string]string{"silent": silent.Addr().String(), "closed": closed.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := redis.New(redis.Options{
				Addresses: []string{addr}, DialTimeout: 200 * time.Millisecond, Timeout: 200 * time.Millisecond,
			})
			if !errors.Is(err, kv.ErrUnavailable) {
				t.Errorf("New: %v; want ErrUnavailable", err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("New took %v", took)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := open(t, redis.Options{})[0]
	s.Close()
	if _, _, err := s.Get(t.Context(), "k"); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Get after Close: %v; want ErrUnavailable", err)
	}
	if err := s.Set(t.Context(), "k", "v", 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set after Close: %v; want ErrUnavailable", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, opt := range []redis.Options{{}, {URL: "http://x"}, {URL: "redis://user:hunter2@[::/0"}} {
		if _, err := redis.New(opt); err == nil || errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("New(%+v): %v; want an error about the options", opt, err)
		}
	}
}

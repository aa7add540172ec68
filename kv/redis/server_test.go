//go:build unix

package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/kv/redis"
)

const short = 200 * time.Millisecond

func connect(t *testing.T, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	began := time.Now()
	for !condition() {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("%s: not after %v", what, time.Since(began))
		}
		time.Sleep(time.Millisecond)
	}
}

// TestLossOfServer kills a server, or stops it from running while its connections
// stay open. Calls fail in no time once the circuit is open, and go through again
// when the server is back, without anybody asking for that.
func TestLossOfServer(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct{ lose, back func(*testenv.Own) }{
		"killed":  {(*testenv.Own).Kill, (*testenv.Own).Start},
		"stopped": {(*testenv.Own).Pause, (*testenv.Own).Resume},
	} {
		for _, cacheTTL := range []time.Duration{0, -1} {
			t.Run(fmt.Sprint(name, cacheTTL), func(t *testing.T) {
				t.Parallel()
				server := testenv.OwnRedis(t)
				s := connect(t, redis.Options{URL: server.URL, Timeout: short, DialTimeout: short, CacheTTL: cacheTTL})
				if err := s.Set(t.Context(), "k", "v", time.Hour); err != nil {
					t.Fatal(err)
				}
				how.lose(server)
				calls := []func() error{
					func() error { return s.Set(t.Context(), "n", "1", 0) },
					func() error { _, err := s.Increment(t.Context(), "n", time.Hour); return err },
					func() error { _, _, err := s.Take(t.Context(), "n"); return err },
					func() error { _, err := s.SetIfAbsent(t.Context(), "n", "1", 0); return err },
					func() error { _, err := s.CompareAndSwap(t.Context(), "n", "1", "2", 0); return err },
					func() error { return s.Delete(t.Context(), "n") },
					func() error { _, _, err := s.Get(t.Context(), "k"); return err },
				}
				for range 2 {
					for i, call := range calls {
						began := time.Now()
						if err := call(); !errors.Is(err, kv.ErrUnavailable) {
							t.Errorf("call %d: %v; want ErrUnavailable", i, err)
						}
						if took := time.Since(began); took > 3*time.Second {
							t.Errorf("call %d took %v", i, took)
						}
					}
				}
				began := time.Now()
				for range 1000 {
					for i, call := range calls {
						if err := call(); !errors.Is(err, kv.ErrUnavailable) {
							t.Fatalf("call %d: %v; want ErrUnavailable", i, err)
						}
					}
				}
				if took := time.Since(began); took > 5*time.Second { // they would wait for twenty minutes
					t.Errorf("7000 calls of a server that is gone took %v", took)
				}
				how.back(server)
				eventually(t, "recovery", func() bool { return s.Set(t.Context(), "k", "w", time.Hour) == nil })
				if got, _, err := s.Get(t.Context(), "k"); got != "w" || err != nil {
					t.Errorf("Get = %q, %v", got, err)
				}
			})
		}
	}
}

// TestLostInvalidation has a reader miss what others did while its connection was
// gone: its cache must have gone with it.
func TestLostInvalidation(t *testing.T) {
	t.Parallel()
	server := testenv.OwnRedis(t, "--appendonly", "yes", "--appendfsync", "always")
	reader := connect(t, redis.Options{URL: server.URL, CacheTTL: time.Hour})
	for _, key := range []string{"session", "other"} {
		if err := reader.Set(t.Context(), key, "alive", time.Hour); err != nil {
			t.Fatal(err)
		}
		if got, _, err := reader.Get(t.Context(), key); got != "alive" || err != nil {
			t.Fatalf("Get = %q, %v", got, err)
		}
	}
	if _, ok, err := reader.Get(t.Context(), "mark"); ok || err != nil {
		t.Fatalf("Get of an absent key = %v, %v", ok, err)
	}
	server.Kill()
	server.Start()
	eventually(t, "loading", func() bool { return !strings.Contains(ask(t, server, "INFO", "persistence"), "loading:1") })
	writer := connect(t, redis.Options{URL: server.URL})
	if err := errors.Join(writer.Delete(t.Context(), "session"), writer.Set(t.Context(), "mark", "revoked", time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if got, ok, err := reader.Get(t.Context(), "session"); err == nil && ok {
			t.Fatalf("Get = %q after another deleted it", got)
		}
		if _, ok, err := reader.Get(t.Context(), "mark"); err == nil && !ok {
			t.Fatal("a key that another has set is still absent")
		}
	}
	eventually(t, "reconnection", func() bool { _, ok, err := reader.Get(t.Context(), "mark"); return ok && err == nil })
	if got, _, err := reader.Get(t.Context(), "other"); got != "alive" || err != nil {
		t.Errorf("what nobody deleted: %q, %v", got, err)
	}
}

// TestSilentCut cuts a reader off without either side noticing. What it has cached
// must not outlive the keep-alive by much: the cache's time to live is an hour.
func TestSilentCut(t *testing.T) {
	t.Parallel()
	open(t, redis.Options{}) // skips where there is no Redis
	w, prefix := newWire(t, ""), "watchword-test:"+t.Name()+":"
	reader := connect(t, redis.Options{Addresses: []string{w.listener.Addr().String()}, Prefix: prefix, CacheTTL: time.Hour})
	writer := connect(t, redis.Options{URL: testenv.Redis(), Prefix: prefix})
	if err := writer.Set(t.Context(), "k", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	if got, _, err := reader.Get(t.Context(), "k"); got != "v" || err != nil {
		t.Fatalf("Get = %q, %v", got, err)
	}
	w.stalled.Store(true)
	if err := writer.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	began, last := time.Now(), time.Duration(0)
	eventually(t, "the end of the cache", func() bool {
		_, ok, _ := reader.Get(t.Context(), "k")
		if ok {
			last = time.Since(began)
		}
		return !ok
	})
	if last > 5*time.Second {
		t.Errorf("a value that was deleted was read for %v", last)
	}
}

// TestNoRoundTrips counts what a server is asked for keys that were read before,
// absent ones too.
func TestNoRoundTrips(t *testing.T) {
	t.Parallel()
	server := testenv.OwnRedis(t)
	s := connect(t, redis.Options{URL: server.URL})
	if err := s.Set(t.Context(), "there", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		for key, want := range map[string]bool{"there": true, "absent": false} {
			if _, ok, err := s.Get(t.Context(), key); ok != want || err != nil {
				t.Fatalf("Get(%q) = %v, %v", key, ok, err)
			}
		}
	}
	if stats := ask(t, server, "INFO", "commandstats"); !strings.Contains(stats, "cmdstat_get:calls=2,") {
		t.Errorf("the server was asked more than once for each key:\n%s", stats)
	}
}

// TestACLWithoutTracking logs in as a user who may not use client tracking.
func TestACLWithoutTracking(t *testing.T) {
	t.Parallel()
	server := testenv.OwnRedis(t)
	ask(t, server, "ACL", "SETUSER", "app", "on", ">hunter2", "~*", "&*", "+@all", "-client|tracking")
	s := connect(t, redis.Options{URL: server.URL, Username: "app", Password: "hunter2"})
	if s.Cached() {
		t.Error("Cached, although the user may not use tracking")
	}
	writer := connect(t, redis.Options{URL: server.URL})
	if !writer.Cached() {
		t.Error("not Cached, although the user may use tracking")
	}
	for _, value := range []string{"a", "b"} {
		if err := writer.Set(t.Context(), "k", value, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Get(t.Context(), "k"); got != value || err != nil {
			t.Errorf("Get = %q, %v; want %q at once", got, err, value)
		}
	}
	if _, err := redis.New(redis.Options{URL: server.URL, Username: "app", Password: "wrong"}); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("a wrong password: %v", err)
	}
}

// ask sends a command that the store has no use for.
func ask(t *testing.T, server *testenv.Own, command ...string) string {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Address}, DisableCache: true, ForceSingleClient: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	text, err := client.Do(t.Context(), client.B().Arbitrary(command...).Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

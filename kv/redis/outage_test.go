package redis_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/kv/redis"
)

// wire is a connection to Redis that can be made to swallow everything.
type wire struct {
	listener net.Listener
	stalled  atomic.Bool
	refuse   string // a command answered with an error instead
}

func newWire(t *testing.T, refuse string) *wire {
	t.Helper()
	backend := strings.TrimPrefix(os.Getenv("WATCHWORD_TEST_REDIS"), "redis://")
	if backend == "" || strings.ContainsAny(backend, "@/") {
		backend = "127.0.0.1:6379"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, refuse: refuse}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", backend)
			if err != nil {
				_ = client.Close()
				continue
			}
			wg.Go(func() { w.copy(server, client) })
			wg.Go(func() { w.copy(client, server) })
		}
	})
	return w
}

func (w *wire) copy(to, from net.Conn) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		data := buf[:n]
		if w.refuse != "" { // a name of the same length that Redis does not know
			data = []byte(strings.ReplaceAll(string(data), w.refuse, strings.Repeat("X", len(w.refuse))))
		}
		if !w.stalled.Load() {
			if _, err := to.Write(data); err != nil && !errors.Is(err, io.EOF) {
				return
			}
		}
	}
}

func TestStalledServer(t *testing.T) {
	t.Parallel()
	open(t, redis.Options{}) // skips where there is no Redis
	w := newWire(t, "")
	s, err := redis.New(redis.Options{
		Addresses: []string{w.listener.Addr().String()}, Prefix: "watchword-test:" + t.Name() + ":",
		DialTimeout: 300 * time.Millisecond, Timeout: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Set(t.Context(), "k", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	w.stalled.Store(true)
	start := time.Now()
	_, _, getErr := s.Get(t.Context(), "k")
	_, _, takeErr := s.Take(t.Context(), "k")
	_, incrementErr := s.Increment(t.Context(), "n", time.Minute)
	for op, err := range map[string]error{
		"Get": getErr, "Take": takeErr, "Increment": incrementErr,
		"Set": s.Set(t.Context(), "k", "w", 0), "Delete": s.Delete(t.Context(), "k"), "Ping": s.Ping(t.Context()),
	} {
		if !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("%s: %v; want ErrUnavailable", op, err)
		}
	}
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("six calls took %v", took)
	}
	w.stalled.Store(false)
	for deadline := time.Now().Add(5 * time.Second); s.Ping(t.Context()) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no recovery after the outage")
		}
	}
}

func TestTrackingRefused(t *testing.T) {
	t.Parallel()
	open(t, redis.Options{})
	w := newWire(t, "TRACKING")
	s, err := redis.New(redis.Options{
		Addresses: []string{w.listener.Addr().String()}, Prefix: "watchword-test:" + t.Name() + ":",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Cached() {
		t.Error("Cached although the server refuses tracking")
	}
	if err := s.Set(t.Context(), "k", "v", time.Second); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Get(t.Context(), "k"); got != "v" || err != nil {
		t.Errorf("Get = %q, %v", got, err)
	}
}

package kvlimit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/ratelimit/kvlimit"
)

func TestFixedWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		secondary := kv.NewMemory(kv.MemoryOptions{})
		s := kvlimit.New(secondary)
		rule := ratelimit.Rule{Window: 10 * time.Second, Max: 2}
		for i, step := range []struct {
			wait    time.Duration
			allowed bool
		}{{0, true}, {6 * time.Second, true}, {0, false}, {3 * time.Second, false}, {time.Second, true}} {
			time.Sleep(step.wait)
			d, err := s.Consume(t.Context(), "203.0.113.9|/x", rule)
			if err != nil || d.Allowed != step.allowed || !d.Allowed && d.Seconds() != 10 {
				t.Fatalf("step %d: %+v, %v; want %t", i, d, err, step.allowed)
			}
		}
		if got, _, _ := secondary.Get(t.Context(), "203.0.113.9|/x"); got != "1" {
			t.Errorf("stored %q; want the plain counter 1", got)
		}
	})
}

func TestRace(t *testing.T) {
	t.Parallel()
	s := kvlimit.New(kv.NewMemory(kv.MemoryOptions{}))
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			d, err := s.Consume(t.Context(), "k", ratelimit.Rule{Window: time.Hour, Max: 3})
			if err != nil {
				t.Error(err)
			}
			if d.Allowed {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 3 {
		t.Errorf("%d requests allowed; want 3", n)
	}
}

func TestOddRulesAndErrors(t *testing.T) {
	t.Parallel()
	secondary := kv.NewMemory(kv.MemoryOptions{})
	s := kvlimit.New(secondary)
	if d, err := s.Consume(t.Context(), "k", ratelimit.Rule{Window: time.Minute}); d.Allowed || err != nil {
		t.Errorf("a maximum of 0: %+v, %v; want refusal", d, err)
	}
	if d, err := s.Consume(t.Context(), "endless", ratelimit.Rule{Max: 1}); !d.Allowed || err != nil {
		t.Errorf("a window of 0: %+v, %v", d, err)
	}
	if _, ok, _ := secondary.Get(t.Context(), "endless"); ok {
		t.Error("a counter that never ends was stored")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := s.Consume(ctx, "k", ratelimit.Rule{Window: time.Minute, Max: 1}); d.Allowed || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v; want an error", d, err)
	}
}

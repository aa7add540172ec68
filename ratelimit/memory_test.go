package ratelimit_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/ratelimit"
)

func Example() {
	rules, err := ratelimit.NewRules(ratelimit.RulesOptions{})
	if err != nil {
		panic(err)
	}
	store := ratelimit.NewMemory(nil)
	rule, _ := rules.For(nil, "/sign-in/email")
	for range 4 {
		d, _ := store.Consume(context.Background(), ratelimit.Key("203.0.113.9", "/sign-in/email"), rule)
		fmt.Println(d.Allowed, d.Seconds())
	}
	// Output:
	// true 0
	// true 0
	// true 0
	// false 10
}

func consume(t *testing.T, s ratelimit.Store, key string, rule ratelimit.Rule) ratelimit.Decision {
	t.Helper()
	d, err := s.Consume(t.Context(), key, rule)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMemoryWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ratelimit.NewMemory(nil)
		rule := ratelimit.Rule{Window: 10 * time.Second, Max: 3}
		for _, step := range []struct {
			wait    time.Duration
			allowed bool
			seconds int64
		}{
			{0, true, 0},
			{4 * time.Second, true, 0},
			{9 * time.Second, true, 0},                       // 9 s after the last one: still the same window
			{1500 * time.Millisecond, false, 9},              // 8.5 s left, rounded up
			{8*time.Second + 499*time.Millisecond, false, 1}, // a refused request did not move it
			{time.Millisecond, true, 0},                      // exactly a window after the last allowed one
			{0, true, 0},
			{0, true, 0},
			{0, false, 10},
		} {
			time.Sleep(step.wait)
			d := consume(t, s, "k", rule)
			if d.Allowed != step.allowed || d.Seconds() != step.seconds {
				t.Fatalf("after %v: %+v, %d s; want %t, %d s", step.wait, d, d.Seconds(), step.allowed, step.seconds)
			}
		}
		if d := consume(t, s, "other", rule); !d.Allowed {
			t.Error("keys share a count")
		}
	})
}

func TestMemoryOddRules(t *testing.T) {
	t.Parallel()
	s := ratelimit.NewMemory(nil)
	if d := consume(t, s, "none", ratelimit.Rule{Window: time.Minute}); d.Allowed || d.RetryAfter != time.Minute {
		t.Errorf("a maximum of 0: %+v; want refusal for a minute", d)
	}
	for range 3 {
		if d := consume(t, s, "no window", ratelimit.Rule{Max: 1}); !d.Allowed {
			t.Error("a window of 0 filled")
		}
	}
}

func TestMemoryRace(t *testing.T) {
	t.Parallel()
	s := ratelimit.NewMemory(nil)
	rule := ratelimit.Rule{Window: time.Hour, Max: 100}
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 50 {
				if consume(t, s, "k", rule).Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 100 {
		t.Errorf("%d requests allowed; want 100", n)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ratelimit.NewMemory(nil)
		rule := ratelimit.Rule{Window: time.Minute, Max: 1}
		for i := range 3 * ratelimit.MaxKeys {
			consume(t, s, strconv.Itoa(i), rule)
		}
		if n := s.Len(); n > ratelimit.MaxKeys || n < ratelimit.MaxKeys*9/10 {
			t.Errorf("%d keys held; want nearly %d", n, ratelimit.MaxKeys)
		}
		if consume(t, s, strconv.Itoa(3*ratelimit.MaxKeys-1), rule).Allowed {
			t.Error("the newest key was evicted")
		}
		time.Sleep(time.Minute)
		for i := range ratelimit.MaxKeys {
			consume(t, s, "new"+strconv.Itoa(i%1000), rule)
		}
		for i := range ratelimit.MaxKeys {
			consume(t, s, "newer"+strconv.Itoa(i), ratelimit.Rule{Window: 1, Max: 1})
			if i%1000 == 0 {
				time.Sleep(time.Second)
			}
		}
		if n := s.Len(); n > ratelimit.MaxKeys/5 {
			t.Errorf("%d keys held although nearly all have expired", n)
		}
	})
}

func TestMemoryDoesNotAllocate(t *testing.T) {
	s := ratelimit.NewMemory(nil)
	rule := ratelimit.Rule{Window: time.Hour, Max: 1 << 30}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Consume(ctx, "k", rule) }); n != 0 {
		t.Errorf("%v allocations for a known key; want 0", n)
	}
}

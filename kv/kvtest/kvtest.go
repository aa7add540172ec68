// Package kvtest is the suite that every kv.Store passes.
//
//	func TestStore(t *testing.T) {
//		kvtest.Run(t, func(t *testing.T) kv.Store { return mystore.New(…) })
//	}
package kvtest

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/kv"
)

// Advancer is implemented by stores whose clock the suite can move. With any other
// store it waits.
type Advancer interface {
	Advance(d time.Duration)
}

// Run checks that stores keep every promise of kv.Store. newStore returns an empty
// store, or one whose keys nobody else uses, and cleans up with t.Cleanup. It is
// called once for each test; tests run in parallel.
func Run(t *testing.T, newStore func(t *testing.T) kv.Store) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s kv.Store)
	}{
		{"Get", testGet},
		{"Values", testValues},
		{"Delete", testDelete},
		{"Take", testTake},
		{"SetIfAbsent", testSetIfAbsent},
		{"CompareAndSwap", testCompareAndSwap},
		{"Increment", testIncrement},
		{"IncrementText", testIncrementText},
		{"Expiry", testExpiry},
		{"ExpiryKept", testExpiryKept},
		{"ReadOwnWrites", testReadOwnWrites},
		{"Context", testContext},
		{"RaceTake", raceTake},
		{"RaceSetIfAbsent", raceSetIfAbsent},
		{"RaceCompareAndSwap", raceCompareAndSwap},
		{"RaceIncrement", raceIncrement},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newStore(t))
		})
	}
}

const racers = 64

// race calls f from many goroutines at once and returns how often it was true.
func race(t *testing.T, f func(i int) (bool, error)) int {
	t.Helper()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		wins  int
		start = make(chan struct{})
	)
	for i := range racers {
		wg.Go(func() {
			<-start
			won, err := f(i)
			if err != nil {
				t.Errorf("racer %d: %v", i, err)
			}
			if won {
				mu.Lock()
				wins++
				mu.Unlock()
			}
		})
	}
	close(start)
	wg.Wait()
	return wins
}

func advance(s kv.Store, d time.Duration) {
	if a, ok := s.(Advancer); ok {
		a.Advance(d)
		return
	}
	time.Sleep(d)
}

func set(t *testing.T, s kv.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, value, ttl); err != nil {
		t.Fatalf("Set(%q): %v", key, err)
	}
}

// want checks that key holds value.
func want(t *testing.T, s kv.Store, key, value string) {
	t.Helper()
	got, ok, err := s.Get(t.Context(), key)
	if got != value || !ok || err != nil {
		t.Fatalf("Get(%q) = %q, %t, %v; want %q, true, nil", key, got, ok, err, value)
	}
}

// wantNone checks that key is absent.
func wantNone(t *testing.T, s kv.Store, key string) {
	t.Helper()
	got, ok, err := s.Get(t.Context(), key)
	if got != "" || ok || err != nil {
		t.Fatalf("Get(%q) = %q, %t, %v; want absent", key, got, ok, err)
	}
}

func wantBool(t *testing.T, what string, want bool) func(got bool, err error) {
	t.Helper()
	return func(got bool, err error) {
		t.Helper()
		if got != want || err != nil {
			t.Fatalf("%s = %t, %v; want %t, nil", what, got, err, want)
		}
	}
}

func raceTake(t *testing.T, s kv.Store) {
	for round := range 5 {
		key := "once" + strconv.Itoa(round)
		set(t, s, key, "code", time.Minute)
		wins := race(t, func(int) (bool, error) {
			_, ok, err := s.Take(t.Context(), key)
			return ok, err
		})
		if wins != 1 {
			t.Fatalf("%d callers took the key; want 1", wins)
		}
	}
}

func raceSetIfAbsent(t *testing.T, s kv.Store) {
	wins := race(t, func(i int) (bool, error) {
		return s.SetIfAbsent(t.Context(), "lock", strconv.Itoa(i), time.Minute)
	})
	if wins != 1 {
		t.Fatalf("%d callers created the key; want 1", wins)
	}
}

// raceCompareAndSwap counts with swaps: a lost update would show in the sum.
func raceCompareAndSwap(t *testing.T, s kv.Store) {
	set(t, s, "sum", "0", time.Minute)
	race(t, func(int) (bool, error) {
		for {
			old, _, err := s.Get(t.Context(), "sum")
			if err != nil {
				return false, err
			}
			n, err := strconv.Atoi(old)
			if err != nil {
				return false, err
			}
			if ok, err := s.CompareAndSwap(t.Context(), "sum", old, strconv.Itoa(n+1), time.Minute); ok || err != nil {
				return ok, err
			}
		}
	})
	want(t, s, "sum", strconv.Itoa(racers))
}

func raceIncrement(t *testing.T, s kv.Store) {
	var seen sync.Map
	race(t, func(int) (bool, error) {
		n, err := s.Increment(t.Context(), "hits", time.Minute)
		if _, twice := seen.LoadOrStore(n, true); twice {
			return false, errors.New("two callers got the sum " + strconv.FormatInt(n, 10))
		}
		return true, err
	})
	want(t, s, "hits", strconv.Itoa(racers))
}

func testContext(t *testing.T, s kv.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, getErr := s.Get(ctx, "k")
	_, _, takeErr := s.Take(ctx, "k")
	_, absentErr := s.SetIfAbsent(ctx, "k", "v", 0)
	_, swapErr := s.CompareAndSwap(ctx, "k", "v", "w", 0)
	_, incrementErr := s.Increment(ctx, "k", 0)
	for op, err := range map[string]error{
		"Get": getErr, "Take": takeErr, "SetIfAbsent": absentErr, "CompareAndSwap": swapErr, "Increment": incrementErr,
		"Set": s.Set(ctx, "k", "v", 0), "Delete": s.Delete(ctx, "k"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v; want context.Canceled", op, err)
		}
	}
	wantNone(t, s, "k")
}

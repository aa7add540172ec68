package core_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
)

// everyStore runs a test wherever verifications are kept.
func everyStore(t *testing.T, test func(t *testing.T, s *authtest.Server)) {
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) { test(t, authtest.New(t, engine)) })
	t.Run("secondary", func(t *testing.T) {
		t.Parallel()
		test(t, authtest.New(t, func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) }))
	})
}

func typed(code string) func(string) (bool, error) {
	return func(stored string) (bool, error) { return stored == code, nil }
}

func TestGuess(t *testing.T) {
	t.Parallel()
	everyStore(t, func(t *testing.T, s *authtest.Server) {
		v := s.Context().Verifications()
		want := func(err, wanted error) {
			t.Helper()
			if !errors.Is(err, wanted) {
				t.Fatalf("%v, want %v", err, wanted)
			}
		}
		want(v.Redeem("x", 3, typed("a:b")), core.ErrGuessUnknown)
		want(v.CreateCode("x", "old", time.Hour), nil)
		want(v.CreateCode("x", "a:b", time.Hour), nil)
		for range 10 {
			_, err := v.Guess("x", 3, typed("a:b"))
			want(err, nil)
		}
		want(v.Redeem("x", 3, typed("old")), core.ErrGuessWrong)
		want(v.Redeem("x", 3, typed("")), core.ErrGuessWrong)
		want(v.Redeem("x", 3, typed("a:b")), nil)
		want(v.Redeem("x", 3, typed("a:b")), core.ErrGuessUnknown)

		want(v.CreateCode("x", "1", time.Hour), nil)
		for range 3 {
			want(v.Redeem("x", 3, typed("2")), core.ErrGuessWrong)
		}
		want(v.Redeem("x", 3, typed("1")), core.ErrGuessExhausted)
		want(v.Redeem("x", 3, typed("1")), core.ErrGuessUnknown)
	})
}

func TestGuessExpires(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		v := s.Context().Verifications()
		if err := v.CreateCode("x", "1", time.Minute); err != nil {
			t.Fatal(err)
		}
		found, err := v.Guess("x", 3, typed("1"))
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := v.Prolong(found, time.Hour); !ok || err != nil {
			t.Fatal(ok, err)
		}
		s.Clock.Advance(time.Hour - time.Second)
		if _, err := v.Guess("x", 3, typed("1")); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(2 * time.Second)
		for _, want := range []error{core.ErrGuessExpired, core.ErrGuessUnknown} {
			if _, err := v.Guess("x", 3, typed("1")); !errors.Is(err, want) {
				t.Fatalf("%v, want %v", err, want)
			}
		}
	})
}

// However many guess at once, no more guesses are looked at than allowed, and
// of those who know the code one redeems it.
func TestGuessRaces(t *testing.T) {
	t.Parallel()
	everyStore(t, func(t *testing.T, s *authtest.Server) {
		v := s.Context().Verifications()
		race := func(code string) (looked, right int) {
			if err := v.CreateCode("x", "1", time.Hour); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			var mu sync.Mutex
			for range 64 {
				wg.Go(func() {
					err := s.Context().Verifications().Redeem("x", 3, func(stored string) (bool, error) {
						mu.Lock()
						looked++
						mu.Unlock()
						return stored == code, nil
					})
					if err == nil {
						mu.Lock()
						right++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			return looked, right
		}
		if looked, right := race("2"); looked != 3 || right != 0 {
			t.Errorf("%d wrong guesses were looked at, %d were right", looked, right)
		}
		if looked, right := race("1"); looked > 3 || right != 1 {
			t.Errorf("of %d right guesses that were looked at %d redeemed the code", looked, right)
		}
	})
}

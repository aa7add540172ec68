package kvtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/kv"
)

func testGet(t *testing.T, s kv.Store) {
	wantNone(t, s, "k")
	set(t, s, "k", "v", 0)
	want(t, s, "k", "v")
	set(t, s, "k", "w", time.Minute)
	want(t, s, "k", "w")
	wantNone(t, s, "K")
}

func testValues(t *testing.T, s kv.Store) {
	for i, value := range []string{
		"", " ", "\x00\xff\xfe", "ü\r\n$5", `{"session":{}}`, strings.Repeat("x", 1<<20),
	} {
		key := fmt.Sprintf("203.0.113.7|/päth %d\r\n", i)
		set(t, s, key, value, time.Minute)
		want(t, s, key, value)
	}
}

func testDelete(t *testing.T, s kv.Store) {
	set(t, s, "a", "1", 0)
	set(t, s, "b", "2", time.Minute)
	set(t, s, "c", "3", 0)
	want(t, s, "a", "1")
	for _, keys := range [][]string{nil, {"nothing"}, {"a", "b", "nothing"}, {"a"}} {
		if err := s.Delete(t.Context(), keys...); err != nil {
			t.Fatalf("Delete(%q): %v", keys, err)
		}
	}
	wantNone(t, s, "a")
	wantNone(t, s, "b")
	want(t, s, "c", "3")
}

func testTake(t *testing.T, s kv.Store) {
	if _, ok, err := s.Take(t.Context(), "k"); ok || err != nil {
		t.Fatalf("Take of an absent key: %t, %v", ok, err)
	}
	for _, value := range []string{"v", ""} {
		set(t, s, "k", value, time.Minute)
		want(t, s, "k", value)
		if got, ok, err := s.Take(t.Context(), "k"); got != value || !ok || err != nil {
			t.Fatalf("Take = %q, %t, %v; want %q, true, nil", got, ok, err, value)
		}
		wantNone(t, s, "k")
		if _, ok, err := s.Take(t.Context(), "k"); ok || err != nil {
			t.Fatalf("second Take: %t, %v", ok, err)
		}
	}
}

func testSetIfAbsent(t *testing.T, s kv.Store) {
	wantBool(t, "SetIfAbsent of a new key", true)(s.SetIfAbsent(t.Context(), "k", "", 0))
	want(t, s, "k", "")
	wantBool(t, "SetIfAbsent of a key that exists", false)(s.SetIfAbsent(t.Context(), "k", "w", 0))
	want(t, s, "k", "")
}

func testCompareAndSwap(t *testing.T, s kv.Store) {
	wantBool(t, "swap of an absent key", false)(s.CompareAndSwap(t.Context(), "k", "", "v", 0))
	wantNone(t, s, "k")
	set(t, s, "k", "v", 0)
	wantBool(t, "swap of another value", false)(s.CompareAndSwap(t.Context(), "k", "V", "w", 0))
	want(t, s, "k", "v")
	wantBool(t, "swap", true)(s.CompareAndSwap(t.Context(), "k", "v", "w", 0))
	want(t, s, "k", "w")
}

func testIncrement(t *testing.T, s kv.Store) {
	for sum := int64(1); sum <= 3; sum++ {
		if got, err := s.Increment(t.Context(), "k", time.Minute); got != sum || err != nil {
			t.Fatalf("Increment = %d, %v; want %d, nil", got, err, sum)
		}
	}
	want(t, s, "k", "3")
	set(t, s, "k", "-1", 0)
	if got, err := s.Increment(t.Context(), "k", 0); got != 0 || err != nil {
		t.Fatalf("Increment of -1 = %d, %v; want 0, nil", got, err)
	}
	want(t, s, "k", "0")
	const large = "9007199254740993" // one more than a float64 holds
	set(t, s, "k", large, 0)
	if got, err := s.Increment(t.Context(), "k", 0); got != 9007199254740994 || err != nil {
		t.Fatalf("Increment of %s = %d, %v", large, got, err)
	}
}

func testIncrementText(t *testing.T, s kv.Store) {
	for _, value := range []string{"one", "1.5", "", "9223372036854775807"} {
		set(t, s, "k", value, 0)
		if n, err := s.Increment(t.Context(), "k", 0); !errors.Is(err, kv.ErrNotInteger) {
			t.Fatalf("Increment of %q = %d, %v; want ErrNotInteger", value, n, err)
		}
		want(t, s, "k", value)
	}
}

const (
	short = 200 * time.Millisecond
	past  = short + 50*time.Millisecond
)

func testExpiry(t *testing.T, s kv.Store) {
	set(t, s, "k", "v", short)
	set(t, s, "taken", "v", short)
	set(t, s, "for ever", "v", 0)
	set(t, s, "negative", "v", -time.Second)
	set(t, s, "count", "5", short)
	set(t, s, "absent", "v", short)
	want(t, s, "k", "v")
	advance(s, past)
	wantNone(t, s, "k")
	if _, ok, err := s.Take(t.Context(), "taken"); ok || err != nil {
		t.Fatalf("Take of an expired key: %t, %v", ok, err)
	}
	wantBool(t, "swap of an expired key", false)(s.CompareAndSwap(t.Context(), "k", "v", "w", 0))
	wantBool(t, "SetIfAbsent of an expired key", true)(s.SetIfAbsent(t.Context(), "absent", "w", 0))
	if n, err := s.Increment(t.Context(), "count", 0); n != 1 || err != nil {
		t.Fatalf("Increment of an expired key = %d, %v; want 1, nil", n, err)
	}
	want(t, s, "for ever", "v")
	want(t, s, "negative", "v")
}

// testExpiryKept checks which calls set a time to live and which leave it alone.
func testExpiryKept(t *testing.T, s kv.Store) {
	ctx := t.Context()
	set(t, s, "longer", "v", short)
	set(t, s, "longer", "v", time.Minute)
	set(t, s, "unlimited", "v", short)
	set(t, s, "unlimited", "v", 0)
	set(t, s, "swapped", "v", short)
	wantBool(t, "swap", true)(s.CompareAndSwap(ctx, "swapped", "v", "v", 0))
	set(t, s, "swapped short", "v", 0)
	wantBool(t, "swap", true)(s.CompareAndSwap(ctx, "swapped short", "v", "v", short))
	set(t, s, "not swapped", "v", short)
	wantBool(t, "swap", false)(s.CompareAndSwap(ctx, "not swapped", "w", "v", time.Minute))
	set(t, s, "not absent", "v", short)
	wantBool(t, "SetIfAbsent", false)(s.SetIfAbsent(ctx, "not absent", "w", time.Minute))
	set(t, s, "zero", "0", 0)
	for key, ttl := range map[string]time.Duration{"window": short, "zero": short} {
		for range 2 {
			if _, err := s.Increment(ctx, key, ttl); err != nil {
				t.Fatal(err)
			}
			ttl = time.Minute
		}
	}
	want(t, s, "window", "2")
	advance(s, past)
	for key, value := range map[string]string{"longer": "v", "unlimited": "v", "swapped": "v", "zero": "2"} {
		want(t, s, key, value)
	}
	for _, key := range []string{"swapped short", "not swapped", "not absent", "window"} {
		wantNone(t, s, key)
	}
}

// testReadOwnWrites reads, so that a cache may hold the value, then writes in every
// way there is, and reads again at once.
func testReadOwnWrites(t *testing.T, s kv.Store) {
	ctx := t.Context()
	for range 100 {
		set(t, s, "k", "1", time.Minute)
		want(t, s, "k", "1")
		set(t, s, "k", "2", time.Minute)
		want(t, s, "k", "2")
		if _, err := s.Increment(ctx, "k", 0); err != nil {
			t.Fatal(err)
		}
		want(t, s, "k", "3")
		wantBool(t, "swap", true)(s.CompareAndSwap(ctx, "k", "3", "4", time.Minute))
		want(t, s, "k", "4")
		if _, ok, err := s.Take(ctx, "k"); !ok || err != nil {
			t.Fatalf("Take: %t, %v", ok, err)
		}
		wantNone(t, s, "k")
		wantBool(t, "SetIfAbsent", true)(s.SetIfAbsent(ctx, "k", "5", time.Minute))
		want(t, s, "k", "5")
		if err := s.Delete(ctx, "k"); err != nil {
			t.Fatal(err)
		}
		wantNone(t, s, "k")
	}
}

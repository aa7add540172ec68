package dblimit_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/ratelimit/dblimit"
)

// engines open two adapters on one database.
var engines = map[string]func(*testing.T) (db.Adapter, db.Adapter){
	"memory": func(*testing.T) (db.Adapter, db.Adapter) {
		a := memory.New()
		return a, a
	},
	"sqlite": func(t *testing.T) (db.Adapter, db.Adapter) {
		path := filepath.Join(t.TempDir(), "limits.db")
		return pair(t, func() (db.Adapter, error) { return sqlite.Open(path, sqlite.Options{}) })
	},
	"postgres": func(t *testing.T) (db.Adapter, db.Adapter) {
		url := testenv.Postgres(t)
		return pair(t, func() (db.Adapter, error) {
			return postgres.Open(t.Context(), url, postgres.Options{MaxConns: 6})
		})
	},
	"mysql": func(t *testing.T) (db.Adapter, db.Adapter) {
		source := testenv.MySQL(t)
		return pair(t, func() (db.Adapter, error) { return mysql.Open(t.Context(), source, mysql.Options{MaxConns: 6}) })
	},
}

func pair(t *testing.T, open func() (db.Adapter, error)) (a, b db.Adapter) {
	t.Helper()
	for _, to := range []*db.Adapter{&a, &b} {
		opened, err := open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = opened.Close() })
		*to = opened
	}
	return a, b
}

func each(t *testing.T, fn func(t *testing.T, a, b db.Adapter, table *dblimit.Table)) {
	t.Helper()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := open(t)
			table := dblimit.NewTable()
			schema := &db.Schema{Tables: []*db.Def{table.Def}}
			_, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
				return db.MakePlan(schema, live, a.Dialect()), nil
			})
			if err != nil {
				t.Fatal(err)
			}
			fn(t, a, b, table)
		})
	}
}

type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time       { return time.UnixMilli(c.ms.Load()) }
func (c *clock) add(by time.Duration) { c.ms.Add(by.Milliseconds()) }

func TestSlidingWindow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b db.Adapter, table *dblimit.Table) {
		c := newClock()
		stores := []*dblimit.Store{
			dblimit.New(a, table, dblimit.Options{Now: c.now}), dblimit.New(b, table, dblimit.Options{Now: c.now}),
		}
		rule := ratelimit.Rule{Window: 10 * time.Second, Max: 3}
		for i, step := range []struct {
			wait    time.Duration
			allowed bool
			retry   int64
		}{
			{0, true, 0}, {9 * time.Second, true, 0}, {9 * time.Second, true, 0}, // each one moves the window
			{0, false, 10}, {1500 * time.Millisecond, false, 9}, // a refused one does not
			{8499 * time.Millisecond, false, 1}, {time.Millisecond, true, 0},
			{0, true, 0}, {0, true, 0}, {0, false, 10},
		} {
			c.add(step.wait)
			d, err := stores[i%2].Consume(t.Context(), "203.0.113.9|/sign-in/email", rule)
			if err != nil || d.Allowed != step.allowed || d.Seconds() != step.retry {
				t.Fatalf("step %d: %+v, %v; want %t, %d", i, d, err, step.allowed, step.retry)
			}
		}
		if d, err := stores[0].Consume(t.Context(), "203.0.113.9|/other", rule); err != nil || !d.Allowed {
			t.Errorf("another key: %+v, %v", d, err)
		}
	})
}

func TestRules(t *testing.T) {
	t.Parallel()
	s := dblimit.New(memory.New(), dblimit.NewTable(), dblimit.Options{})
	for range 3 {
		if d, err := s.Consume(t.Context(), "k", ratelimit.Rule{Window: time.Second}); err != nil || d.Allowed || d.RetryAfter != time.Second {
			t.Errorf("a Max of 0: %+v, %v", d, err)
		}
		if d, err := s.Consume(t.Context(), "k", ratelimit.Rule{Max: 1}); err != nil || !d.Allowed {
			t.Errorf("a Window of 0: %+v, %v", d, err)
		}
	}
}

// TestRace lets 64 callers loose through two adapters, on a key that is new and
// on one whose window is over.
func TestRace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b db.Adapter, table *dblimit.Table) {
		c := newClock()
		stores := []*dblimit.Store{
			dblimit.New(a, table, dblimit.Options{Now: c.now}), dblimit.New(b, table, dblimit.Options{Now: c.now}),
		}
		rule := ratelimit.Rule{Window: 10 * time.Second, Max: 7}
		for round := range 3 {
			if got := race(t, stores, rule); got != 7 {
				t.Errorf("round %d: %d requests were allowed, want 7", round, got)
			}
			c.add(rule.Window)
		}
	})
}

// TestRaceWithTime has the clock tick meanwhile, so that requests with an
// early time arrive late.
func TestRaceWithTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b db.Adapter, table *dblimit.Table) {
		c := newClock()
		ticking := func() time.Time { return time.UnixMilli(c.ms.Add(1)) }
		stores := []*dblimit.Store{
			dblimit.New(a, table, dblimit.Options{Now: ticking}), dblimit.New(b, table, dblimit.Options{Now: ticking}),
		}
		if got := race(t, stores, ratelimit.Rule{Window: time.Hour, Max: 20}); got != 20 {
			t.Errorf("%d requests were allowed, want 20", got)
		}
	})
}

func race(t *testing.T, stores []*dblimit.Store, rule ratelimit.Rule) int64 {
	t.Helper()
	var allowed atomic.Int64
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range 64 {
		group.Go(func() {
			<-start
			d, err := stores[i%len(stores)].Consume(t.Context(), "203.0.113.9|/x", rule)
			if err != nil {
				t.Error(err)
			}
			if d.Allowed {
				allowed.Add(1)
			} else if d.RetryAfter <= 0 || d.RetryAfter > rule.Window {
				t.Errorf("refused for %v", d.RetryAfter)
			}
		})
	}
	close(start)
	group.Wait()
	return allowed.Load()
}

// TestHostileKeys covers keys that an engine cannot hold, or takes for others.
func TestHostileKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, _ db.Adapter, table *dblimit.Table) {
		s := dblimit.New(a, table, dblimit.Options{})
		rule := ratelimit.Rule{Window: time.Hour, Max: 1}
		for _, key := range []string{
			"ip|/path", "ip|/PATH", "ip|/path ", "ip|/påth", "ip|/" + strings.Repeat("x", 10_000), "ip|/" + strings.Repeat("x", 10_001),
			"ip|/\x00", "ip|/\xff", "ip|/'; drop table rateLimit; --", "",
		} {
			for n, want := range []bool{true, false, false} {
				d, err := s.Consume(t.Context(), key, rule)
				if err != nil || d.Allowed != want {
					t.Errorf("request %d of %.40q: %+v, %v; want %t", n, key, d, err, want)
				}
			}
		}
	})
}

func TestPrune(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, _ db.Adapter, table *dblimit.Table) {
		c := newClock()
		s := dblimit.New(a, table, dblimit.Options{Now: c.now, KeepFor: time.Minute})
		consume := func(key string, window time.Duration) {
			t.Helper()
			if d, err := s.Consume(t.Context(), key, ratelimit.Rule{Window: window, Max: 5}); err != nil || !d.Allowed {
				t.Fatalf("%+v, %v", d, err)
			}
		}
		rows := func() int64 {
			t.Helper()
			n, err := db.Count(t.Context(), a, table.Table)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		consume("old", 10*time.Second)
		c.add(2 * time.Minute)
		consume("new", 10*time.Second)
		if n := rows(); n != 1 {
			t.Errorf("%d rows, want only the new one", n)
		}
		consume("long", 30*time.Minute)
		c.add(10 * time.Minute)
		consume("newer", 10*time.Second)
		if n := rows(); n != 3 {
			t.Errorf("%d rows; none may go while the longest window lasts", n)
		}
	})
}

// A clock that was wrong must not lock a key for longer than a window.
func TestFuture(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := dblimit.New(memory.New(), dblimit.NewTable(), dblimit.Options{Now: c.now})
	rule := ratelimit.Rule{Window: 10 * time.Second, Max: 1}
	c.add(24 * time.Hour)
	for _, want := range []bool{true, false} {
		if d, err := s.Consume(t.Context(), "k", rule); err != nil || d.Allowed != want {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	c.add(-24 * time.Hour)
	if d, err := s.Consume(t.Context(), "k", rule); err != nil || !d.Allowed {
		t.Errorf("after the clock was set right: %+v, %v", d, err)
	}
}

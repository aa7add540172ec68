package dbtest

import (
	"errors"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// watchCases run where the adapter is a [db.Watcher] that can tell.
var watchCases = []testCase{
	{"changes", testWatchChanges},
	{"nothing is planned twice", testWatchedPlan},
}

func testWatchChanges(t *testing.T, a db.Adapter) {
	s := newSlots()
	s.Watched = true
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"), newSlot("c"), newSlot("d"))
	watch := watched(t, a, s.Def)
	version := func() uint64 {
		t.Helper()
		v, known := watch.Version(t.Context())
		if !known {
			t.Fatal("not known any more")
		}
		return v
	}
	set := func(x db.Executor, key string, n int64) error {
		_, err := db.Update(t.Context(), x, s.Table, []db.Assign[slot]{s.count.To(n)}, s.id.Eq(key))
		return err
	}
	for name, change := range map[string]func() error{
		"update": func() error { return set(a, "a", 7) },
		"delete": func() error { _, err := db.Delete(t.Context(), a, s.Table, s.id.Eq("b")); return err },
		"take":   func() error { _, err := db.Take(t.Context(), a, s.Table, s.id.Eq("c")); return err },
		"transaction": func() error {
			return a.Transaction(t.Context(), func(x db.Executor) error { return set(x, "d", 8) })
		},
	} {
		before := version()
		must(t, change())
		if after := version(); after <= before {
			t.Errorf("%s: version %d after %d", name, after, before)
		}
	}
	// What others told of these changes may arrive later, but it ends.
	for start := time.Now(); ; {
		before := version()
		time.Sleep(20 * time.Millisecond)
		if version() == before {
			break
		}
		if time.Since(start) > 5*time.Second {
			t.Fatal("the version rises though nothing is written")
		}
	}
	undone := errors.New("undone")
	if err := a.Transaction(t.Context(), func(x db.Executor) error {
		must(t, set(x, "a", 9))
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	version()
	must(t, watch.Close())
	if _, known := watch.Version(t.Context()); known {
		t.Error("a closed watch still tells")
	}
}

// watched begins to watch and waits until the watch tells.
func watched(t *testing.T, a db.Adapter, defs ...*db.Def) db.Watch {
	t.Helper()
	watcher, ok := a.(db.Watcher)
	if !ok {
		t.Skip("the engine cannot be watched")
	}
	watch, err := watcher.Watch(defs, func(err error) { t.Logf("watching: %v", err) })
	if err != nil {
		t.Skipf("the engine cannot be watched: %v", err)
	}
	t.Cleanup(func() { _ = watch.Close() })
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if _, known := watch.Version(t.Context()); known {
			return watch
		}
		if time.Since(start) > 10*time.Second {
			t.Fatal("the watch does not begin")
		}
	}
}

func testWatchedPlan(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	s.Watched = true
	for round := range 2 {
		plan, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
			return db.MakePlan(&db.Schema{Tables: []*db.Def{s.Def}}, live, a.Dialect()), nil
		})
		must(t, err)
		for _, step := range plan.Steps {
			if round == 1 || step.Action != db.AnnounceChanges {
				t.Errorf("round %d: step %+v", round, step)
			}
		}
	}
}

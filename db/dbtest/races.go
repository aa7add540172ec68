package dbtest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

// racers is how many callers each race test lets loose at once.
const racers = 64

var raceCases = []testCase{
	{"take", testRaceTake},
	{"take several", testRaceTakeSeveral},
	{"take within transactions", testRaceTakeTransaction},
	{"guarded update", testRaceUpdate},
	{"increment", testRaceIncrement},
	{"insert if absent", testRaceInsert},
	{"unique insert", testRaceUnique},
	{"mixed", testRaceMixed},
}

// race calls fn from many goroutines that start together.
func race(fn func(i int)) { raceOf(racers, fn) }

func raceOf(callers int, fn func(i int)) {
	var ready, group sync.WaitGroup
	start := make(chan struct{})
	ready.Add(callers)
	for i := range callers {
		group.Go(func() {
			ready.Done()
			<-start
			fn(i)
		})
	}
	ready.Wait()
	close(start)
	group.Wait()
}

func testRaceTake(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	for round := range 3 {
		mustCreate(t, a, s.Table, newSlot("a"))
		var won atomic.Int64
		race(func(int) {
			rows, err := db.Take(t.Context(), a, s.Table, s.code.Eq("code a"))
			if err != nil {
				t.Errorf("Take: %v", err)
			}
			won.Add(int64(len(rows)))
		})
		if won.Load() != 1 {
			t.Fatalf("round %d: the row was handed over %d times", round, won.Load())
		}
	}
}

func testRaceTakeSeveral(t *testing.T, a db.Adapter) {
	const rows = 10
	s := newSlots()
	migrate(t, a, s.Def)
	for i := range rows {
		mustCreate(t, a, s.Table, newSlot(numbered("r", i)))
	}
	var mu sync.Mutex
	times := map[string]int{}
	race(func(int) {
		taken, err := db.Take(t.Context(), a, s.Table, s.area.Eq("area"))
		if err != nil {
			t.Errorf("Take: %v", err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range taken {
			times[r.ID]++
		}
	})
	if len(times) != rows {
		t.Errorf("%d of %d rows were handed over", len(times), rows)
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s was handed over %d times", id, n)
		}
	}
}

func testRaceTakeTransaction(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("sum"))
	race(func(int) {
		err := a.Transaction(t.Context(), func(x db.Executor) error {
			rows, err := db.Take(t.Context(), x, s.Table, s.id.Eq("a"))
			if err != nil || len(rows) == 0 {
				return err
			}
			_, err = db.Increment(t.Context(), x, s.Table, s.count, 1, 1000, nil, s.id.Eq("sum"))
			return err
		})
		if err != nil {
			t.Errorf("Transaction: %v", err)
		}
	})
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if got.ID != "sum" || got.Count != 1 {
		t.Errorf("after the race: %+v, want one take", got)
	}
}

func testRaceUpdate(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	var won, by atomic.Int64
	race(func(i int) {
		n, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.count.To(int64(i) + 1)}, s.id.Eq("a"), s.count.Eq(0))
		if err != nil {
			t.Errorf("Update: %v", err)
		}
		won.Add(n)
		if n == 1 {
			by.Store(int64(i) + 1)
		}
	})
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if won.Load() != 1 || got.Count != by.Load() {
		t.Errorf("%d callers won, the last of them %d; stored is %d", won.Load(), by.Load(), got.Count)
	}
}

func testRaceIncrement(t *testing.T, a db.Adapter) {
	const limit = 10
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	var won atomic.Int64
	race(func(i int) {
		ok, err := db.Increment(t.Context(), a, s.Table, s.count, 1, limit, []db.Assign[slot]{s.last.To(int64(i))}, s.id.Eq("a"))
		if err != nil {
			t.Errorf("Increment: %v", err)
		}
		if ok {
			won.Add(1)
		}
	})
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if won.Load() != limit || got.Count != limit {
		t.Errorf("%d callers were let through to a count of %d; the limit is %d", won.Load(), got.Count, limit)
	}
}

func testRaceInsert(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	var won atomic.Int64
	var winner atomic.Value
	race(func(i int) {
		row := newSlot(numbered("i", i))
		row.Code = "one"
		inserted, err := db.CreateIfAbsent(t.Context(), a, s.Table, row, s.code)
		if err != nil {
			t.Errorf("CreateIfAbsent: %v", err)
		}
		if inserted {
			won.Add(1)
			winner.Store(row.ID)
		}
	})
	rows, err := db.All(t.Context(), a, s.Table, db.Query[slot]{})
	must(t, err)
	if won.Load() != 1 || len(rows) != 1 || rows[0].ID != winner.Load() {
		t.Errorf("%d callers inserted, %d rows are there", won.Load(), len(rows))
	}
}

func testRaceUnique(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	var won atomic.Int64
	race(func(i int) {
		row := newSlot(numbered("u", i))
		row.Place = "one"
		switch err := db.Create(t.Context(), a, s.Table, row); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, db.ErrConflict):
			t.Errorf("Create: %v, want ErrConflict", err)
		}
	})
	if n, err := db.Count(t.Context(), a, s.Table); err != nil || n != 1 || won.Load() != 1 {
		t.Errorf("%d callers won, %d rows are there, %v", won.Load(), n, err)
	}
}

// testRaceMixed has transactions touch two rows in opposite order: an engine
// that finds them in each other's way must let one try again. There are few,
// since servers take a second to notice.
func testRaceMixed(t *testing.T, a db.Adapter) {
	const callers = 8
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"))
	raceOf(callers, func(i int) {
		order := []string{"a", "b"}
		if i%2 == 1 {
			order[0], order[1] = order[1], order[0]
		}
		err := a.Transaction(t.Context(), func(x db.Executor) error {
			for _, id := range order {
				if _, err := db.Increment(t.Context(), x, s.Table, s.count, 1, 1000, nil, s.id.Eq(id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("Transaction: %v", err)
		}
	})
	rows, err := db.All(t.Context(), a, s.Table, db.Query[slot]{})
	must(t, err)
	for _, r := range rows {
		if r.Count != callers {
			t.Errorf("%s counts %d, want %d", r.ID, r.Count, callers)
		}
	}
}

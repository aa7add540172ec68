package dbtest

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

var writeCases = []testCase{
	{"insert if absent", testInsertIfAbsent},
	{"guarded update", testGuardedUpdate},
	{"update counts what matched", testMatched},
	{"add", testAdd},
	{"increment", testIncrement},
	{"take", testTake},
	{"context", testContext},
}

func testInsertIfAbsent(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	first := newSlot("a")
	inserted, err := db.CreateIfAbsent(t.Context(), a, s.Table, first, s.code)
	if err != nil || !inserted {
		t.Fatalf("first: %v, %v", inserted, err)
	}
	second := newSlot("b")
	second.Code, second.Count = first.Code, 9
	inserted, err = db.CreateIfAbsent(t.Context(), a, s.Table, second, s.code)
	if err != nil || inserted {
		t.Errorf("second: %v, %v; want false", inserted, err)
	}
	rows, err := db.All(t.Context(), a, s.Table, db.Query[slot]{})
	must(t, err)
	if len(rows) != 1 || rows[0].ID != "a" || rows[0].Count != 0 {
		t.Errorf("the row was touched: %+v", rows)
	}
	inserted, err = db.CreateIfAbsent(t.Context(), a, s.Table, newSlot("a"), s.id)
	if err != nil || inserted {
		t.Errorf("by key: %v, %v; want false", inserted, err)
	}
	// Any other rule still counts.
	third := newSlot("a")
	third.ID, third.Code = "c", "code c"
	inserted, err = db.CreateIfAbsent(t.Context(), a, s.Table, third, s.code)
	if !errors.Is(err, db.ErrConflict) || inserted {
		t.Errorf("another rule broken: %v, %v; want ErrConflict", inserted, err)
	}
}

func testGuardedUpdate(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"))
	set := []db.Assign[slot]{s.count.To(1), s.last.To(100)}
	for i, want := range []int64{1, 0} {
		n, err := db.Update(t.Context(), a, s.Table, set, s.id.Eq("a"), s.count.Eq(0))
		if err != nil || n != want {
			t.Errorf("attempt %d: %d rows, %v; want %d", i, n, err, want)
		}
	}
	got, err := db.One(t.Context(), a, s.Table, s.id.Eq("a"))
	must(t, err)
	if got.Count != 1 || got.Last != 100 || got.Code != "code a" {
		t.Errorf("stored %+v", got)
	}
	other, err := db.One(t.Context(), a, s.Table, s.id.Eq("b"))
	must(t, err)
	if other.Count != 0 {
		t.Errorf("another row was changed: %+v", other)
	}
}

func testMatched(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"), newSlot("c"))
	for range 2 { // the second time nothing is new
		n, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.count.To(5)}, s.id.In("a", "b", "x"))
		if err != nil || n != 2 {
			t.Errorf("%d rows, %v; want 2", n, err)
		}
	}
	n, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.count.To(5)}, s.id.Eq("x"))
	if err != nil || n != 0 {
		t.Errorf("no such row: %d, %v", n, err)
	}
}

func testAdd(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	row := newSlot("a")
	row.Last = 1 << 40
	mustCreate(t, a, s.Table, row)
	// What an assignment reads is the row from before the statement.
	for _, by := range []int64{5, -7, 1 << 41} {
		set := []db.Assign[slot]{s.count.To(by % 100), {Assignment: db.Assignment{Column: s.last.Column(), Value: by, Add: true}}}
		n, err := db.Update(t.Context(), a, s.Table, set, s.id.Eq("a"))
		if err != nil || n != 1 {
			t.Fatalf("Update: %d, %v", n, err)
		}
	}
	got, err := db.One(t.Context(), a, s.Table, s.id.Eq("a"))
	must(t, err)
	if want := int64(1<<40 + 5 - 7 + 1<<41); got.Last != want || got.Count != (1<<41)%100 {
		t.Errorf("last %d, want %d; count %d", got.Last, want, got.Count)
	}
	if _, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{
		{Assignment: db.Assignment{Column: s.last.Column(), Value: int64(math.MaxInt64), Add: true}}}, s.id.Eq("a")); err == nil {
		got, err := db.One(t.Context(), a, s.Table, s.id.Eq("a"))
		t.Errorf("a sum out of bounds was stored: %+v, %v", got, err)
	}
}

func testIncrement(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	for i := range int64(5) {
		ok, err := db.Increment(t.Context(), a, s.Table, s.count, 1, 3, []db.Assign[slot]{s.last.To(i)}, s.id.Eq("a"))
		if err != nil || ok != (i < 3) {
			t.Errorf("attempt %d: %v, %v", i, ok, err)
		}
	}
	got, err := db.One(t.Context(), a, s.Table, s.id.Eq("a"))
	must(t, err)
	if got.Count != 3 || got.Last != 2 {
		t.Errorf("stored %+v, want count 3 and last 2", got)
	}
	ok, err := db.Increment(t.Context(), a, s.Table, s.count, 1, 3, nil, s.id.Eq("x"))
	if err != nil || ok {
		t.Errorf("no such row: %v, %v", ok, err)
	}
}

func testTake(t *testing.T, a db.Adapter) {
	s := newThings()
	tag, err := db.AddField[string](s.Table, "tag")
	must(t, err)
	migrate(t, a, s.Def)
	for _, id := range []string{"a", "b", "c"} {
		r := someThing(id)
		r.Flag = id != "c"
		r.List = []string{id}
		tag.Set(r, "tag "+id)
		mustCreate(t, a, s.Table, r)
	}
	taken, err := db.Take(t.Context(), a, s.Table, s.flag.Eq(true))
	must(t, err)
	if len(taken) != 2 {
		t.Fatalf("took %d rows, want 2", len(taken))
	}
	for _, r := range taken {
		if v, _ := tag.Get(r); r.Text != "text of "+r.ID || !r.At.Equal(noon) || r.List[0] != r.ID || v != "tag "+r.ID {
			t.Errorf("took %+v", r)
		}
	}
	if got := s.ids(t, a); got != "c" {
		t.Errorf("left are %q, want c", got)
	}
	taken, err = db.Take(t.Context(), a, s.Table, s.flag.Eq(true))
	if err != nil || len(taken) != 0 {
		t.Errorf("took %d rows twice, %v", len(taken), err)
	}
	must(t, a.Transaction(t.Context(), func(x db.Executor) error {
		taken, err = db.Take(t.Context(), x, s.Table, s.text.Eq("text of c"))
		return err
	}))
	if len(taken) != 1 || taken[0].ID != "c" {
		t.Errorf("took %+v within a transaction", taken)
	}
}

func testContext(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, oneErr := db.One(ctx, a, s.Table, s.id.Eq("a"))
	_, countErr := db.Count(ctx, a, s.Table)
	_, updateErr := db.Update(ctx, a, s.Table, []db.Assign[slot]{s.count.To(1)})
	_, deleteErr := db.Delete(ctx, a, s.Table)
	_, takeErr := db.Take(ctx, a, s.Table)
	for name, err := range map[string]error{
		"One": oneErr, "Count": countErr, "Create": db.Create(ctx, a, s.Table, newSlot("b")),
		"Update": updateErr, "Delete": deleteErr, "Take": takeErr,
		"Transaction": a.Transaction(ctx, func(x db.Executor) error { return db.Create(ctx, x, s.Table, newSlot("c")) }),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s after cancel: %v, want context.Canceled", name, err)
		}
	}
	rows, err := db.All(t.Context(), a, s.Table, db.Query[slot]{})
	must(t, err)
	if len(rows) != 1 || rows[0].Count != 0 {
		t.Errorf("cancelled statements changed the rows: %+v", rows)
	}
}

package dbtest

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

var schemaCases = []testCase{
	{"second plan is empty", testPlanTwice},
	{"introspection", testIntrospect},
	{"table added later", testTableLater},
	{"column added later", testColumnLater},
	{"required column added later", testRequiredLater},
	{"concurrent Apply", testConcurrentApply},
	{"planner's error", testPlannerError},
	{"warnings", testWarnings},
	{"key types", testKeyTypes},
}

func testPlanTwice(t *testing.T, a db.Adapter) {
	s, f, p := newThings(), newFamily(db.IDText), newSlots()
	defs := append(f.defs(), s.Def, p.Def)
	if plan := migrate(t, a, defs...); len(plan.Steps) == 0 {
		t.Error("the first plan is empty")
	}
	for range 2 {
		if plan := migrate(t, a, defs...); len(plan.Steps) != 0 || len(plan.Warnings) != 0 {
			t.Errorf("a later plan: %+v", plan)
		}
	}
}

func testIntrospect(t *testing.T, a db.Adapter) {
	live, err := a.Introspect(t.Context())
	must(t, err)
	if len(live.Tables) != 0 {
		t.Fatalf("the database is not empty: %+v", live)
	}
	s := newSlots()
	s.Rename("Slot_table")
	s.code.Column().Rename("Order")
	migrate(t, a, s.Def)
	live, err = a.Introspect(t.Context())
	must(t, err)
	if len(live.Tables) != 1 || live.Tables[0].Name != "Slot_table" {
		t.Fatalf("found %+v, want the one table by its physical name", live.Tables)
	}
	found := live.Tables[0]
	if len(found.Columns) != len(s.Columns) {
		t.Errorf("%d columns, want %d", len(found.Columns), len(s.Columns))
	}
	for i, c := range s.Columns {
		if i < len(found.Columns) && (found.Columns[i].Name != c.Physical || found.Columns[i].Null != c.Null || found.Columns[i].Type == "") {
			t.Errorf("column %d: %+v, want %s, NULL %v", i, found.Columns[i], c.Physical, c.Null)
		}
	}
	for _, want := range [][]string{{"id"}, {"Order"}, {"mayCode"}, {"area", "place"}} {
		if !hasUnique(found, want) {
			t.Errorf("no unique rule over %q among %+v", want, found.Indexes)
		}
	}
}

func hasUnique(table db.LiveTable, columns []string) bool {
	for _, i := range table.Indexes {
		same := i.Unique && len(i.Columns) == len(columns)
		for n := 0; same && n < len(columns); n++ {
			same = i.Columns[n] == columns[n]
		}
		if same {
			return true
		}
	}
	return false
}

func testTableLater(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.owners.Def, f.pets.Def)
	mustCreate(t, a, f.owners, &owner{ID: "o", Name: "ada", Born: noon})
	mustCreate(t, a, f.pets, &pet{ID: "p", OwnerID: "o", Name: "rex"})
	plan := migrate(t, a, f.defs()...)
	for _, step := range plan.Steps {
		if step.Table != f.toys.Def {
			t.Errorf("a step for %s, which was there", step.Table.Name)
		}
	}
	id := "p"
	mustCreate(t, a, f.toys, &toy{ID: "t", PetID: &id, Name: "ball"})
	if n, err := db.Count(t.Context(), a, f.pets); err != nil || n != 1 {
		t.Errorf("%d pets, %v; want the one from before", n, err)
	}
	if plan := migrate(t, a, f.defs()...); len(plan.Steps) != 0 {
		t.Errorf("a later plan: %+v", plan)
	}
}

func testColumnLater(t *testing.T, a db.Adapter) {
	before := newFamily(db.IDText)
	migrate(t, a, before.owners.Def)
	mustCreate(t, a, before.owners, &owner{ID: "old", Name: "old", Born: noon})

	f := newFamily(db.IDText)
	nick, err := db.AddField[string](f.owners, "nickName", db.Unique)
	must(t, err)
	seen, err := db.AddField[time.Time](f.owners, "seenAt", db.Index)
	must(t, err)
	plan := migrate(t, a, f.owners.Def)
	if len(plan.Steps) < 2 {
		t.Errorf("steps: %+v, want two columns", plan.Steps)
	}
	got, err := db.One(t.Context(), a, f.owners, f.ownerID.Eq("old"))
	must(t, err)
	if _, ok := nick.Get(got); ok {
		t.Error("an old row has a value in a new column")
	}
	o := &owner{ID: "new", Name: "new", Born: noon}
	nick.Set(o, "n")
	seen.Set(o, noon)
	mustCreate(t, a, f.owners, o)
	o = &owner{ID: "third", Name: "third", Born: noon}
	nick.Set(o, "n")
	conflictAt(t, db.Create(t.Context(), a, f.owners, o), "owner", "nickName")
	if n, err := db.Count(t.Context(), a, f.owners, seen.Eq(noon)); err != nil || n != 1 {
		t.Errorf("%d rows by the new column, %v; want 1", n, err)
	}
	if plan := migrate(t, a, f.owners.Def); len(plan.Steps) != 0 {
		t.Errorf("a later plan: %+v", plan)
	}
}

// testRequiredLater adds a column that forbids NULL: to a table without rows
// that is possible, to one with rows only where a default is known.
func testRequiredLater(t *testing.T, a db.Adapter) {
	before := newFamily(db.IDText)
	migrate(t, a, before.owners.Def)
	f := newFamily(db.IDText)
	rank, err := db.AddField[int64](f.owners, "rank", db.NotNull)
	must(t, err)
	migrate(t, a, f.owners.Def)
	o := &owner{ID: "o", Name: "ada", Born: noon}
	rank.Set(o, 3)
	mustCreate(t, a, f.owners, o)

	again := newFamily(db.IDText)
	_, err = db.AddField[int64](again.owners, "rank", db.NotNull)
	must(t, err)
	grade, err := db.AddField[string](again.owners, "grade", db.NotNull,
		db.Input(db.InputRule{Default: func() any { return `it's "A" \ 1` }}))
	must(t, err)
	flag, err := db.AddField[bool](again.owners, "flag", db.NotNull, db.Input(db.InputRule{Default: func() any { return true }}))
	must(t, err)
	migrate(t, a, again.owners.Def)
	got, err := db.One(t.Context(), a, again.owners, grade.Eq(`it's "A" \ 1`), flag.Eq(true))
	must(t, err)
	if g, _ := grade.Get(got); got.ID != "o" || g != `it's "A" \ 1` {
		t.Errorf("the row from before got the default %q", g)
	}

	refused := newFamily(db.IDText)
	for _, name := range []string{"rank", "grade", "flag", "new"} {
		_, err = db.AddField[int64](refused.owners, name, db.NotNull)
		must(t, err)
	}
	refused.owners.Column("grade").Kind, refused.owners.Column("flag").Kind = db.KindText, db.KindBool
	plan, err := a.Apply(t.Context(), planner(a, &db.Schema{Tables: []*db.Def{refused.owners.Def}}))
	if err == nil || len(plan.Warnings) == 0 {
		t.Errorf("a required column without a default was added to a table with rows: %+v, %v", plan, err)
	}
}

func testConcurrentApply(t *testing.T, a db.Adapter) {
	f, s := newFamily(db.IDText), newSlots()
	schema := &db.Schema{Tables: append(f.defs(), s.Def)}
	var group sync.WaitGroup
	var mu sync.Mutex
	var planning atomic.Int64
	busy := 0
	for range 8 {
		group.Go(func() {
			plan, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
				if planning.Add(1) > 1 {
					t.Error("two callers plan at once")
				}
				defer planning.Add(-1)
				for range 1000 {
					runtime.Gosched() // to let others in if they can
				}
				return planner(a, schema)(live)
			})
			if err != nil {
				t.Errorf("Apply: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if len(plan.Steps) > 0 {
				busy++
			}
		})
	}
	group.Wait()
	if busy != 1 {
		t.Errorf("%d callers had something to do, want 1", busy)
	}
	mustCreate(t, a, s.Table, newSlot("a"))
}

func testPlannerError(t *testing.T, a db.Adapter) {
	mine := errors.New("mine")
	if _, err := a.Apply(t.Context(), func(*db.Live) (*db.Plan, error) { return nil, mine }); !errors.Is(err, mine) {
		t.Errorf("Apply: %v, want the planner's error", err)
	}
	migrate(t, a, newSlots().Def) // the lock was given back
}

func testWarnings(t *testing.T, a db.Adapter) {
	schema := &db.Schema{Tables: []*db.Def{newSlots().Def}}
	_, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
		plan, err := planner(a, schema)(live)
		if err == nil {
			plan.Warnings = append(plan.Warnings, "something stands in the way")
		}
		return plan, err
	})
	if err == nil {
		t.Error("a plan with warnings was applied")
	}
	live, err := a.Introspect(t.Context())
	must(t, err)
	if len(live.Tables) != 0 {
		t.Errorf("tables of a refused plan: %+v", live.Tables)
	}
}

func testKeyTypes(t *testing.T, a db.Adapter) {
	for i, ids := range []db.IDType{db.IDText, db.IDUUID, db.IDSerial} {
		f := newFamily(ids)
		for _, d := range f.defs() {
			d.Rename(numbered(d.Name, i))
		}
		migrate(t, a, f.defs()...)
		if plan := migrate(t, a, f.defs()...); len(plan.Steps) != 0 {
			t.Errorf("a later plan: %+v", plan)
		}
	}
}

package dbtest

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

var ruleCases = []testCase{
	{"unique", testUnique},
	{"unique, renamed", testUniqueRenamed},
	{"unique, added field", testUniqueAdded},
	{"not NULL", testNotNull},
	{"cascade", testCascade},
	{"reference to nothing", testDangling},
}

func conflictAt(t *testing.T, err error, table, column string) {
	t.Helper()
	var conflict *db.ConflictError
	if !errors.Is(err, db.ErrConflict) {
		t.Errorf("%s.%s: %v, want ErrConflict", table, column, err)
		return
	}
	if errors.As(err, &conflict) && conflict.Column != "" && (conflict.Table != table || conflict.Column != column) {
		t.Errorf("the conflict is said to be at %s.%s, want %s.%s", conflict.Table, conflict.Column, table, column)
	}
	if conflict == nil || conflict.Column == "" {
		t.Errorf("the conflict does not tell that it is at %s.%s: %v", table, column, err)
	}
}

func testUnique(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	checkUnique(t, a, s)
}

func checkUnique(t *testing.T, a db.Adapter, s *slots) {
	t.Helper()
	code := "may"
	first := newSlot("a")
	first.MayCode = &code
	mustCreate(t, a, s.Table, first, newSlot("b"), newSlot("c")) // NULL is never a duplicate

	row := newSlot("a")
	row.Code, row.Place = "new", "new"
	conflictAt(t, db.Create(t.Context(), a, s.Table, row), "slot", "id")
	row = newSlot("d")
	row.Code = "code a"
	conflictAt(t, db.Create(t.Context(), a, s.Table, row), "slot", "code")
	row = newSlot("d")
	row.MayCode = &code
	conflictAt(t, db.Create(t.Context(), a, s.Table, row), "slot", "mayCode")
	row = newSlot("d")
	row.Place = "place b"
	conflictAt(t, db.Create(t.Context(), a, s.Table, row), "slot", "area")
	_, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.code.To("code a")}, s.id.Eq("b"))
	conflictAt(t, err, "slot", "code")
	_, err = db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.code.To("same"), s.count.To(1)})
	conflictAt(t, err, "slot", "code")

	rows, err := db.All(t.Context(), a, s.Table, db.Query[slot]{Order: []db.Order[slot]{s.id.Asc()}})
	must(t, err)
	if len(rows) != 3 || rows[0].Code != "code a" || rows[1].Code != "code b" || rows[2].Count != 0 {
		t.Errorf("a refused statement left something: %+v", rows)
	}
	if n, err := db.Update(t.Context(), a, s.Table, []db.Assign[slot]{s.code.To("code b")}, s.id.Eq("b")); err != nil || n != 1 {
		t.Errorf("a row conflicts with itself: %d, %v", n, err)
	}
	row = newSlot("d")
	row.Area = "another"
	row.Place = "place a"
	mustCreate(t, a, s.Table, row) // agrees in one column of two
}

func testUniqueRenamed(t *testing.T, a db.Adapter) {
	s := newSlots()
	s.Rename("app_slots")
	s.id.Column().Rename("slot_id")
	s.code.Column().Rename("place_of")
	s.area.Column().Rename("code")
	migrate(t, a, s.Def)
	checkUnique(t, a, s)
}

func testUniqueAdded(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	nick, err := db.AddField[string](f.owners, "nickName", db.Unique)
	must(t, err)
	migrate(t, a, f.defs()...)
	for i, id := range []string{"a", "b"} {
		o := &owner{ID: id, Name: id, Born: noon}
		nick.Set(o, "nick")
		err := db.Create(t.Context(), a, f.owners, o)
		if i == 0 {
			must(t, err)
			continue
		}
		conflictAt(t, err, "owner", "nickName")
	}
	mustCreate(t, a, f.owners, &owner{ID: "c", Name: "c", Born: noon}, &owner{ID: "d", Name: "d", Born: noon})
}

func testNotNull(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, someThing("a"))
	for _, set := range []db.Assign[thing]{s.text.ToNull(), s.num.ToNull(), s.flag.ToNull()} {
		if _, err := db.Update(t.Context(), a, s.Table, []db.Assign[thing]{set}); err == nil {
			t.Errorf("%s took NULL", set.Column.Name)
		}
	}
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if got.Text != "text of a" {
		t.Errorf("the row was changed: %+v", got)
	}
}

func testCascade(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	n, err := db.Delete(t.Context(), a, f.owners, f.ownerID.Eq("o1"))
	if err != nil || n != 1 {
		t.Fatalf("Delete: %d, %v; want 1", n, err)
	}
	pets, err := db.All(t.Context(), a, f.pets, db.Query[pet]{})
	must(t, err)
	if len(pets) != 1 || pets[0].ID != "p3" {
		t.Errorf("left pets: %+v, want p3", pets)
	}
	toys, err := db.All(t.Context(), a, f.toys, db.Query[toy]{Order: []db.Order[toy]{f.toyID.Asc()}})
	must(t, err)
	if len(toys) != 2 || toys[0].PetID != nil || toys[0].Name != "ball" {
		t.Errorf("toys after their pet went: %+v", toys)
	}
	taken, err := db.Take(t.Context(), a, f.owners, f.ownerID.Eq("o2"))
	must(t, err)
	left, err := db.Count(t.Context(), a, f.pets)
	if err != nil || len(taken) != 1 || left != 0 {
		t.Errorf("took %d owners, %d pets are left, %v", len(taken), left, err)
	}
}

func testDangling(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	err := db.Create(t.Context(), a, f.pets, &pet{ID: "p", OwnerID: "nobody", Name: "rex"})
	if err == nil || errors.Is(err, db.ErrConflict) {
		t.Errorf("a reference to nothing: %v, want an error that is no conflict", err)
	}
}

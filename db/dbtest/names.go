package dbtest

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
)

var nameCases = []testCase{
	{"renamed", testRenamed},
	{"swapped", testSwapped},
	{"hostile", testHostileNames},
}

// testRenamed gives tables and columns names that mean something to engines.
func testRenamed(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	f.owners.Rename("user")
	f.pets.Rename("order")
	f.toys.Rename("from$where-x")
	for column, name := range map[*db.Column]string{
		f.ownerID.Column(): "ID", f.ownerTag.Column(): "select", f.born.Column(): "timestamp",
		f.petID.Column(): "key", f.petOwner.Column(): "group", f.petName.Column(): "Desc", f.petKind.Column(): "null",
		f.toyPet.Column(): "references", f.toyName.Column(): "_x-y$z",
	} {
		column.Rename(name)
	}
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	p, o, err := db.OneJoined(t.Context(), a, db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID),
		f.petName.Eq("argos"), db.StartsWith(f.petOwner, "o"), f.petKind.IsNull())
	must(t, err)
	if p.ID != "p3" || o.Name != "bob" {
		t.Errorf("joined %+v to %+v", p, o)
	}
	n, err := db.Update(t.Context(), a, f.toys, []db.Assign[toy]{f.toyName.To("found")}, f.toyPet.IsNull())
	if err != nil || n != 1 {
		t.Errorf("Update: %d, %v", n, err)
	}
	toys, err := db.Take(t.Context(), a, f.toys, f.toyName.Eq("found"))
	if err != nil || len(toys) != 1 || toys[0].ID != "t2" {
		t.Errorf("took %+v, %v", toys, err)
	}
	if _, err := db.Delete(t.Context(), a, f.owners, f.ownerTag.Eq("ada")); err != nil {
		t.Error(err)
	}
	if n, err := db.Count(t.Context(), a, f.pets); err != nil || n != 1 {
		t.Errorf("%d pets after the cascade, %v", n, err)
	}
	conflictAt(t, db.Create(t.Context(), a, f.owners, &owner{ID: "o9", Name: "bob", Born: noon}), "owner", "name")
	if plan := migrate(t, a, f.defs()...); len(plan.Steps) != 0 {
		t.Errorf("a later plan: %+v", plan)
	}
}

// testSwapped has each of two columns bear the other's logical name.
func testSwapped(t *testing.T, a db.Adapter) {
	s := newSlots()
	s.area.Column().Rename("place")
	s.place.Column().Rename("area")
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, &slot{ID: "a", Code: "c", Area: "north", Place: "seven"})
	got, err := db.One(t.Context(), a, s.Table, s.area.Eq("north"), s.place.Eq("seven"))
	must(t, err)
	if got.Area != "north" || got.Place != "seven" {
		t.Errorf("read %+v", got)
	}
}

// testHostileNames uses names that Schema.Check would have refused. Whatever
// the engine makes of them, no other table may suffer.
func testHostileNames(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	for _, name := range []string{
		`x"; delete from "slot"; --`, "x`; delete from slot; -- ", `slot" where 1=1; --`, `x'; drop table slot; --`, "x]; drop table slot; --",
	} {
		hostile := newSlots()
		hostile.Rename(name)
		if err := (&db.Schema{Tables: []*db.Def{hostile.Def}}).Check(); err == nil {
			t.Errorf("Check lets the table name %q pass", name)
		}
		// An error is as good as an empty table of that name.
		if n, err := db.Count(t.Context(), a, hostile.Table); err == nil && n != 0 {
			t.Errorf("Count of %q: %d rows", name, n)
		}
		_, _ = db.Delete(t.Context(), a, hostile.Table)

		column := newSlots()
		column.code.Column().Rename(name)
		_, _ = db.Delete(t.Context(), a, column.Table, column.code.Ne("x"))
		_, _ = db.Update(t.Context(), a, column.Table, []db.Assign[slot]{column.code.To("y")})
		_, _ = db.Count(t.Context(), a, column.Table, column.code.Eq("y"))
	}
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if got.ID != "a" || got.Code != "code a" {
		t.Errorf("the row was changed: %+v", got)
	}
}

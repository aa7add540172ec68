package dbtest

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

var keyCases = []testCase{
	{"text", testTextKeys},
	{"uuid", testUUIDKeys},
	{"serial", testSerialKeys},
	{"malformed", testMalformedKeys},
}

func testTextKeys(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	mustCreate(t, a, f.owners, &owner{ID: "Ab1", Name: "a", Born: noon})
	if _, err := db.One(t.Context(), a, f.owners, f.ownerID.Eq("aB1")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a key in another case: %v, want ErrNotFound", err)
	}
	if err := db.Create(t.Context(), a, f.owners, &owner{Name: "nobody", Born: noon}); err == nil {
		t.Error("a row without a key was stored")
	}
}

func testUUIDKeys(t *testing.T, a db.Adapter) {
	const id = "0a1b2c3d-4e5f-4607-8899-aabbccddeeff"
	f := newFamily(db.IDUUID)
	migrate(t, a, f.defs()...)
	mustCreate(t, a, f.owners, &owner{ID: id, Name: "given", Born: noon})
	mustCreate(t, a, f.pets, &pet{ID: "1a1b2c3d-4e5f-4607-8899-aabbccddeeff", OwnerID: id, Name: "rex"})
	p, o, err := db.OneJoined(t.Context(), a, db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID), f.petOwner.Eq(id))
	must(t, err)
	if p.OwnerID != id || o.ID != id {
		t.Errorf("read key %q and reference %q, want %q", o.ID, p.OwnerID, id)
	}
	// The database makes the key only where it can.
	made := &owner{Name: "made", Born: noon}
	if err := db.Create(t.Context(), a, f.owners, made); err != nil {
		t.Logf("the database makes no UUIDs: %v", err)
		return
	}
	got, err := db.One(t.Context(), a, f.owners, f.ownerTag.Eq("made"))
	must(t, err)
	if got.ID != made.ID || len(got.ID) != 36 {
		t.Errorf("Create said key %q, the row has %q", made.ID, got.ID)
	}
}

func testSerialKeys(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDSerial)
	migrate(t, a, f.defs()...)
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "c"} {
		o := &owner{Name: name, Born: noon}
		mustCreate(t, a, f.owners, o)
		if o.ID == "" || seen[o.ID] {
			t.Fatalf("key %q is empty or was given twice", o.ID)
		}
		seen[o.ID] = true
		p := &pet{OwnerID: o.ID, Name: "pet of " + name}
		mustCreate(t, a, f.pets, p)
		mustCreate(t, a, f.toys, &toy{PetID: &p.ID, Name: "ball"}, &toy{Name: "nobody's"})
		got, gotOwner, err := db.OneJoined(t.Context(), a, db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID), f.petID.Eq(p.ID))
		must(t, err)
		if got.ID != p.ID || got.OwnerID != o.ID || gotOwner.ID != o.ID || gotOwner.Name != name {
			t.Errorf("read %+v of %+v", got, gotOwner)
		}
		toys, err := db.All(t.Context(), a, f.toys, db.Query[toy]{Where: []db.Where[toy]{f.toyPet.In(p.ID)}})
		must(t, err)
		if len(toys) != 1 || *toys[0].PetID != p.ID {
			t.Errorf("toys of %s: %+v", p.ID, toys)
		}
	}
	taken, err := db.Take(t.Context(), a, f.pets, f.petName.Eq("pet of a"))
	must(t, err)
	if len(taken) != 1 || !seen[taken[0].OwnerID] {
		t.Errorf("took %+v", taken)
	}
	inserted, err := db.CreateIfAbsent(t.Context(), a, f.owners, &owner{Name: "a", Born: noon}, f.ownerTag)
	must(t, err)
	if inserted {
		t.Error("CreateIfAbsent stored a second row")
	}
	fresh := &owner{Name: "d", Born: noon}
	inserted, err = db.CreateIfAbsent(t.Context(), a, f.owners, fresh, f.ownerTag)
	must(t, err)
	if !inserted || fresh.ID == "" || seen[fresh.ID] {
		t.Errorf("CreateIfAbsent: %v, key %q", inserted, fresh.ID)
	}
}

// Keys come from clients. One of the wrong form is a row that is not there.
func testMalformedKeys(t *testing.T, a db.Adapter) {
	for _, ids := range []db.IDType{db.IDUUID, db.IDSerial} {
		f := newFamily(ids)
		for _, d := range f.defs() {
			d.Rename([]string{"", "u_", "s_"}[ids] + d.Name)
		}
		migrate(t, a, f.defs()...)
		id := []string{"", "0a1b2c3d-4e5f-4607-8899-aabbccddeeff", "17"}[ids]
		mustCreate(t, a, f.owners, &owner{ID: id, Name: "only", Born: noon})
		for _, bad := range []string{"", "x", "17x", "1e1", "17.0", "' or 1=1 --", "99999999999999999999999", "0a1b2c3d"} {
			n, err := db.Count(t.Context(), a, f.owners, f.ownerID.Eq(bad))
			if err != nil || n != 0 {
				t.Errorf("Eq(%q): %d rows, %v; want none", bad, n, err)
			}
			n, err = db.Count(t.Context(), a, f.owners, f.ownerID.In(bad, id))
			if err != nil || n != 1 {
				t.Errorf("In(%q, %q): %d rows, %v; want one", bad, id, n, err)
			}
			n, err = db.Delete(t.Context(), a, f.owners, f.ownerID.Eq(bad))
			if err != nil || n != 0 {
				t.Errorf("Delete of Eq(%q): %d rows, %v; want none", bad, n, err)
			}
		}
	}
}

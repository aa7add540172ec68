package dbtest

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

var joinCases = []testCase{
	{"one", testJoinOne},
	{"all", testJoinAll},
	{"outer", testJoinOuter},
	{"added fields", testJoinAdded},
}

// fillFamily stores two owners with two pets and one, and a toy without a pet.
func fillFamily(t *testing.T, a db.Adapter, f *family) {
	t.Helper()
	mustCreate(t, a, f.owners, &owner{ID: "o1", Name: "ada", Born: noon}, &owner{ID: "o2", Name: "bob", Born: noon}, &owner{ID: "o3", Name: "none", Born: noon})
	mustCreate(t, a, f.pets, &pet{ID: "p1", OwnerID: "o1", Name: "rex"}, &pet{ID: "p2", OwnerID: "o1", Name: "minka"}, &pet{ID: "p3", OwnerID: "o2", Name: "argos"})
	ball := "p1"
	mustCreate(t, a, f.toys, &toy{ID: "t1", PetID: &ball, Name: "ball"}, &toy{ID: "t2", Name: "lost"})
}

func testJoinOne(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	link := db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID)
	p, o, err := db.OneJoined(t.Context(), a, link, f.petID.Eq("p3"), f.petName.Eq("argos"))
	must(t, err)
	if p.ID != "p3" || p.Name != "argos" || p.Kind != nil || o.ID != "o2" || o.Name != "bob" || !o.Born.Equal(noon) {
		t.Errorf("joined %+v to %+v", p, o)
	}
	if _, _, err := db.OneJoined(t.Context(), a, link, f.petID.Eq("P3")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no row: %v, want ErrNotFound", err)
	}
	toys := db.LinkOf(f.toys, f.toyPet, f.pets, f.petID)
	if _, _, err := db.OneJoined(t.Context(), a, toys, f.toyID.Eq("t2")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no partner: %v, want ErrNotFound", err)
	}
}

func testJoinAll(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	link := db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID)
	q := db.Query[pet]{Where: []db.Where[pet]{db.Or(f.petOwner.Eq("o1"), f.petName.In("argos", "rex"))}}
	pairs, err := db.AllJoined(t.Context(), a, link, q)
	must(t, err)
	if len(pairs) != 3 {
		t.Fatalf("%d rows, want 3", len(pairs))
	}
	for _, p := range pairs {
		if p.Left.OwnerID != p.Right.ID {
			t.Errorf("%s of %s was joined to %s", p.Left.ID, p.Left.OwnerID, p.Right.ID)
		}
	}
	n, err := a.Count(t.Context(), &db.Selection{Table: f.toys.Def, Join: &db.Join{Table: f.pets.Def, On: f.toyPet.Column(), To: f.petID.Column()}})
	if err != nil || n != 1 {
		t.Errorf("Count of a join: %d, %v; want 1", n, err)
	}
}

func testJoinOuter(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	s := &db.Selection{Table: f.toys.Def, Order: []db.Sort{{Column: f.toyID.Column()}}, Join: &db.Join{
		Table: f.pets.Def, On: f.toyPet.Column(), To: f.petID.Column(), Outer: true}}
	var names []string
	var partners []*string
	err := a.Select(t.Context(), s, func() []any {
		names, partners = append(names, ""), append(partners, new(string))
		i := len(names) - 1
		var skip [4]*string
		return []any{&skip[0], &skip[1], &names[i], &skip[2], &skip[3], &partners[i], new(*string)}
	})
	must(t, err)
	if len(names) != 2 || partners[0] == nil || *partners[0] != "rex" || partners[1] != nil {
		t.Errorf("outer join: %q, %v", names, partners)
	}
	n, err := a.Count(t.Context(), s)
	if err != nil || n != 2 {
		t.Errorf("Count of an outer join: %d, %v; want 2", n, err)
	}
}

func testJoinAdded(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	tag, err := db.AddField[string](f.owners, "tag")
	must(t, err)
	migrate(t, a, f.defs()...)
	o := &owner{ID: "o1", Name: "ada", Born: noon}
	tag.Set(o, "first")
	mustCreate(t, a, f.owners, o)
	mustCreate(t, a, f.pets, &pet{ID: "p1", OwnerID: "o1", Name: "rex"})
	_, got, err := db.OneJoined(t.Context(), a, db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID), f.petID.Eq("p1"))
	must(t, err)
	if v, ok := tag.Get(got); !ok || v != "first" {
		t.Errorf("added field of the partner: %q, %v", v, ok)
	}
}

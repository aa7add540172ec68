package dbtest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// thing has a column of every kind, with NULL and without.
type thing struct {
	ID      string
	Text    string
	MayText *string
	Flag    bool
	MayFlag *bool
	Num     int64
	MayNum  *int64
	Big     int64
	At      time.Time
	MayAt   *time.Time
	Doc     json.RawMessage
	List    []string
	Extra   db.Extra
}

type things struct {
	*db.Table[thing]
	id, text, mayText db.Field[thing, string]
	flag, mayFlag     db.Field[thing, bool]
	num, mayNum, big  db.Field[thing, int64]
	at, mayAt         db.Field[thing, time.Time]
	doc               db.Field[thing, json.RawMessage]
	list              db.Field[thing, []string]
}

func newThings() *things {
	s := &things{
		id:      db.ID("id", func(r *thing) *string { return &r.ID }).PrimaryKey(),
		text:    db.Text("text", func(r *thing) *string { return &r.Text }),
		mayText: db.NullText("mayText", func(r *thing) **string { return &r.MayText }),
		flag:    db.Bool("flag", func(r *thing) *bool { return &r.Flag }),
		mayFlag: db.NullBool("mayFlag", func(r *thing) **bool { return &r.MayFlag }),
		num:     db.Int("num", func(r *thing) *int64 { return &r.Num }),
		mayNum:  db.NullInt("mayNum", func(r *thing) **int64 { return &r.MayNum }),
		big:     db.BigInt("big", func(r *thing) *int64 { return &r.Big }),
		at:      db.Time("at", func(r *thing) *time.Time { return &r.At }).NowDefault(),
		mayAt:   db.NullTime("mayAt", func(r *thing) **time.Time { return &r.MayAt }),
		doc:     db.JSON("doc", func(r *thing) *json.RawMessage { return &r.Doc }),
		list:    db.TextList("list", func(r *thing) *[]string { return &r.List }),
	}
	s.Table = db.NewTable("thing", func(r *thing) *db.Extra { return &r.Extra },
		s.id, s.text, s.mayText, s.flag, s.mayFlag, s.num, s.mayNum, s.big, s.at, s.mayAt, s.doc, s.list)
	return s
}

// noon is an instant every engine can hold.
var noon = time.Date(2024, 2, 29, 12, 0, 0, 345e6, time.UTC)

func someThing(id string) *thing {
	return &thing{ID: id, Text: "text of " + id, At: noon}
}

type owner struct {
	ID, Name string
	Born     time.Time
	Extra    db.Extra
}

type pet struct {
	ID, OwnerID, Name string
	Kind              *string
}

type toy struct {
	ID    string
	PetID *string
	Name  string
}

// family is tables that refer to each other.
type family struct {
	owners            *db.Table[owner]
	ownerID, ownerTag db.Field[owner, string]
	born              db.Field[owner, time.Time]
	pets              *db.Table[pet]
	petID, petOwner   db.Field[pet, string]
	petName, petKind  db.Field[pet, string]
	toys              *db.Table[toy]
	toyID, toyPet     db.Field[toy, string]
	toyName           db.Field[toy, string]
}

func newFamily(ids db.IDType) *family {
	f := &family{
		ownerID:  db.ID("id", func(r *owner) *string { return &r.ID }).PrimaryKey(),
		ownerTag: db.Text("name", func(r *owner) *string { return &r.Name }).Unique(),
		born:     db.Time("born", func(r *owner) *time.Time { return &r.Born }),
		petID:    db.ID("id", func(r *pet) *string { return &r.ID }).PrimaryKey(),
		petOwner: db.ID("ownerId", func(r *pet) *string { return &r.OwnerID }).References("owner", "id").Index(),
		petName:  db.Text("name", func(r *pet) *string { return &r.Name }).Sortable(),
		petKind:  db.NullText("kind", func(r *pet) **string { return &r.Kind }),
		toyID:    db.ID("id", func(r *toy) *string { return &r.ID }).PrimaryKey(),
		toyPet:   db.NullID("petId", func(r *toy) **string { return &r.PetID }).References("pet", "id").OnDelete("set null"),
		toyName:  db.Text("name", func(r *toy) *string { return &r.Name }),
	}
	f.owners = db.NewTable("owner", func(r *owner) *db.Extra { return &r.Extra }, f.ownerID, f.ownerTag, f.born)
	f.pets = db.NewTable("pet", nil, f.petID, f.petOwner, f.petName, f.petKind)
	f.toys = db.NewTable("toy", nil, f.toyID, f.toyPet, f.toyName)
	for _, d := range f.defs() {
		d.IDs = ids
	}
	return f
}

func (f *family) defs() []*db.Def { return []*db.Def{f.owners.Def, f.pets.Def, f.toys.Def} }

// slot is one of a kind: by its code, and by the pair of area and place.
type slot struct {
	ID, Code, Area, Place string
	MayCode               *string
	Count                 int64
	Last                  int64
}

type slots struct {
	*db.Table[slot]
	id, code, mayCode, area, place db.Field[slot, string]
	count, last                    db.Field[slot, int64]
}

func newSlots() *slots {
	s := &slots{
		id:      db.ID("id", func(r *slot) *string { return &r.ID }).PrimaryKey(),
		code:    db.Text("code", func(r *slot) *string { return &r.Code }).Unique(),
		mayCode: db.NullText("mayCode", func(r *slot) **string { return &r.MayCode }).Unique(),
		area:    db.Text("area", func(r *slot) *string { return &r.Area }),
		place:   db.Text("place", func(r *slot) *string { return &r.Place }),
		count:   db.Int("count", func(r *slot) *int64 { return &r.Count }),
		last:    db.BigInt("last", func(r *slot) *int64 { return &r.Last }),
	}
	s.Table = db.NewTable("slot", nil, s.id, s.code, s.mayCode, s.area, s.place, s.count, s.last)
	s.UniqueTogether(s.area, s.place)
	return s
}

func newSlot(id string) *slot {
	return &slot{ID: id, Code: "code " + id, Area: "area", Place: "place " + id}
}

// migrate brings the database to the wanted tables.
func migrate(t *testing.T, a db.Adapter, defs ...*db.Def) *db.Plan {
	t.Helper()
	schema := &db.Schema{Tables: defs}
	if err := schema.Check(); err != nil {
		t.Fatal(err)
	}
	plan, err := a.Apply(t.Context(), planner(a, schema))
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	return plan
}

func planner(a db.Adapter, schema *db.Schema) func(*db.Live) (*db.Plan, error) {
	return func(live *db.Live) (*db.Plan, error) { return db.MakePlan(schema, live, a.Dialect()), nil }
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustCreate[T any](t *testing.T, x db.Executor, table *db.Table[T], rows ...*T) {
	t.Helper()
	for _, r := range rows {
		if err := db.Create(t.Context(), x, table, r); err != nil {
			t.Fatalf("Create: %v", err)
		}
	}
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%02d", prefix, i) }

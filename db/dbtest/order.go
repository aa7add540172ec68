package dbtest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

var orderCases = []testCase{
	{"sort", testSort},
	{"limit and offset", testWindow},
	{"joins", testSortJoined},
}

func (s *things) listed(t *testing.T, a db.Adapter, q db.Query[thing]) string {
	t.Helper()
	rows, err := db.All(t.Context(), a, s.Table, q)
	must(t, err)
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.ID
	}
	return strings.Join(keys, " ")
}

func testSort(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	two, three := int64(2), int64(3)
	for _, r := range []*thing{
		{ID: "c", Text: "x", Num: 10, Big: 2, Flag: true, MayNum: &three},
		{ID: "a", Text: "y", Num: -9, Big: 2},
		{ID: "d", Text: "x", Num: 9, Big: 1, MayNum: &two},
		{ID: "b", Text: "w", Num: 100, Big: 1, Flag: true},
	} {
		r.At = noon.Add(time.Duration(r.Num) * time.Hour)
		mustCreate(t, a, s.Table, r)
	}
	type order = []db.Order[thing]
	for _, c := range []struct {
		name string
		by   order
		want string
	}{
		{"key", order{s.id.Asc()}, "a b c d"},
		{"key, descending", order{s.id.Desc()}, "d c b a"},
		{"numbers are no texts", order{s.num.Asc()}, "a d c b"},
		{"times", order{s.at.Desc()}, "b c d a"},
		{"two columns", order{s.text.Asc(), s.num.Asc()}, "b d c a"},
		{"two directions", order{s.text.Desc(), s.num.Desc()}, "a c d b"},
		{"flags", order{s.flag.Asc(), s.id.Asc()}, "a d b c"},
		{"NULL is smallest", order{s.mayNum.Asc(), s.id.Asc()}, "a b d c"},
		{"NULL is smallest, descending", order{s.mayNum.Desc(), s.id.Desc()}, "c d b a"},
		{"at run time", order{db.OrderBy(s.Table, s.big.Column(), true), db.OrderBy(s.Table, s.id.Column(), false)}, "a c b d"},
	} {
		if got := s.listed(t, a, db.Query[thing]{Order: c.by}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func testWindow(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	s.fill(t, a, "0", "1", "2", "3", "4", "5")
	by := []db.Order[thing]{s.id.Asc()}
	for _, c := range []struct {
		limit, offset int
		want          string
	}{
		{0, 0, "a b c d e f"}, {1, 0, "a"}, {2, 0, "a b"}, {100, 0, "a b c d e f"},
		{1, 2, "c"}, {3, 2, "c d e"}, {3, 5, "f"}, {3, 6, ""}, {0, 4, "e f"}, {0, 100, ""},
	} {
		if got := s.listed(t, a, db.Query[thing]{Order: by, Limit: c.limit, Offset: c.offset}); got != c.want {
			t.Errorf("limit %d, offset %d: %q, want %q", c.limit, c.offset, got, c.want)
		}
	}
	q := db.Query[thing]{Where: []db.Where[thing]{s.text.Ne("0")}, Order: []db.Order[thing]{s.text.Desc()}, Limit: 2, Offset: 1}
	if got := s.listed(t, a, q); got != "e d" {
		t.Errorf("condition, order and window: %q, want e d", got)
	}
	first, err := db.First(t.Context(), a, s.Table, db.Query[thing]{Order: []db.Order[thing]{s.id.Desc()}})
	if err != nil || first.ID != "f" {
		t.Errorf("First: %+v, %v", first, err)
	}
	if _, err := db.First(t.Context(), a, s.Table, db.Query[thing]{Offset: 6}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("First of none: %v", err)
	}
}

func testSortJoined(t *testing.T, a db.Adapter) {
	f := newFamily(db.IDText)
	migrate(t, a, f.defs()...)
	fillFamily(t, a, f)
	link := db.LinkOf(f.pets, f.petOwner, f.owners, f.ownerID)
	pairs, err := db.AllJoined(t.Context(), a, link, db.Query[pet]{Order: []db.Order[pet]{f.petName.Desc()}, Limit: 2, Offset: 1})
	must(t, err)
	if len(pairs) != 2 || pairs[0].Left.Name != "minka" || pairs[1].Left.Name != "argos" {
		t.Errorf("sorted and cut: %+v", pairs)
	}
}

package dbtest

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

var valueCases = []testCase{
	{"texts", testTexts},
	{"long texts", testLongTexts},
	{"NULL and empty", testNull},
	{"booleans", testBooleans},
	{"numbers", testNumbers},
	{"times", testTimes},
	{"JSON", testJSON},
	{"lists", testLists},
	{"values are copied", testCopies},
	{"added fields", testAddedFields},
}

// roundTrip stores the row and reads it back.
func roundTrip(t *testing.T, a db.Adapter, s *things, row *thing) *thing {
	t.Helper()
	mustCreate(t, a, s.Table, row)
	got, err := db.One(t.Context(), a, s.Table, s.id.Eq(row.ID))
	if err != nil {
		t.Fatalf("One(%q): %v", row.ID, err)
	}
	return got
}

func testTexts(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, text := range []string{
		"", " ", "plain", " kept spaces \t", "line\nbreak\r\n", `quote ' " \ back \' tick ` + "`",
		"Zażółć gęślą jaźń", "日本語", "עברית", "e\u0301 is not é", "👩‍👩‍👧‍👦 𝄞", "\u0001\u001f\u007f\u0080\ufeff\ufffe",
		"$1 ? :name @p1 %s {0}", "null", "NULL", "0", "true", "{}", "2024-02-29T12:00:00.000Z",
		"\U0010ffff", strings.Repeat("İ", 300),
	} {
		row := someThing(numbered("t", i))
		row.Text, row.MayText = text, &text
		got := roundTrip(t, a, s, row)
		if got.Text != text || got.MayText == nil || *got.MayText != text {
			t.Errorf("stored %q, read %q", text, got.Text)
		}
		n, err := db.Count(t.Context(), a, s.Table, s.text.Eq(text))
		must(t, err)
		if n != 1 {
			t.Errorf("%d rows equal %q, want 1", n, text)
		}
	}
}

func testLongTexts(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	row := someThing("long")
	row.Text = strings.Repeat("ü0123456", 60_000/9)
	if got := roundTrip(t, a, s, row); got.Text != row.Text {
		t.Errorf("stored %d bytes, read %d", len(row.Text), len(got.Text))
	}
	// The column type of some engines ends at 64 kB. What does not fit must
	// be refused, never cut.
	row = someThing("longer")
	row.Text = strings.Repeat("0123456789", 10_000)
	if err := db.Create(t.Context(), a, s.Table, row); err != nil {
		t.Logf("100 kB are refused: %v", err)
		return
	}
	got, err := db.One(t.Context(), a, s.Table, s.id.Eq("longer"))
	must(t, err)
	if got.Text != row.Text {
		t.Errorf("stored %d bytes, read %d", len(row.Text), len(got.Text))
	}
}

func testNull(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	got := roundTrip(t, a, s, someThing("null"))
	if got.MayText != nil || got.MayFlag != nil || got.MayNum != nil || got.MayAt != nil || got.Doc != nil || got.List != nil {
		t.Errorf("NULL was read as a value: %+v", got)
	}
	row := someThing("zero")
	row.MayText, row.MayFlag, row.MayNum = new(string), new(bool), new(int64)
	row.List = []string{}
	got = roundTrip(t, a, s, row)
	if got.MayText == nil || got.MayFlag == nil || got.MayNum == nil || got.List == nil {
		t.Errorf("a zero value was read as NULL: %+v", got)
	}
	// NULL over a value, and a value over NULL.
	text := "set"
	_, err := db.Update(t.Context(), a, s.Table, []db.Assign[thing]{s.mayText.ToNull(), s.mayFlag.ToNull(),
		s.mayNum.ToNull(), s.mayAt.ToNull(), s.doc.ToNull(), s.list.ToNull()}, s.id.Eq("zero"))
	must(t, err)
	_, err = db.Update(t.Context(), a, s.Table, []db.Assign[thing]{s.mayText.To(text), s.mayAt.To(noon)}, s.id.Eq("null"))
	must(t, err)
	got, err = db.One(t.Context(), a, s.Table, s.id.Eq("zero"))
	must(t, err)
	if got.MayText != nil || got.MayFlag != nil || got.MayNum != nil || got.List != nil {
		t.Errorf("not NULL after ToNull: %+v", got)
	}
	got, err = db.One(t.Context(), a, s.Table, s.id.Eq("null"))
	must(t, err)
	if got.MayText == nil || *got.MayText != text || got.MayAt == nil || !got.MayAt.Equal(noon) {
		t.Errorf("values over NULL: %+v", got)
	}
}

func testBooleans(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, flag := range []bool{false, true} {
		row := someThing(numbered("b", i))
		row.Flag, row.MayFlag = flag, &flag
		if got := roundTrip(t, a, s, row); got.Flag != flag || got.MayFlag == nil || *got.MayFlag != flag {
			t.Errorf("stored %v, read %v", flag, got.Flag)
		}
	}
}

func testNumbers(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, n := range []int64{0, 1, -1, math.MaxInt32, math.MinInt32, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		row := someThing(numbered("n", i))
		row.Big = n
		if n == int64(int32(n)) {
			row.Num, row.MayNum = n, &n
		}
		got := roundTrip(t, a, s, row)
		if got.Big != n || got.Num != row.Num || !reflect.DeepEqual(got.MayNum, row.MayNum) {
			t.Errorf("stored %d, read %d, %d", n, got.Big, got.Num)
		}
	}
}

func testTimes(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	east := time.FixedZone("east", 5*3600+45*60)
	for i, at := range []time.Time{
		noon, noon.In(east), noon.Add(999999 * time.Nanosecond), noon.Truncate(time.Second),
		time.Date(1999, 12, 31, 23, 59, 59, 999e6, time.UTC),
		time.Date(2024, 3, 31, 1, 30, 0, 1e6, time.UTC), // no such hour on many a wall clock
		time.Date(2037, 12, 31, 23, 59, 59, 999999999, time.FixedZone("west", -8*3600)),
	} {
		row := someThing(numbered("a", i))
		row.At, row.MayAt = at, &at
		got := roundTrip(t, a, s, row)
		want := at.UTC().Truncate(time.Millisecond)
		for _, read := range []time.Time{got.At, *got.MayAt} {
			if !read.Equal(want) || read.Location() != time.UTC {
				t.Errorf("stored %v, read %v, want %v", at, read, want)
			}
		}
		n, err := db.Count(t.Context(), a, s.Table, s.id.Eq(row.ID), s.at.Eq(want.In(east)))
		must(t, err)
		if n != 1 {
			t.Errorf("%v does not equal what was stored", want)
		}
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func testJSON(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, doc := range []string{
		`{}`, `[]`, `null`, `"text"`, `true`, `12.5`, `{"b":1,"a":[true,null,{"c":"d"}]}`,
		`{"quote":"' \" \\ \n","high":"日本 👩‍👩‍👧‍👦"}`, `[` + strings.Repeat(`"0123456789",`, 2000) + `1]`,
	} {
		row := someThing(numbered("j", i))
		row.Doc = json.RawMessage(doc)
		if got := roundTrip(t, a, s, row); got.Doc == nil || !sameJSON(got.Doc, row.Doc) {
			t.Errorf("stored %.80s, read %.80s", doc, got.Doc)
		}
		_, err := db.Update(t.Context(), a, s.Table, []db.Assign[thing]{s.doc.To(json.RawMessage(doc))}, s.id.Eq(row.ID))
		must(t, err)
	}
}

func testLists(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, list := range [][]string{
		{}, {""}, {"one"}, {"one", "two", "one"}, {`a,b`, `"c"`, `\d`, `{e}`, "日本", "\n", "null"},
	} {
		row := someThing(numbered("l", i))
		row.List = list
		if got := roundTrip(t, a, s, row); !reflect.DeepEqual(got.List, list) {
			t.Errorf("stored %q, read %q", list, got.List)
		}
	}
}

func testCopies(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	row := someThing("copy")
	row.Doc, row.List = json.RawMessage(`{"a":1}`), []string{"kept"}
	mustCreate(t, a, s.Table, row)
	row.Doc[2], row.List[0] = 'b', "changed"
	for range 2 {
		got, err := db.One(t.Context(), a, s.Table, s.id.Eq("copy"))
		must(t, err)
		if !sameJSON(got.Doc, []byte(`{"a":1}`)) || got.List[0] != "kept" {
			t.Fatalf("the stored row changed: %s %q", got.Doc, got.List)
		}
		got.Doc[2], got.List[0] = 'c', "changed too"
	}
}

func testAddedFields(t *testing.T, a db.Adapter) {
	s := newThings()
	text, err := db.AddField[string](s.Table, "addedText")
	must(t, err)
	flag, err := db.AddField[bool](s.Table, "addedFlag")
	must(t, err)
	num, err := db.AddField[int64](s.Table, "addedNum", db.As(db.KindBigInt))
	must(t, err)
	at, err := db.AddField[time.Time](s.Table, "addedAt")
	must(t, err)
	doc, err := db.AddField[json.RawMessage](s.Table, "addedDoc")
	must(t, err)
	list, err := db.AddField[[]string](s.Table, "addedList")
	must(t, err)
	real, err := db.AddField[float64](s.Table, "addedNumber")
	must(t, err)
	reals, err := db.AddField[[]float64](s.Table, "addedNumbers")
	must(t, err)
	migrate(t, a, s.Def)

	empty := roundTrip(t, a, s, someThing("empty"))
	for _, c := range s.Columns[12:] {
		if v := s.Get(empty, c); v != nil {
			t.Errorf("%s: NULL was read as %v", c.Name, v)
		}
	}
	row := someThing("full")
	text.Set(row, "added ✓")
	flag.Set(row, true)
	num.Set(row, math.MaxInt64)
	at.Set(row, noon)
	doc.Set(row, json.RawMessage(`{"a":[1]}`))
	list.Set(row, []string{"x", "y"})
	real.Set(row, -7)
	reals.Set(row, []float64{1.5, -2, 1e21})
	got := roundTrip(t, a, s, row)
	if v, ok := text.Get(got); !ok || v != "added ✓" {
		t.Errorf("text: %q, %v", v, ok)
	}
	if v, ok := flag.Get(got); !ok || !v {
		t.Errorf("flag: %v, %v", v, ok)
	}
	if v, ok := num.Get(got); !ok || v != math.MaxInt64 {
		t.Errorf("num: %v, %v", v, ok)
	}
	if v, ok := at.Get(got); !ok || !v.Equal(noon) {
		t.Errorf("at: %v, %v", v, ok)
	}
	if v, ok := doc.Get(got); !ok || !sameJSON(v, []byte(`{"a":[1]}`)) {
		t.Errorf("doc: %s, %v", v, ok)
	}
	if v, ok := list.Get(got); !ok || !reflect.DeepEqual(v, []string{"x", "y"}) {
		t.Errorf("list: %q, %v", v, ok)
	}
	if v, ok := real.Get(got); !ok || v != -7 {
		t.Errorf("number: %v, %v", v, ok)
	}
	if v, ok := reals.Get(got); !ok || !reflect.DeepEqual(v, []float64{1.5, -2, 1e21}) {
		t.Errorf("numbers: %v, %v", v, ok)
	}
	for _, w := range []db.Where[thing]{text.Eq("added ✓"), flag.Eq(true), num.Gt(1 << 53), at.Lte(noon), doc.NotNull(), list.NotNull(), real.Lt(0), reals.NotNull()} {
		rows, err := db.All(t.Context(), a, s.Table, db.Query[thing]{Where: []db.Where[thing]{w}})
		must(t, err)
		if len(rows) != 1 || rows[0].ID != "full" {
			t.Errorf("condition on %s matches %d rows", w.Column.Name, len(rows))
		}
	}
}

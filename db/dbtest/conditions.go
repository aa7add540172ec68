package dbtest

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/db"
)

var conditionCases = []testCase{
	{"operators", testOperators},
	{"text is compared by bytes", testBytes},
	{"parts are literal", testParts},
	{"fold", testFold},
	{"groups", testGroups},
	{"hostile values", testHostileValues},
	{"deletion and change by condition", testConditionalWrites},
}

// ids returns the keys of the rows that match, sorted and joined by blanks.
func (s *things) ids(t *testing.T, x db.Executor, where ...db.Where[thing]) string {
	t.Helper()
	rows, err := db.All(t.Context(), x, s.Table, db.Query[thing]{Where: where})
	if err != nil {
		t.Errorf("All: %v", err)
		return err.Error()
	}
	n, err := db.Count(t.Context(), x, s.Table, where...)
	if err != nil || int(n) != len(rows) {
		t.Errorf("Count: %d, %v; All found %d", n, err, len(rows))
	}
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.ID
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

type match struct {
	name  string
	where db.Where[thing]
	want  string
}

func (s *things) check(t *testing.T, a db.Adapter, matches []match) {
	t.Helper()
	for _, m := range matches {
		if got := s.ids(t, a, m.where); got != m.want {
			t.Errorf("%s matches %q, want %q", m.name, got, m.want)
		}
	}
}

func testOperators(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, id := range []string{"a", "b", "c", "d"} {
		r := someThing(id)
		r.Text, r.Num, r.Big = "text "+id, int64(i), int64(i)<<40
		r.Flag, r.At = i%2 == 1, noon.Add(time.Duration(i)*time.Millisecond)
		if id != "d" { // whose nullable columns are NULL
			r.MayText, r.MayFlag, r.MayNum, r.MayAt = &r.Text, &r.Flag, &r.Num, &r.At
		}
		mustCreate(t, a, s.Table, r)
	}
	at := noon.Add(time.Millisecond)
	s.check(t, a, []match{
		{"text eq", s.text.Eq("text b"), "b"},
		{"text ne", s.text.Ne("text b"), "a c d"},
		{"text lt", s.text.Lt("text b"), "a"},
		{"text lte", s.text.Lte("text b"), "a b"},
		{"text gt", s.text.Gt("text b"), "c d"},
		{"text gte", s.text.Gte("text b"), "b c d"},
		{"text in", s.text.In("text a", "text d", "text x"), "a d"},
		{"text in one", s.text.In("text a"), "a"},
		{"text not in", s.text.NotIn("text a", "text d"), "b c"},
		{"number eq", s.num.Eq(1), "b"}, {"number ne", s.num.Ne(1), "a c d"},
		{"number lt", s.num.Lt(1), "a"}, {"number lte", s.num.Lte(1), "a b"},
		{"number gt", s.num.Gt(1), "c d"}, {"number gte", s.num.Gte(1), "b c d"},
		{"number in", s.num.In(0, 3), "a d"}, {"number not in", s.num.NotIn(0, 3), "b c"},
		{"big eq", s.big.Eq(2 << 40), "c"}, {"big gt", s.big.Gt(1 << 40), "c d"},
		{"big in", s.big.In(1<<40, 3<<40), "b d"},
		{"flag eq", s.flag.Eq(true), "b d"}, {"flag ne", s.flag.Ne(true), "a c"},
		{"flag in", s.flag.In(false), "a c"},
		{"time eq", s.at.Eq(at), "b"}, {"time ne", s.at.Ne(at), "a c d"},
		{"time lt", s.at.Lt(at), "a"}, {"time lte", s.at.Lte(at), "a b"},
		{"time gt", s.at.Gt(at), "c d"}, {"time gte", s.at.Gte(at), "b c d"},
		{"time in", s.at.In(at, noon), "a b"}, {"time not in", s.at.NotIn(at, noon), "c d"},
		{"key in", s.id.In("a", "c", ""), "a c"}, {"key not in", s.id.NotIn("a"), "b c d"},
		{"null eq", s.mayText.Eq("text a"), "a"}, {"null ne", s.mayText.Ne("text a"), "b c"},
		{"null number lt", s.mayNum.Lt(2), "a b"}, {"null time gte", s.mayAt.Gte(at), "b c"},
		{"null flag ne", s.mayFlag.Ne(true), "a c"},
		{"null not in", s.mayText.NotIn("text a"), "b c"},
		{"is null", s.mayText.IsNull(), "d"}, {"not null", s.mayText.NotNull(), "a b c"},
		{"time is null", s.mayAt.IsNull(), "d"}, {"time not null", s.mayAt.NotNull(), "a b c"},
		{"never null", s.text.IsNull(), ""},
		{"in nothing", s.text.In(), ""}, {"not in nothing", s.text.NotIn(), "a b c d"},
		{"null not in nothing", s.mayText.NotIn(), "a b c d"},
		{"compared at run time", db.Compare(s.Table, s.num.Column(), db.OpGte, int64(2)), "c d"},
		{"listed at run time", db.Compare(s.Table, s.num.Column(), db.OpIn, []any{int64(2), int64(0)}), "a c"},
		{"NULL at run time", db.Compare(s.Table, s.mayText.Column(), db.OpEq, nil), ""},
	})
	if got := s.ids(t, a); got != "a b c d" {
		t.Errorf("no condition matches %q", got)
	}
	if got := s.ids(t, a, s.num.Gte(1), s.flag.Eq(true), s.text.Ne("text d")); got != "b" {
		t.Errorf("three conditions match %q, want b", got)
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = numbered("x", i)
	}
	if got := s.ids(t, a, s.id.In(append(many, "c")...)); got != "c" {
		t.Errorf("In with 501 values matches %q, want c", got)
	}
}

// fill stores one row per text; its key is its number.
func (s *things) fill(t *testing.T, a db.Adapter, texts ...string) {
	t.Helper()
	for i, text := range texts {
		r := someThing(string(rune('a' + i)))
		r.Text = text
		mustCreate(t, a, s.Table, r)
	}
}

func testBytes(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	s.fill(t, a, "word", "Word", "wörd", "word ", " word", "WORD", "wo\u0308rd", "w", "Z", "ß")
	s.check(t, a, []match{
		{"case", s.text.Eq("word"), "a"},
		{"accent", s.text.Eq("wörd"), "c"},
		{"decomposed", s.text.Eq("wo\u0308rd"), "g"},
		{"trailing blank", s.text.Eq("word "), "d"},
		{"sharp s", s.text.Eq("ss"), ""},
		{"nothing", s.text.Eq(""), ""},
		{"ne", s.text.Ne("word"), "b c d e f g h i j"},
		{"in", s.text.In("WORD", "Word"), "b f"},
		{"not in", s.text.NotIn("word", "Word", "wörd", "word ", " word"), "f g h i j"},
		{"contains", db.Contains(s.text, "or"), "a b d e"},
		{"starts with", db.StartsWith(s.text, "W"), "b f"},
		{"ends with", db.EndsWith(s.text, "D"), "f"},
		{"capitals come first", s.text.Lt("a"), "b e f i"},
		{"greater", s.text.Gt("word"), "c d g j"},
	})
}

func testParts(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	s.fill(t, a, "100%", "100 per cent", "a_b", "axb", `a\b`, `a\\b`, "[a-z]*", "it's", `say "so"`, "")
	s.check(t, a, []match{
		{"percent", db.Contains(s.text, "%"), "a"},
		{"percent at the end", db.EndsWith(s.text, "0%"), "a"},
		{"percent at the start", db.StartsWith(s.text, "%"), ""},
		{"underscore", db.Contains(s.text, "_"), "c"},
		{"underscore between", db.StartsWith(s.text, "a_"), "c"},
		{"backslash", db.Contains(s.text, `\`), "e f"},
		{"two backslashes", db.Contains(s.text, `\\`), "f"},
		{"backslash at the start", db.StartsWith(s.text, `a\`), "e f"},
		{"backslash at the end", db.EndsWith(s.text, `\b`), "e f"},
		{"escaped percent", db.Contains(s.text, `\%`), ""},
		{"brackets", db.Contains(s.text, "[a-z]"), "g"},
		{"star", db.EndsWith(s.text, "*"), "g"},
		{"quote", db.Contains(s.text, "'"), "h"},
		{"double quote", db.Contains(s.text, `"so"`), "i"},
		{"nothing is in everything", db.Contains(s.text, ""), "a b c d e f g h i j"},
		{"everything starts with nothing", db.StartsWith(s.text, ""), "a b c d e f g h i j"},
		{"folded percent", db.Fold(db.Contains(s.text, "0%")), "a"},
		{"folded underscore", db.Fold(db.StartsWith(s.text, "A_")), "c"},
		{"folded backslash", db.Fold(db.EndsWith(s.text, `\B`)), "e f"},
		{"NULL contains nothing", db.Contains(s.mayText, ""), ""},
	})
}

func testFold(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	s.fill(t, a, "ada@example.com", "ADA@Example.COM", "bob@example.com", "ada@example.comx", "xada@example.com")
	s.check(t, a, []match{
		{"eq", db.Fold(s.text.Eq("Ada@Example.com")), "a b"},
		{"ne", db.Fold(s.text.Ne("Ada@Example.com")), "c d e"},
		{"in", db.Fold(s.text.In("ADA@EXAMPLE.COM", "BOB@EXAMPLE.COM")), "a b c"},
		{"not in", db.Fold(s.text.NotIn("ADA@EXAMPLE.COM", "BOB@EXAMPLE.COM")), "d e"},
		{"contains", db.Fold(db.Contains(s.text, "A@E")), "a b d e"},
		{"starts with", db.Fold(db.StartsWith(s.text, "ADA")), "a b d"},
		{"ends with", db.Fold(db.EndsWith(s.text, "e.COM")), "a b c e"},
		{"in nothing", db.Fold(s.text.In()), ""},
	})
}

func testGroups(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	for i, id := range []string{"a", "b", "c", "d", "e", "f"} {
		r := someThing(id)
		r.Num, r.Flag = int64(i), i%2 == 0
		mustCreate(t, a, s.Table, r)
	}
	s.check(t, a, []match{
		{"or", db.Or(s.num.Eq(1), s.num.Eq(4)), "b e"},
		{"and", db.And(s.num.Gt(1), s.flag.Eq(true)), "c e"},
		{"or of ands", db.Or(db.And(s.num.Lt(2), s.flag.Eq(true)), db.And(s.num.Gt(3), s.flag.Eq(false))), "a f"},
		{"and of ors", db.And(db.Or(s.num.Eq(0), s.num.Eq(1)), db.Or(s.num.Eq(1), s.num.Eq(2))), "b"},
		{"deep", db.Or(s.num.Eq(5), db.And(s.flag.Eq(true), db.Or(s.num.Eq(2), db.And(s.num.Gt(3), db.Or(s.text.Eq("text of e")))))), "c e f"},
		{"empty or", db.Or[thing](), ""},
		{"empty and", db.And[thing](), "a b c d e f"},
		{"or with an empty or", db.Or(s.num.Eq(1), db.Or[thing]()), "b"},
		{"or with an empty and", db.Or(s.num.Eq(1), db.And[thing]()), "a b c d e f"},
		{"and with an empty in", db.And(s.num.Gt(1), s.num.In()), ""},
	})
	if got := s.ids(t, a, db.Or(s.num.Eq(1), s.num.Eq(4)), s.flag.Eq(true)); got != "e" {
		t.Errorf("a group next to a condition matches %q, want e", got)
	}
}

func testHostileValues(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, someThing("kept"))
	for i, text := range []string{
		`' or '1'='1`, `'; drop table "thing"; --`, "`; drop table thing; --", `" or ""="`, `\' or 1=1 #`,
		`') or 1=1 --`, "$1", "?", ":text", "/* */", "{{.}}", "¿'\"`", "%27%20or%201=1", "\xbf'", "kept\x00", "\x00", "1;select pg_sleep(9)",
	} {
		for name, w := range map[string]db.Where[thing]{
			"eq": s.text.Eq(text), "in": s.text.In(text, text+"x"), "contains": db.Contains(s.text, text),
			"fold": db.Fold(s.text.Eq(text)), "prefix": db.StartsWith(s.id, text),
		} {
			if n, err := db.Count(t.Context(), a, s.Table, w); err != nil || n != 0 {
				t.Errorf("%s %q: %d rows, %v; want none", name, text, n, err)
			}
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			continue // an engine need not store it, but must be able to look for it
		}
		r := someThing(numbered("h", i))
		r.Text, r.List = text, []string{text}
		if got := roundTrip(t, a, s, r); got.Text != text || got.List[0] != text {
			t.Errorf("stored %q, read %q, %q", text, got.Text, got.List)
		}
		n, err := db.Delete(t.Context(), a, s.Table, s.text.Eq(text))
		if err != nil || n != 1 {
			t.Errorf("Delete %q: %d rows, %v; want one", text, n, err)
		}
	}
	if got := s.ids(t, a); got != "kept" {
		t.Errorf("left are %q, want kept", got)
	}
}

func testConditionalWrites(t *testing.T, a db.Adapter) {
	s := newThings()
	migrate(t, a, s.Def)
	s.fill(t, a, "word", "Word", "other", "100%", "1000")
	n, err := db.Update(t.Context(), a, s.Table, []db.Assign[thing]{s.num.To(7), s.mayText.To("x")},
		db.Or(s.text.Eq("word"), db.EndsWith(s.text, "%")))
	if err != nil || n != 2 {
		t.Errorf("Update: %d rows, %v; want 2", n, err)
	}
	if got := s.ids(t, a, s.num.Eq(7), s.mayText.Eq("x")); got != "a d" {
		t.Errorf("Update changed %q, want a d", got)
	}
	n, err = db.Delete(t.Context(), a, s.Table, s.text.In())
	if err != nil || n != 0 {
		t.Errorf("Delete of nothing: %d rows, %v", n, err)
	}
	n, err = db.Delete(t.Context(), a, s.Table, db.Or(s.text.Eq("Word"), db.And(s.num.Eq(7), db.Contains(s.text, "%"))))
	if err != nil || n != 2 {
		t.Errorf("Delete: %d rows, %v; want 2", n, err)
	}
	if got := s.ids(t, a); got != "a c e" {
		t.Errorf("left are %q, want a c e", got)
	}
	n, err = db.Delete(t.Context(), a, s.Table)
	if err != nil || n != 3 {
		t.Errorf("Delete of all: %d rows, %v; want 3", n, err)
	}
}

package sqlgen_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

type row struct {
	text string
	null *string
	num  int64
	at   time.Time
}

type columns struct {
	*db.Def
	id, name, note, count, at *db.Column
}

func newTable(name string, ids db.IDType) columns {
	t := db.NewTable(name, nil,
		db.ID("id", func(r *row) *string { return &r.text }).PrimaryKey(),
		db.Text("name", func(r *row) *string { return &r.text }).Unique(),
		db.NullText("note", func(r *row) **string { return &r.null }),
		db.Int("count", func(r *row) *int64 { return &r.num }),
		db.Time("at", func(r *row) *time.Time { return &r.at }))
	t.IDs = ids
	t.Columns[3].Rename("n")
	c := t.Columns
	return columns{t.Def, c[0], c[1], c[2], c[3], c[4]}
}

func generator(d db.Dialect) *sqlgen.Generator {
	return sqlgen.New(sqlgen.Options{Dialect: d, Returning: d != db.MySQL})
}

func eq(c *db.Column, v any) db.Cond { return db.Cond{Op: db.OpEq, Column: c, Value: v} }

func TestTexts(t *testing.T) {
	t.Parallel()
	a, b := newTable("a", db.IDText), newTable("b", db.IDText)
	serial := newTable("s", db.IDSerial)
	noon := time.Date(2026, 1, 2, 12, 0, 0, 5e6+7, time.UTC)
	type made struct {
		Text string
		Args []any
	}
	for name, c := range map[string]struct {
		make func(*sqlgen.Generator) (*sqlgen.Statement, []any, error)
		want map[db.Dialect]made
	}{
		"insert if absent": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Insert(nil, &db.Insertion{Table: a.Def, Columns: []*db.Column{a.id, a.at}, Values: []any{"1", noon}, IfAbsent: a.id})
			}, map[db.Dialect]made{
				db.SQLite:   {"INSERT INTO `a` (`id`,`at`) VALUES (?,?) ON CONFLICT (`id`) DO NOTHING", []any{"1", "2026-01-02T12:00:00.005Z"}},
				db.Postgres: {`INSERT INTO "a" ("id","at") VALUES ($1,$2) ON CONFLICT ("id") DO NOTHING`, []any{"1", noon.Truncate(time.Millisecond)}},
			},
		},
		"key made by the database": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Insert(nil, &db.Insertion{Table: serial.Def, Columns: []*db.Column{serial.name}, Values: []any{"x"}})
			}, map[db.Dialect]made{
				db.SQLite:   {"INSERT INTO `s` (`name`) VALUES (?) RETURNING `id`", []any{"x"}},
				db.Postgres: {`INSERT INTO "s" ("name") VALUES ($1) RETURNING "id"`, []any{"x"}},
				db.MySQL:    {"INSERT INTO `s` (`name`) VALUES (?)", []any{"x"}},
			},
		},
		"joined": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Select(nil, &db.Selection{Table: a.Def, Join: &db.Join{Table: b.Def, On: a.note, To: b.id},
					Where: []db.Cond{eq(a.count, int64(7))}, Limit: 1, Lock: true})
			}, map[db.Dialect]made{
				db.Postgres: {`SELECT l."id",l."name",l."note",l."n",l."at",r."id",r."name",r."note",r."n",r."at" FROM "a" AS l JOIN "b" AS r ON r."id" = l."note" WHERE l."n" = $1 LIMIT 1 FOR UPDATE OF l`, []any{int64(7)}},
			},
		},
		"order and bounds": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Select(nil, &db.Selection{Table: a.Def, Offset: 4, Order: []db.Sort{{Column: a.note}, {Column: a.id, Descending: true}}})
			}, map[db.Dialect]made{
				db.SQLite:   {"SELECT `id` AS ``,`name` AS ``,`note` AS ``,`n` AS ``,+`at` AS `` FROM `a` ORDER BY `note`,`id` DESC LIMIT -1 OFFSET ?", []any{int64(4)}},
				db.Postgres: {`SELECT "id","name","note","n","at" FROM "a" ORDER BY "note" NULLS FIRST,"id" DESC OFFSET $1`, []any{int64(4)}},
				db.MySQL:    {"SELECT `id`,`name`,`note`,`n`,`at` FROM `a` ORDER BY `note`,`id` DESC LIMIT 18446744073709551615 OFFSET ?", []any{int64(4)}},
			},
		},
		"exact text": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{eq(a.name, "x")}})
			}, map[db.Dialect]made{
				db.SQLite:   {"DELETE FROM `a` WHERE `name` = ?", []any{"x"}},
				db.Postgres: {`DELETE FROM "a" WHERE "name" = $1`, []any{"x"}},
				db.MySQL:    {"DELETE FROM `a` WHERE (`name` = ? AND CAST(CONVERT(`name` USING utf8mb4) AS BINARY) = CAST(? AS BINARY))", []any{"x", "x"}},
			},
		},
		"not a key": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Take(nil, &db.Removal{Table: serial.Def, Where: []db.Cond{{Op: db.OpOr, Group: []db.Cond{eq(serial.id, "7x"), eq(serial.id, "7")}}}})
			}, map[db.Dialect]made{
				db.Postgres: {`DELETE FROM "s" WHERE ("id" = $1 OR "id" = $2) RETURNING "id","name","note","n","at"`, []any{int64(-1), int64(7)}},
			},
		},
		"list and pattern": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Count(nil, &db.Selection{Table: a.Def, Where: []db.Cond{
					{Op: db.OpIn, Column: a.count, Values: []any{int64(1), int64(2), int64(3)}},
					{Op: db.OpContains, Column: a.name, Value: `10%_\[*`},
					{Op: db.OpStartsWith, Column: a.name, Value: `10%`, Fold: true}}})
			}, map[db.Dialect]made{
				db.SQLite:   {"SELECT count(*) FROM `a` WHERE `n` IN (?,?,?,?) AND `name` GLOB ? AND `name` LIKE ? ESCAPE '\\'", []any{int64(1), int64(2), int64(3), int64(3), `*10%_\[[][*]*`, `10\%%`}},
				db.Postgres: {`SELECT count(*) FROM "a" WHERE "n" IN ($1,$2,$3,$4) AND "name" LIKE $5 AND "name" ILIKE $6`, []any{int64(1), int64(2), int64(3), int64(3), `%10\%\_\\[*%`, `10\%%`}},
			},
		},
		"update": {
			func(g *sqlgen.Generator) (*sqlgen.Statement, []any, error) {
				return g.Update(nil, &db.Change{Table: a.Def, Set: []db.Assignment{{Column: a.count, Value: int64(1), Add: true}, {Column: a.note}},
					Where: []db.Cond{{Op: db.OpLte, Column: a.count, Value: int64(9)}, {Op: db.OpIsNull, Column: a.note}}})
			}, map[db.Dialect]made{
				db.Postgres: {`UPDATE "a" SET "n" = "n" + $1,"note" = $2 WHERE "n" <= $3 AND "note" IS NULL`, []any{int64(1), nil, int64(9)}},
			},
		},
	} {
		for dialect, want := range c.want {
			t.Run(name+"/"+string(dialect), func(t *testing.T) {
				t.Parallel()
				st, args, err := c.make(generator(dialect))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, made{st.Text, args}); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestShapesDiffer asks one generator for statements that differ in one point
// each: none may be answered with the text of another.
func TestShapesDiffer(t *testing.T) {
	t.Parallel()
	a, b := newTable("a", db.IDText), newTable("b", db.IDText)
	var selections []*db.Selection
	add := func(change func(*db.Selection)) {
		s := &db.Selection{Table: a.Def}
		change(s)
		selections = append(selections, s)
	}
	where := func(c ...db.Cond) { add(func(s *db.Selection) { s.Where = c }) }
	add(func(*db.Selection) {})
	add(func(s *db.Selection) { s.Table = b.Def })
	add(func(s *db.Selection) { s.Limit = 1 })
	add(func(s *db.Selection) { s.Limit = 2 })
	add(func(s *db.Selection) { s.Offset = 2 })
	add(func(s *db.Selection) { s.Limit, s.Offset = 2, 2 })
	add(func(s *db.Selection) { s.Lock = true })
	add(func(s *db.Selection) { s.Join = &db.Join{Table: b.Def, On: a.id, To: b.id} })
	add(func(s *db.Selection) { s.Join = &db.Join{Table: b.Def, On: a.id, To: b.name} })
	add(func(s *db.Selection) { s.Join = &db.Join{Table: b.Def, On: a.name, To: b.id} })
	add(func(s *db.Selection) { s.Join = &db.Join{Table: b.Def, On: a.id, To: b.id, Outer: true} })
	add(func(s *db.Selection) { s.Order = []db.Sort{{Column: a.name}} })
	add(func(s *db.Selection) { s.Order = []db.Sort{{Column: a.name, Descending: true}} })
	for op := db.OpEq; op <= db.OpGte; op++ {
		where(db.Cond{Op: op, Column: a.name, Value: "x"})
		where(db.Cond{Op: op, Column: a.name, Value: "x", Fold: true})
		where(db.Cond{Op: op, Column: a.note, Value: "x"})
	}
	for n := range 4 {
		list := []any{"1", "2", "3"}[:n]
		if n != 0 && n != 2 { // lists of two share their shape with one padded list each
			where(db.Cond{Op: db.OpIn, Column: a.name, Values: list})
			where(db.Cond{Op: db.OpNotIn, Column: a.name, Values: list})
		}
	}
	where(db.Cond{Op: db.OpAnd, Group: []db.Cond{eq(a.id, "1"), eq(a.name, "2")}})
	where(db.Cond{Op: db.OpOr, Group: []db.Cond{eq(a.id, "1"), eq(a.name, "2")}})
	where(db.Cond{Op: db.OpOr, Group: []db.Cond{eq(a.id, "1")}}, eq(a.name, "2"))
	where(eq(a.id, "1"), eq(a.name, "2"))
	g := generator(db.Postgres)
	for range 2 {
		texts := map[string]int{}
		for i, s := range selections {
			st, _, err := g.Select(nil, s)
			if err != nil {
				t.Fatal(err)
			}
			if first, ok := texts[st.Text]; ok {
				t.Errorf("%d and %d are both %q", first, i, st.Text)
			}
			texts[st.Text] = i
			if fresh, _, _ := generator(db.Postgres).Select(nil, s); fresh.Text != st.Text {
				t.Errorf("%d: kept %q, want %q", i, st.Text, fresh.Text)
			}
		}
	}
}

// TestBounded feeds hostile list lengths: neither statements nor arguments may
// grow without end.
func TestBounded(t *testing.T) {
	t.Parallel()
	a := newTable("a", db.IDText)
	evicted, texts := 0, map[string]bool{}
	g := sqlgen.New(sqlgen.Options{Dialect: db.SQLite, MaxStatements: 4, Evicted: func(*sqlgen.Statement) { evicted++ }})
	for n := 1; n <= 2000; n++ {
		st, args, err := g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{{Op: db.OpIn, Column: a.id, Values: make([]any, n)}}})
		if err != nil || strings.Count(st.Text, "?") != len(args) {
			t.Fatalf("%d values: %d arguments, %v", n, len(args), err)
		}
		texts[st.Text] = true
	}
	if len(texts) != 12 || evicted != 8 {
		t.Errorf("%d texts, %d evicted", len(texts), evicted)
	}
	g.Drain()
	if evicted != 12 {
		t.Errorf("%d evicted at the end", evicted)
	}
	if _, _, err := g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{{Op: db.OpIn, Column: a.id, Values: make([]any, 1<<20)}}}); err == nil {
		t.Error("a list of a million values was taken")
	}
}

// TestLookUpAllocatesNothing guards the budget of the session read.
func TestLookUpAllocatesNothing(t *testing.T) {
	a, b := newTable("a", db.IDText), newTable("b", db.IDText)
	g := generator(db.SQLite)
	s := &db.Selection{Table: a.Def, Join: &db.Join{Table: b.Def, On: a.note, To: b.id}, Where: []db.Cond{eq(a.name, "token")}, Limit: 1}
	args := make([]any, 0, 8)
	n := testing.AllocsPerRun(100, func() {
		if _, _, err := g.Select(args, s); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	a, serial := newTable("a", db.IDText), newTable("s", db.IDSerial)
	g := generator(db.SQLite)
	for name, try := range map[string]func() error{
		"type": func() error {
			_, _, err := g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{eq(a.id, float32(1))}})
			return err
		},
		"pattern": func() error {
			_, _, err := g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{{Op: db.OpContains, Column: a.id, Value: int64(1)}}})
			return err
		},
		"operator": func() error {
			_, _, err := g.Delete(nil, &db.Removal{Table: a.Def, Where: []db.Cond{{Column: a.id, Value: "x"}}})
			return err
		},
		"stored key": func() error {
			_, _, err := g.Insert(nil, &db.Insertion{Table: serial.Def, Columns: []*db.Column{serial.id}, Values: []any{"x"}})
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{"2026-02-03T12:00:00.007Z", "2026-02-03 12:00:00", "2026-02-30T00:00:00.000Z", "1770120000007", "2026-02-03", "", "24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := sqlgen.ParseInstant(s)
		if err != nil || at.Year() < 0 || at.Year() > 9999 {
			return
		}
		text := string(db.AppendTime(nil, at))
		again, err := sqlgen.ParseInstant(text)
		if err != nil || !again.Equal(at) {
			t.Errorf("%q is %v, then %v, %v", s, at, again, err)
		}
	})
}

func TestData(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 12, 0, 0, 7e6, time.UTC)
	for _, c := range []struct {
		kind db.Kind
		src  any
		want any
	}{
		{db.KindText, "x", "x"}, {db.KindText, []byte("x"), "x"}, {db.KindText, int64(7), "7"}, {db.KindText, nil, nil},
		{db.KindID, int64(7), "7"}, {db.KindBool, int64(1), true}, {db.KindBool, []byte("0"), false}, {db.KindBool, "true", true},
		{db.KindInt, "7", int64(7)}, {db.KindInt, 7.0, int64(7)}, {db.KindBigInt, int64(1 << 60), int64(1 << 60)},
		{db.KindTime, at, at}, {db.KindTime, at.UnixMilli(), at}, {db.KindTime, "2026-02-03T12:00:00.007Z", at},
		{db.KindTime, "2026-02-03 12:00:00.007", at}, {db.KindTime, []byte("2026-02-03T13:00:00.007+01:00"), at},
		{db.KindJSON, `{"a":1}`, json.RawMessage(`{"a":1}`)},
		{db.KindTextList, `["a","b"]`, []string{"a", "b"}}, {db.KindTextList, `"[\"a\"]"`, []string{"a"}},
	} {
		got, err := sqlgen.Data(c.kind, c.src)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%v from %#v: %v %s", c.kind, c.src, err, diff)
		}
	}
	for kind, src := range map[db.Kind]any{db.KindBool: "maybe", db.KindInt: "zz9", db.KindTime: "noon", db.KindTextList: "{}", db.KindText: struct{}{}} {
		if got, err := sqlgen.Data(kind, src); err == nil {
			t.Errorf("%v from %v: %v", kind, src, got)
		} else if strings.Contains(err.Error(), fmt.Sprint(src)) && kind != db.KindText {
			t.Errorf("the error shows the value: %v", err)
		}
	}
}

package ddl_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
)

// row stands for all rows: only the declarations matter here.
type row struct {
	text     string
	nullText *string
	flag     bool
	num      int64
	at       time.Time
	nullAt   *time.Time
	extra    db.Extra
}

func id(name string) db.Field[row, string] {
	return db.ID(name, func(r *row) *string { return &r.text })
}

func text(name string) db.Field[row, string] {
	return db.Text(name, func(r *row) *string { return &r.text })
}

func nullText(name string) db.Field[row, string] {
	return db.NullText(name, func(r *row) **string { return &r.nullText })
}

func at(name string) db.Field[row, time.Time] {
	return db.Time(name, func(r *row) *time.Time { return &r.at })
}

func nullAt(name string) db.Field[row, time.Time] {
	return db.NullTime(name, func(r *row) **time.Time { return &r.nullAt })
}

func number(name string) db.Field[row, int64] {
	return db.Int(name, func(r *row) *int64 { return &r.num })
}

func table(name string, fields ...db.AnyField[row]) *db.Table[row] {
	return db.NewTable(name, func(r *row) *db.Extra { return &r.extra },
		append([]db.AnyField[row]{id("id").PrimaryKey()}, fields...)...)
}

// coreTables are the reference's own, with its rate limit in the database.
func coreTables() []*db.Table[row] {
	return []*db.Table[row]{
		table("user", text("name").Sortable(), text("email").Unique().Sortable(),
			db.Bool("emailVerified", func(r *row) *bool { return &r.flag }), nullText("image"),
			at("createdAt").NowDefault(), at("updatedAt").NowDefault()),
		table("session", at("expiresAt"), text("token").Unique(), at("createdAt").NowDefault(), at("updatedAt"),
			nullText("ipAddress"), nullText("userAgent"), id("userId").References("user", "id").Index()),
		table("account", text("accountId"), text("providerId"), id("userId").References("user", "id").Index(),
			nullText("accessToken"), nullText("refreshToken"), nullText("idToken"),
			nullAt("accessTokenExpiresAt"), nullAt("refreshTokenExpiresAt"), nullText("scope"), nullText("password"),
			at("createdAt").NowDefault(), at("updatedAt")),
		table("verification", text("identifier").Index(), text("value"), at("expiresAt"),
			at("createdAt").NowDefault(), at("updatedAt").NowDefault()),
		table("rateLimit", text("key").Unique(), number("count"),
			db.BigInt("lastRequest", func(r *row) *int64 { return &r.num })),
	}
}

func schemaOf(ids db.IDType, tables ...*db.Table[row]) *db.Schema {
	s := &db.Schema{}
	for _, t := range tables {
		t.IDs = ids
		s.Tables = append(s.Tables, t.Def)
	}
	return s
}

func golden(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(string(data)), ";"), ";\n")
}

// TestReferenceSpelling compares with what the reference's own generator
// writes for an empty database.
func TestReferenceSpelling(t *testing.T) {
	t.Parallel()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres, db.MySQL} {
		for ids, name := range map[db.IDType]string{db.IDText: "text", db.IDUUID: "uuid", db.IDSerial: "serial"} {
			t.Run(string(dialect)+"-"+name, func(t *testing.T) {
				t.Parallel()
				plan := db.MakePlan(schemaOf(ids, coreTables()...), &db.Live{}, dialect)
				got, err := ddl.Statements(dialect, plan)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(golden(t, string(dialect)+"-"+name), got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestReferenceAdditions compares with what the reference writes when the
// admin, username and organization plugins and own fields come to a database
// that it made before.
func TestReferenceAdditions(t *testing.T) {
	t.Parallel()
	tables := coreTables()[:4]
	live := liveOf(db.SQLite, schemaOf(db.IDText, tables...))
	users, sessions := tables[0], tables[1]
	add := func(_ any, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	constant := func(v any) db.FieldOption { return db.Input(db.InputRule{Default: func() any { return v }}) }
	add(db.AddField[string](users, "role"))
	add(db.AddField[bool](users, "banned", constant(false)))
	add(db.AddField[string](users, "banReason"))
	add(db.AddField[time.Time](users, "banExpires"))
	add(db.AddField[string](users, "username", db.Unique))
	add(db.AddField[string](users, "displayUsername"))
	add(db.AddField[string](users, "plan", db.NotNull, constant("it's")))
	add(db.AddField[[]string](users, "tags"))
	add(db.AddField[int64](users, "seats", db.As(db.KindBigInt), db.Index))
	add(db.AddField[string](sessions, "impersonatedBy"))
	add(db.AddField[string](sessions, "activeOrganizationId"))
	tables = append(tables,
		table("organization", text("name"), text("slug").Unique().Index(), nullText("logo"), at("createdAt"), nullText("metadata")),
		table("member", id("organizationId").References("organization", "id").Index(), id("userId").References("user", "id").Index(),
			text("role"), at("createdAt")),
		table("invitation", id("organizationId").References("organization", "id").Index(), text("email").Index(), nullText("role"),
			text("status"), at("expiresAt"), at("createdAt"), id("inviterId").References("user", "id")))
	plan := db.MakePlan(schemaOf(db.IDText, tables...), live, db.SQLite)
	if err := plan.Err(); err != nil {
		t.Fatal(err)
	}
	got, err := ddl.Statements(db.SQLite, plan)
	if err != nil {
		t.Fatal(err)
	}
	want := golden(t, "sqlite-added")
	slices.Sort(got) // tables come first here, so that added columns can refer to them
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// liveOf is a database that was made by the planner itself.
func liveOf(dialect db.Dialect, schema *db.Schema) *db.Live {
	live := &db.Live{}
	for _, s := range db.MakePlan(schema, &db.Live{}, dialect).Steps {
		switch s.Action {
		case db.CreateTable:
			t := db.LiveTable{Name: s.Table.Physical}
			for _, c := range s.Columns {
				t.Columns = append(t.Columns, db.LiveColumn{Name: c.Physical, Type: s.Table.ColumnType(c, dialect), Null: c.Null})
				if c.Unique {
					t.Indexes = append(t.Indexes, db.LiveIndex{Columns: []string{c.Physical}, Unique: true})
				}
			}
			live.Tables = append(live.Tables, t)
		case db.CreateIndex:
			for i := range live.Tables {
				if live.Tables[i].Name == s.Table.Physical {
					live.Tables[i].Indexes = append(live.Tables[i].Indexes,
						db.LiveIndex{Name: s.Name, Columns: []string{s.Columns[0].Physical}, Unique: s.Unique})
				}
			}
		}
	}
	return live
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	orphan := table("pet", id("ownerId").References("owner", "id"))
	action := table("node", id("parentId").References("node", "id").OnDelete("cascade; drop table user"))
	for name, plan := range map[string]*db.Plan{
		"reference to nothing": db.MakePlan(schemaOf(db.IDText, orphan), &db.Live{}, db.SQLite),
		"unknown action":       db.MakePlan(schemaOf(db.IDText, action), &db.Live{}, db.SQLite),
		"unknown step":         {Steps: []db.Step{{Table: orphan.Def}}},
	} {
		if got, err := ddl.Statements(db.SQLite, plan); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, err := ddl.Statements(db.Memory, &db.Plan{}); err == nil {
		t.Error("memory has no SQL")
	}
}

func TestConstantDefaults(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[db.Dialect]string{
		db.SQLite:   `alter table "note" add column "a" text default 'it''s \n' not null; alter table "note" add column "b" integer default 1; alter table "note" add column "c" integer default -7`,
		db.Postgres: `alter table "note" add column "a" text default 'it''s \n' not null; alter table "note" add column "b" boolean default true; alter table "note" add column "c" integer default -7`,
		db.MySQL:    "alter table `note` add column `a` text default ('it''s \\\\n') not null; alter table `note` add column `b` boolean default true; alter table `note` add column `c` integer default -7",
	} {
		notes := table("note")
		live := liveOf(dialect, schemaOf(db.IDText, notes))
		if _, err := db.AddField[string](notes, "a", db.NotNull, db.Input(db.InputRule{Default: func() any { return `it's \n` }})); err != nil {
			t.Fatal(err)
		}
		if _, err := db.AddField[bool](notes, "b", db.Input(db.InputRule{Default: func() any { return true }})); err != nil {
			t.Fatal(err)
		}
		if _, err := db.AddField[int64](notes, "c", db.Input(db.InputRule{Default: func() any { return int64(-7) }})); err != nil {
			t.Fatal(err)
		}
		got, err := ddl.Statements(dialect, db.MakePlan(schemaOf(db.IDText, notes), live, dialect))
		if err != nil || strings.Join(got, "; ") != want {
			t.Errorf("%s: %v\n got %s\nwant %s", dialect, err, strings.Join(got, "; "), want)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	plan := db.MakePlan(schemaOf(db.IDText, table("note", text("owner").Index())), &db.Live{}, db.SQLite)
	var got []string
	for _, s := range plan.Steps {
		got = append(got, ddl.Describe(s))
	}
	want := []string{"create table note (id, owner)", "create index note_owner_idx on table note (owner)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

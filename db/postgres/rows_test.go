package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/testenv"
)

func pool(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	p, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func exec(t *testing.T, p *pgxpool.Pool, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := p.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// referenceTables is what the reference's own migration creates.
var referenceTables = []string{
	`create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" boolean not null, "image" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz default CURRENT_TIMESTAMP not null)`,
	`create table "session" ("id" text not null primary key, "expiresAt" timestamptz not null, "token" text not null unique, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade)`,
	`create index "session_userId_idx" on "session" ("userId")`,
}

// TestReferenceTables takes over tables that the reference made, with a row it
// wrote.
func TestReferenceTables(t *testing.T) {
	t.Parallel()
	p := pool(t, testenv.Postgres(t))
	exec(t, p, referenceTables...)
	exec(t, p, `insert into "user" values ('u1','Ada','ada@example.com',true,null,'2026-02-03T13:00:00.007999+01','2026-02-03 12:00:00.007Z')`)
	a, tab := postgres.New(p), newTables()
	if plan := tab.migrate(t, a); len(plan.Steps) != 0 {
		t.Errorf("the plan is not empty: %+v", plan.Steps)
	}
	got, err := db.One(t.Context(), a, tab.users, tab.email.Eq("ada@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ada(), got, cmpopts.IgnoreTypes(db.Extra{})); diff != "" {
		t.Error(diff)
	}
	if err := db.Create(t.Context(), a, tab.sessions, adasSession()); err != nil {
		t.Fatal(err)
	}
	var expires, kind string
	if err := p.QueryRow(t.Context(), `select to_char("expiresAt" at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), pg_typeof("expiresAt")::text from "session"`).Scan(&expires, &kind); err != nil {
		t.Fatal(err)
	}
	if expires != "2026-02-03 13:00:00.007000" || kind != "timestamp with time zone" {
		t.Errorf("stored %s as %s", expires, kind)
	}
}

// TestOtherTypes covers tables that an ORM made.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	for _, pooler := range []bool{false, true} {
		url := testenv.Postgres(t)
		p := pool(t, url)
		exec(t, p, `create table thing (id uuid primary key, name varchar(40), code char(3), flag boolean, num smallint, big numeric, at timestamp(3), doc json, list json)`,
			`insert into thing values ('0A1B2C3D-4e5f-4607-8899-aabbccddeeff','Ada','abc',true,-7,12345678901,'2026-02-03 12:00:00.007','{"a": 1}','["x","y"]')`)
		type thing struct {
			ID, Name, Code string
			Flag           bool
			Num, Big       int64
			At             time.Time
			Doc            json.RawMessage
			List           []string
		}
		id := db.ID("id", func(r *thing) *string { return &r.ID }).PrimaryKey()
		at := db.Time("at", func(r *thing) *time.Time { return &r.At })
		things := db.NewTable("thing", nil, id,
			db.Text("name", func(r *thing) *string { return &r.Name }), db.Text("code", func(r *thing) *string { return &r.Code }),
			db.Bool("flag", func(r *thing) *bool { return &r.Flag }), db.Int("num", func(r *thing) *int64 { return &r.Num }),
			db.BigInt("big", func(r *thing) *int64 { return &r.Big }), at,
			db.JSON("doc", func(r *thing) *json.RawMessage { return &r.Doc }), db.TextList("list", func(r *thing) *[]string { return &r.List }))
		things.IDs = db.IDUUID
		want := &thing{ID: "0a1b2c3d-4e5f-4607-8899-aabbccddeeff", Name: "Ada", Code: "abc", Flag: true, Num: -7, Big: 12345678901,
			At: noon, Doc: json.RawMessage(`{"a": 1}`), List: []string{"x", "y"}}
		a := open(t, url, postgres.Options{Pooler: pooler})
		got, err := db.One(t.Context(), a, things, id.Eq(want.ID), at.Eq(noon))
		if err != nil {
			t.Fatalf("pooler %v: %v", pooler, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pooler %v: %s", pooler, diff)
		}
		want.ID = "1a1b2c3d-4e5f-4607-8899-aabbccddeeff"
		if err := db.Create(t.Context(), a, things, want); err != nil {
			t.Errorf("pooler %v: %v", pooler, err)
		}
	}
}

// TestRuleNames covers unique rules that go by names of an ORM's choice.
func TestRuleNames(t *testing.T) {
	t.Parallel()
	p := pool(t, testenv.Postgres(t))
	exec(t, p, referenceTables...)
	exec(t, p, `alter table "user" drop constraint user_email_key`, `create unique index "whatever" on "user" ("email")`)
	a, tab := postgres.New(p), newTables()
	tab.fill(t, a)
	again := ada()
	again.ID = "u2"
	var conflict *db.ConflictError
	if err := db.Create(t.Context(), a, tab.users, again); !errors.As(err, &conflict) || conflict.Column != "email" {
		t.Errorf("got %v", err)
	}
}

// TestSchemaNames covers a schema whose name has to be quoted, next to others.
func TestSchemaNames(t *testing.T) {
	t.Parallel()
	base := testenv.Postgres(t)
	p, tab := pool(t, base), newTables()
	name := "Mixed-Case " + time.Now().Format("150405.000000000")
	exec(t, p, `create schema "`+name+`"`)
	t.Cleanup(func() { _, _ = p.Exec(context.Background(), `drop schema "`+name+`" cascade`) })
	tab.migrate(t, postgres.New(p))

	config := p.Config().Copy()
	config.ConnConfig.RuntimeParams["search_path"] = `"` + name + `"`
	other, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	a := postgres.New(other)
	for _, want := range []int{3, 0} { // two tables and an index
		if plan := tab.migrate(t, a); len(plan.Steps) != want {
			t.Errorf("%d steps, want %d", len(plan.Steps), want)
		}
	}
	tab.fill(t, a)
	if n, err := db.Count(t.Context(), postgres.New(p), tab.users); err != nil || n != 0 {
		t.Errorf("the first schema holds %d users, %v", n, err)
	}
}

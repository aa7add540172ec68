package mysql_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/internal/testenv"
)

type user struct {
	ID, Name, Email      string
	EmailVerified        bool
	CreatedAt, UpdatedAt time.Time
}

type users struct {
	*db.Table[user]
	id, name, email db.Field[user, string]
}

func newUsers() *users {
	t := &users{
		id:    db.ID("id", func(u *user) *string { return &u.ID }).PrimaryKey(),
		name:  db.Text("name", func(u *user) *string { return &u.Name }).Sortable(),
		email: db.Text("email", func(u *user) *string { return &u.Email }).Unique().Sortable(),
	}
	t.Table = db.NewTable("user", nil, t.id, t.name, t.email,
		db.Bool("emailVerified", func(u *user) *bool { return &u.EmailVerified }),
		db.Time("createdAt", func(u *user) *time.Time { return &u.CreatedAt }).NowDefault(),
		db.Time("updatedAt", func(u *user) *time.Time { return &u.UpdatedAt }).NowDefault())
	return t
}

func (u *users) migrate(t testing.TB, a db.Adapter) *db.Plan {
	t.Helper()
	plan, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(&db.Schema{Tables: []*db.Def{u.Def}}, live, a.Dialect()), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

var noon = time.Date(2026, 2, 3, 12, 0, 0, 7e6, time.UTC)

func ada() *user {
	return &user{ID: "u1", Name: "Ada", Email: "ada@example.com", EmailVerified: true, CreatedAt: noon, UpdatedAt: noon}
}

// handle opens the bare driver, with what the adapter needs.
func handle(t *testing.T, source, params string) *sql.DB {
	t.Helper()
	h, err := sql.Open("mysql", source+"?"+params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

const sound = "clientFoundRows=true&parseTime=true&time_zone=%27%2B00%3A00%27&sql_mode=%27STRICT_ALL_TABLES%27"

func exec(t *testing.T, h *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := h.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestReferenceTables takes over a table that the reference made, with a row
// it wrote.
func TestReferenceTables(t *testing.T) {
	t.Parallel()
	source := testenv.MySQL(t)
	h := handle(t, source, sound)
	exec(t, h, "create table `user` (`id` varchar(36) not null primary key, `name` varchar(255) not null, `email` varchar(255) not null unique, `emailVerified` boolean not null, `createdAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `updatedAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null)",
		"insert into `user` values ('u1','Ada','ada@example.com',1,'2026-02-03 12:00:00.007','2026-02-03 12:00:00.007')")
	a, u := open(t, source), newUsers()
	if plan := u.migrate(t, a); len(plan.Steps) != 0 {
		t.Errorf("the plan is not empty: %+v", plan.Steps)
	}
	got, err := db.One(t.Context(), a, u.Table, u.email.Eq("ada@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ada(), got); diff != "" {
		t.Error(diff)
	}
	if _, err := db.One(t.Context(), a, u.Table, u.email.Eq("ADA@example.com ")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("found by another text: %v", err)
	}
	second := ada()
	second.ID, second.Email = "u2", "bob@example.com"
	if err := db.Create(t.Context(), a, u.Table, second); err != nil {
		t.Fatal(err)
	}
	var created string
	if err := h.QueryRow("select cast(createdAt as char) from `user` where id = 'u2'").Scan(&created); err != nil || created != "2026-02-03 12:00:00.007" {
		t.Errorf("stored %s, %v", created, err)
	}
}

// TestCollision covers two texts that the column's collation takes for one.
func TestCollision(t *testing.T) {
	t.Parallel()
	a, u := open(t, testenv.MySQL(t)), newUsers()
	u.migrate(t, a)
	if err := db.Create(t.Context(), a, u.Table, ada()); err != nil {
		t.Fatal(err)
	}
	other := ada()
	other.ID, other.Email = "u2", "Ada@Example.com"
	// "Not inserted" would say that there is a row with this very value.
	inserted, err := db.CreateIfAbsent(t.Context(), a, u.Table, other, u.email)
	var conflict *db.ConflictError
	if inserted || !errors.As(err, &conflict) || conflict.Column != "email" {
		t.Errorf("got %v, %v; want a conflict at the e-mail address", inserted, err)
	}
}

// TestRuleNames covers a unique rule that goes by a name of an ORM's choice,
// and a value that looks like the end of the server's message.
func TestRuleNames(t *testing.T) {
	t.Parallel()
	source := testenv.MySQL(t)
	a, u := open(t, source), newUsers()
	u.migrate(t, a)
	exec(t, handle(t, source, sound), "alter table `user` drop index email, add unique index `user.what'ever` (email)", "alter table `user` rename index `user.what'ever` to whatever")
	first := ada()
	first.Email = "x' for key 'PRIMARY"
	for i, want := range []bool{false, true} {
		first.ID = []string{"u1", "u2"}[i]
		err := db.Create(t.Context(), a, u.Table, first)
		var conflict *db.ConflictError
		if errors.As(err, &conflict) != want || want && conflict.Column != "email" {
			t.Errorf("row %d: %v", i, err)
		}
	}
}

// TestDocument reads JSON and lists that were written by other programs.
func TestDocument(t *testing.T) {
	t.Parallel()
	source := testenv.MySQL(t)
	exec(t, handle(t, source, sound), "create table doc (id bigint auto_increment primary key, doc json, list text)",
		`insert into doc values (7, '{"a": 1}', '["x","y"]')`)
	type document struct {
		ID   string
		Doc  json.RawMessage
		List []string
	}
	id := db.ID("id", func(d *document) *string { return &d.ID }).PrimaryKey()
	docs := db.NewTable("doc", nil, id, db.JSON("doc", func(d *document) *json.RawMessage { return &d.Doc }),
		db.TextList("list", func(d *document) *[]string { return &d.List }))
	docs.IDs = db.IDSerial
	got, err := db.One(t.Context(), open(t, source), docs, id.Eq("7"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&document{"7", json.RawMessage(`{"a": 1}`), []string{"x", "y"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestApplicationTransaction commits an application's row and a user at once.
func TestApplicationTransaction(t *testing.T) {
	t.Parallel()
	h := handle(t, testenv.MySQL(t), sound)
	a, err := mysql.New(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	u := newUsers()
	u.migrate(t, a)
	exec(t, h, "create table note (id text)")
	for _, commit := range []bool{false, true} {
		tx, err := h.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, noteErr := tx.Exec("insert into note values ('n')")
		createErr := db.Create(t.Context(), a.UseTx(tx), u.Table, ada())
		again := ada()
		again.ID = "u2"
		if err := db.Create(t.Context(), a.UseTx(tx), u.Table, again); !errors.Is(err, db.ErrConflict) {
			t.Errorf("got %v", err)
		}
		end := tx.Rollback
		if commit {
			end = tx.Commit
		}
		if err := errors.Join(noteErr, createErr, end()); err != nil {
			t.Fatal(err)
		}
		n, err := db.Count(t.Context(), a, u.Table)
		if err != nil || (n == 1) != commit {
			t.Errorf("commit %v: %d users, %v", commit, n, err)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Ping(); err != nil {
		t.Errorf("Close closed the application's handle: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	source := testenv.MySQL(t)
	for params, want := range map[string]string{
		sound: "",
		"time_zone=%27%2B00%3A00%27&sql_mode=%27%27":                                       "strict",
		"time_zone=%27%2B02%3A00%27&sql_mode=%27STRICT_ALL_TABLES%27":                      "time_zone",
		"time_zone=%27%2B00%3A00%27&sql_mode=%27STRICT_ALL_TABLES%27&loc=Asia%2FKathmandu": "loc",
	} {
		_, err := mysql.New(t.Context(), handle(t, source, params))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error about %q", params, err, want)
		}
	}
}

func TestOpenByURL(t *testing.T) {
	t.Parallel()
	name := testenv.MySQL(t)
	if !strings.HasPrefix(name, "root@tcp(127.0.0.1:3306)/") {
		t.Skip("SKIPPED, NOT TESTED: the server is not the one the URL is written for")
	}
	database := name[strings.LastIndexByte(name, '/')+1:]
	a := open(t, "mysql://root@127.0.0.1:3306/"+database+"?ssl-mode=DISABLED")
	if _, err := a.Introspect(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for source, unavailable := range map[string]bool{
		"app:hunter2@tcp(127.0.0.1:1)/app":              true,
		"mysql://app:hunter2@127.0.0.1:1/app":           true,
		"mysql://app:hunter2@127.0.0.1:1":               false,
		"mysql://app:hunter2@[::1/app":                  false,
		"mysql://app:hunter2@127.0.0.1/app?ssl-mode=no": false,
		"app:hunter2@tcp(127.0.0.1:1/app":               false,
		"":                                              false,
	} {
		a, err := mysql.Open(ctx, source, mysql.Options{})
		if err == nil {
			_ = a.Close()
			t.Errorf("%s opened", source)
			continue
		}
		if unavailable != errors.Is(err, db.ErrUnavailable) {
			t.Errorf("%s: %v; unavailable should be %v", source, err, unavailable)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// TestWaitEnds has a statement wait for a row that another transaction holds.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	a, u := open(t, testenv.MySQL(t)), newUsers()
	u.migrate(t, a)
	if err := db.Create(t.Context(), a, u.Table, ada()); err != nil {
		t.Fatal(err)
	}
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		if _, err := db.First(t.Context(), x, u.Table, db.Query[user]{Lock: true}); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := db.Update(ctx, a, u.Table, []db.Assign[user]{u.name.To("Eve")}, u.id.Eq("u1"))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

package integration_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/flow/emailpassword"
	"github.com/watchword-auth/watchword/internal/testenv"
)

// live is a database with a handle beside the adapter.
type live struct {
	adapter db.Adapter
	handle  *sql.DB
}

func (l live) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, text := range statements {
		if l.adapter.Dialect() == db.MySQL {
			text = strings.ReplaceAll(text, `"`, "`")
		}
		if _, err := l.handle.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// dialects runs a test over each SQL engine.
func dialects(t *testing.T, test func(t *testing.T, l live)) {
	t.Helper()
	run := func(name, driver string, open func(t *testing.T) (string, db.Adapter, error)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, a, err := open(t)
			a = opened(t, a, err)
			handle, err := sql.Open(driver, source)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = handle.Close() })
			test(t, live{a, handle})
		})
	}
	run("postgres", "pgx", func(t *testing.T) (string, db.Adapter, error) {
		url := testenv.Postgres(t)
		a, err := postgres.Open(context.Background(), url, postgres.Options{})
		return url, a, err
	})
	run("mysql", "mysql", func(t *testing.T) (string, db.Adapter, error) {
		source := testenv.MySQL(t)
		a, err := mysql.Open(context.Background(), source, mysql.Options{})
		return source, a, err
	})
	run("sqlite", "sqlite", func(t *testing.T) (string, db.Adapter, error) {
		path := t.TempDir() + "/auth.db"
		a, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
		return path, a, err
	})
}

func planned(t *testing.T, a *watchword.Auth) *db.Plan {
	t.Helper()
	plan, err := a.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func migrated(t *testing.T, a *watchword.Auth) {
	t.Helper()
	if _, err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if plan := planned(t, a); len(plan.Steps)+len(plan.Warnings) > 0 {
		t.Fatalf("after migrating there are %d steps and the warnings %q", len(plan.Steps), plan.Warnings)
	}
}

func withPasswords(o *core.Options) { o.EmailAndPassword.Enabled = true }

func signUp(t *testing.T, a *watchword.Auth, email string) {
	t.Helper()
	in := &emailpassword.SignUpInput{Name: "Ada", Email: email, Password: "correct horse battery"}
	if _, err := watchword.Invoke(t.Context(), a, emailpassword.SignUp, in, watchword.Call{}); err != nil {
		t.Fatal(err)
	}
}

// TestIssuerOfAccounts takes a database over as Better Auth 1.7.0 to 1.7.2
// made it.
func TestIssuerOfAccounts(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		migrated(t, instance(t, l.adapter))
		def := ` NOT NULL`
		if l.adapter.Dialect() == db.SQLite { // which adds no such column to a table, though one can be made with it
			def = ` NOT NULL DEFAULT ''`
		}
		l.exec(t, `ALTER TABLE "account" ADD COLUMN "issuer" varchar(255)`+def)
		if def == ` NOT NULL` {
			if err := planned(t, instance(t, l.adapter)).Err(); err == nil || !strings.Contains(err.Error(), `"issuer"`) || !strings.Contains(err.Error(), `"account"`) {
				t.Errorf("a column that must be given, and is not, is planned with: %v", err)
			}
		}
		a := instance(t, l.adapter, withPasswords, func(o *core.Options) { o.Account.Issuer = true })
		if plan := planned(t, a); len(plan.Steps) != 0 || plan.Err() != nil {
			t.Errorf("%d steps, %v", len(plan.Steps), plan.Err())
		}
		signUp(t, a, "ada@example.com")
		var issuer string
		if err := l.handle.QueryRowContext(t.Context(), `SELECT issuer FROM account`).Scan(&issuer); err != nil || issuer != "local:credential" {
			t.Errorf("the issuer is %q: %v", issuer, err)
		}
	})
}

// TestOlderSchemas adds what lacks and leaves the rest as it is.
func TestOlderSchemas(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		a := instance(t, l.adapter, withPasswords)
		migrated(t, a)
		l.exec(t, `ALTER TABLE "user" ADD COLUMN "theirs" varchar(20)`, `ALTER TABLE "user" DROP COLUMN "image"`, `DROP TABLE "verification"`)
		plan := planned(t, a)
		if len(plan.Steps) != 3 || plan.Err() != nil { // the table, its index, the column
			t.Errorf("%d steps, %v", len(plan.Steps), plan.Err())
		}
		migrated(t, a)
		signUp(t, a, "ada@example.com")
		l.exec(t, `UPDATE "user" SET "theirs" = 'kept'`)

		// A column that cannot be filled is refused before anything is done.
		tenants := func(o *core.Options) {
			o.User.AdditionalFields = []core.AdditionalField{{Name: "tenant", Required: true}}
			o.Verification.AdditionalFields = []core.AdditionalField{{Name: "note"}}
		}
		strict := instance(t, l.adapter, tenants)
		_, err := strict.Migrate(t.Context())
		if err == nil || !strings.Contains(err.Error(), `"tenant"`) || !strings.Contains(err.Error(), `"user"`) {
			t.Errorf("a required column was added to a table with rows: %v", err)
		}
		if steps := len(planned(t, strict).Steps); steps != 1 {
			t.Errorf("%d steps wait after a refusal, want the one of verification", steps)
		}

		// Renamed tables stand beside those of other names.
		renamed := instance(t, l.adapter, withPasswords, func(o *core.Options) {
			o.User.Mapping = core.Mapping{ModelName: "people", Fields: map[string]string{"email": "email_address"}}
			o.Account.ModelName, o.Session.ModelName = "logins", "devices"
		})
		migrated(t, renamed)
		signUp(t, renamed, "grace@example.com")
		var theirs, email string
		err = l.handle.QueryRowContext(t.Context(), `SELECT theirs FROM `+quoted(l, "user")).Scan(&theirs)
		if err != nil || theirs != "kept" {
			t.Errorf("a column of others holds %q: %v", theirs, err)
		}
		err = l.handle.QueryRowContext(t.Context(), `SELECT email_address FROM people`).Scan(&email)
		if err != nil || email != "grace@example.com" {
			t.Errorf("the renamed column holds %q: %v", email, err)
		}
	})
}

func quoted(l live, name string) string {
	if l.adapter.Dialect() == db.MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

package integration_test

import (
	"os"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/plugin/organization"
	"github.com/watchword-auth/watchword/plugin/twofactor"
	"github.com/watchword-auth/watchword/plugin/username"
)

// load makes the tables as a version of the reference makes them, with the
// plugins that withReferencePlugins has; change may rewrite the text.
func load(t *testing.T, l live, version string, change *strings.Replacer) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + version + "." + string(l.adapter.Dialect()) + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	all := string(text)
	if change != nil {
		// The files of MySQL quote by other marks.
		all = strings.ReplaceAll(change.Replace(strings.ReplaceAll(all, "`", `"`)), `"`, l.mark())
	}
	for statement := range strings.SplitSeq(all, ";\n") {
		if _, err := l.handle.ExecContext(t.Context(), statement); err != nil && strings.TrimSpace(statement) != "" {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (l live) mark() string {
	if l.adapter.Dialect() == db.MySQL {
		return "`"
	}
	return `"`
}

func withReferencePlugins(o *core.Options) {
	withPasswords(o)
	teams := organization.Options{}
	teams.Teams.Enabled = true
	o.Plugins = []core.Plugin{admin.New(admin.Options{}), twofactor.New(twofactor.Options{}), username.New(username.Options{}),
		jwt.New(jwt.Options{}), organization.New(teams), watchword.DatabaseRateLimit{}}
}

// people are rows as the reference writes them.
const people = `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt", "role") VALUES
	('u1', 'Ada', 'ada@example.com', true, '2026-02-03 12:00:00', '2026-02-03 12:00:00', 'admin')`

// TestReferenceSchemas takes databases over as versions of the reference made
// them, with what their plugins had.
func TestReferenceSchemas(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		for _, version := range []struct {
			file  string
			steps []string // what lacks
		}{
			{"1.6.9", []string{"jwks.alg", "jwks.crv", "team.memberCount", "teamMember.membershipKey",
				"twoFactor.failedVerificationCount", "twoFactor.lockedUntil", "unique teamMember.membershipKey"}},
			{"1.7.25", nil},
		} {
			load(t, l, version.file, nil)
			l.exec(t, people)
			a := instance(t, l.adapter, withReferencePlugins)
			plan := planned(t, a)
			if err := plan.Err(); err != nil {
				t.Fatal(err)
			}
			missing := map[string]bool{}
			for _, want := range version.steps {
				missing[want] = true
			}
			for _, step := range plan.Steps {
				name := step.Table.Name + "." + step.Columns[0].Name
				if step.Unique {
					name = "unique " + name
				}
				if step.Action == db.CreateTable || !missing[name] {
					t.Errorf("%s: an unexpected step: %+v", version.file, step)
				}
				delete(missing, name)
			}
			if len(missing) > 0 {
				t.Errorf("%s: not planned: %v", version.file, missing)
			}
			migrated(t, a)
			signUp(t, a, "grace@example.com")
			reads(t, l, `SELECT "name" FROM "user" WHERE "id" = 'u1' AND "role" = 'admin'`, "Ada")
			l.drop(t)
		}
	})
}

// TestReferenceTeams takes teams over that were made before their members were
// counted: the count begins at 0, and is right once somebody joins.
func TestReferenceTeams(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		load(t, l, "1.6.9", nil)
		l.exec(t, people,
			`INSERT INTO "organization" ("id", "name", "slug", "createdAt") VALUES ('o1', 'O', 'o', '2026-02-03 12:00:00')`,
			`INSERT INTO "team" ("id", "name", "organizationId", "createdAt") VALUES ('t1', 'T', 'o1', '2026-02-03 12:00:00')`,
			`INSERT INTO "teamMember" ("id", "teamId", "userId") VALUES ('m1', 't1', 'u1')`)
		a := instance(t, l.adapter, withReferencePlugins)
		migrated(t, a)
		reads(t, l, `SELECT "memberCount" FROM "team"`, "0")

		owner := &core.Current{Session: &core.Session{UserID: "u1"}, User: &core.User{ID: "u1"}}
		signUp(t, a, "grace@example.com")
		l.exec(t, `INSERT INTO "member" ("id", "organizationId", "userId", "role", "createdAt") VALUES ('x', 'o1', 'u1', 'owner', '2026-02-03 12:00:00')`,
			`INSERT INTO "member" ("id", "organizationId", "userId", "role", "createdAt") SELECT 'y', 'o1', "id", 'member', '2026-02-03 12:00:00' FROM "user" WHERE "email" = 'grace@example.com'`)
		var grace string
		if err := l.handle.QueryRowContext(t.Context(), strings.ReplaceAll(`SELECT "userId" FROM "member" WHERE "id" = 'y'`, `"`, l.mark())).Scan(&grace); err != nil {
			t.Fatal(err)
		}
		in := &organization.TeamMemberInput{TeamID: "t1", UserID: grace, OrganizationID: input.Some("o1")}
		if _, err := watchword.Invoke(t.Context(), a, organization.AddTeamMember, in, watchword.Call{Session: owner}); err != nil {
			t.Fatal(err)
		}
		reads(t, l, `SELECT "memberCount" FROM "team"`, "2")
	})
}

// TestReferenceIssuer takes a database over whose accounts name an issuer, as
// 1.7.0 to 1.7.2 made it.
func TestReferenceIssuer(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		kind := "text"
		if l.adapter.Dialect() == db.MySQL {
			kind = "varchar(255)"
		}
		load(t, l, "1.7.25", strings.NewReplacer(`"accountId"`, `"issuer" `+kind+` not null, "accountId"`))
		a := instance(t, l.adapter, withReferencePlugins)
		if _, err := a.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), `"issuer"`) || !strings.Contains(err.Error(), `"account"`) {
			t.Errorf("a column that must be given, and is not, was accepted: %v", err)
		}
		a = instance(t, l.adapter, withReferencePlugins, func(o *core.Options) { o.Account.Issuer = true })
		if plan := planned(t, a); plan.Err() != nil || len(plan.Steps) > 1 { // the rule over issuer and account
			t.Errorf("%d steps, %v", len(plan.Steps), plan.Err())
		}
		migrated(t, a)
		signUp(t, a, "ada@example.com")
		reads(t, l, `SELECT "issuer" FROM "account"`, "local:credential")
	})
}

// TestReferenceRenamed takes a database over whose tables and columns bear
// other names, with things of others beside them.
func TestReferenceRenamed(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		load(t, l, "1.7.25", strings.NewReplacer(`"user"`, `"people"`, `"session"`, `"logins"`, `"emailVerified"`, `"verified_at_all"`,
			`"session_userId_idx"`, `"logins_userId_idx"`))
		l.exec(t, strings.NewReplacer(`"user"`, `"people"`, `"emailVerified"`, `"verified_at_all"`).Replace(people),
			`ALTER TABLE "people" ADD COLUMN "theirs" varchar(20)`, `CREATE TABLE "their own" ("x" integer)`, `UPDATE "people" SET "theirs" = 'kept'`)
		a := instance(t, l.adapter, withReferencePlugins, func(o *core.Options) {
			o.User.Mapping = core.Mapping{ModelName: "people", Fields: map[string]string{"emailVerified": "verified_at_all"}}
			o.Session.ModelName = "logins"
		})
		if plan := planned(t, a); plan.Err() != nil || len(plan.Steps) != 0 {
			t.Errorf("%d steps, %v", len(plan.Steps), plan.Err())
		}
		migrated(t, a)
		signUp(t, a, "grace@example.com")
		reads(t, l, `SELECT "theirs" FROM "people" WHERE "id" = 'u1'`, "kept")
		reads(t, l, `SELECT count(*) FROM "people"`, "2")
		reads(t, l, `SELECT count(*) FROM "their own"`, "0")
	})
}

// TestHalfApplied finds each table and column that lacks, wherever a migration
// was torn, and adds just that.
func TestHalfApplied(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		a := instance(t, l.adapter, withReferencePlugins)
		whole := planned(t, a)
		for torn := 1; torn < len(whole.Steps); torn += 4 {
			_, err := l.adapter.Apply(t.Context(), func(*db.Live) (*db.Plan, error) {
				return &db.Plan{Steps: whole.Steps[:torn], Schema: whole.Schema}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			plan, want := planned(t, a), len(whole.Steps)-torn
			// MySQL makes indexes for references by itself.
			fewer := l.adapter.Dialect() == db.MySQL && len(plan.Steps) > 0 && len(plan.Steps) < want
			if len(plan.Steps) != want && !fewer || plan.Err() != nil {
				t.Errorf("after %d of %d steps %d are planned, %v", torn, len(whole.Steps), len(plan.Steps), plan.Err())
			}
			migrated(t, a)
			l.drop(t)
		}
	})
}

// TestNewerSchema refuses what a newer version might have done to a database:
// a column that must be given, one that cannot hold what is written, and one
// that takes no NULL any more.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	dialects(t, func(t *testing.T, l live) {
		bytes := map[db.Dialect]string{db.Postgres: "bytea", db.MySQL: "blob", db.SQLite: "blob"}[l.adapter.Dialect()]
		for name, change := range map[string]*strings.Replacer{
			"region":        strings.NewReplacer(`"emailVerified"`, `"region" integer not null, "emailVerified"`),
			"emailVerified": strings.NewReplacer(`"emailVerified" boolean`, `"emailVerified" `+bytes, `"emailVerified" integer`, `"emailVerified" `+bytes),
			"image":         strings.NewReplacer(`"image" text`, `"image" text not null`),
		} {
			load(t, l, "1.7.25", change)
			_, err := instance(t, l.adapter, withReferencePlugins).Migrate(t.Context())
			if err == nil || !strings.Contains(err.Error(), `"`+name+`"`) || !strings.Contains(err.Error(), `"user"`) {
				t.Errorf("%s: %v", name, err)
			}
			l.drop(t)
		}
	})
}

func reads(t *testing.T, l live, query, want string) {
	t.Helper()
	var got string
	if err := l.handle.QueryRowContext(t.Context(), strings.ReplaceAll(query, `"`, l.mark())).Scan(&got); err != nil || got != want {
		t.Errorf("%s: %q, %v; want %q", query, got, err, want)
	}
}

// drop removes every table.
func (l live) drop(t *testing.T) {
	t.Helper()
	found, err := l.adapter.Introspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cascade := ""
	switch l.adapter.Dialect() {
	case db.Postgres:
		cascade = " CASCADE"
	default:
		// Tables refer to each other; the handle has one connection for this.
		l.handle.SetMaxOpenConns(1)
		l.exec(t, map[db.Dialect]string{db.MySQL: "SET foreign_key_checks = 0", db.SQLite: "PRAGMA foreign_keys = off"}[l.adapter.Dialect()])
	}
	for _, table := range found.Tables {
		l.exec(t, `DROP TABLE "`+table.Name+`"`+cascade)
	}
}

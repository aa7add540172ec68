package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// TestReferenceDatabase takes over a file that the reference made, with a user
// who signed up there.
func TestReferenceDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "reference.db")
	load(t, path, "testdata/reference.sql")
	a, tab := open(t, path), newTables()
	if plan := tab.migrate(t, a); len(plan.Steps) != 0 {
		t.Errorf("the reference's own tables need %+v", plan.Steps)
	}
	s, u, err := db.OneJoined(t.Context(), a, tab.link, tab.token.Eq("MXZ26C7eN53FW6O0enrz4hL1kGddl0bW"))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 30, 12, 21, 43, 41e6, time.UTC); !s.ExpiresAt.Equal(want) {
		t.Errorf("the session ends %v, want %v", s.ExpiresAt, want)
	}
	if u.Email != "ada@example.com" || u.EmailVerified || u.Image != nil || s.IPAddress == nil || *s.IPAddress != "" {
		t.Errorf("read %+v, %+v", u, s)
	}
}

// TestReferenceGrows adds what the reference's tables lack, and foreign things
// stay as they are.
func TestReferenceGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "reference.db")
	load(t, path, "testdata/reference.sql")
	raw := bare(t, path)
	if _, err := raw.Exec(`ALTER TABLE user ADD COLUMN theirs text; CREATE TABLE "their own" (x, y); CREATE INDEX theirs ON user (lower(email)) WHERE theirs IS NULL`); err != nil {
		t.Fatal(err)
	}
	a, tab := open(t, path), newTables()
	username, err := db.AddField[string](tab.users, "username", db.Unique)
	if err != nil {
		t.Fatal(err)
	}
	banned, err := db.AddField[bool](tab.users, "banned", db.Input(db.InputRule{Default: func() any { return false }}))
	if err != nil {
		t.Fatal(err)
	}
	if plan := tab.migrate(t, a); len(plan.Steps) != 3 {
		t.Errorf("planned %+v", plan.Steps)
	}
	if plan := tab.migrate(t, a); len(plan.Steps) != 0 {
		t.Errorf("planned again %+v", plan.Steps)
	}
	u, err := db.One(t.Context(), a, tab.users, tab.email.Eq("ada@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := banned.Get(u); v || !ok {
		t.Errorf("banned is %v, %v", v, ok)
	}
	if _, ok := username.Get(u); ok {
		t.Error("a user name from nowhere")
	}
	var objects int
	if err := raw.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name IN ('theirs', 'their own')`).Scan(&objects); err != nil || objects != 2 {
		t.Errorf("%d foreign objects, %v", objects, err)
	}
}

// TestAllOrNothing has a plan fail on its way: the file stays as it was.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	a, tab, path := fresh(t)
	if _, err := bare(t, path).Exec(`INSERT INTO user SELECT 'u2', name, 'bob@example.com', 1, image, createdAt, updatedAt FROM user`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.AddField[string](tab.users, "nick"); err != nil {
		t.Fatal(err)
	}
	tab.name.Unique() // both are called Ada
	_, err := a.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(tab.schema(), live, db.SQLite), nil
	})
	if err == nil || !strings.Contains(err.Error(), "user_name_uidx") {
		t.Errorf("got %v", err)
	}
	live, err := a.Introspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range live.Tables {
		for _, c := range table.Columns {
			if c.Name == "nick" {
				t.Error("a column was added by a plan that failed")
			}
		}
	}
	refusal := errors.New("refusal")
	if _, err := a.Apply(t.Context(), func(*db.Live) (*db.Plan, error) { return nil, refusal }); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	if _, err := db.Delete(t.Context(), a, tab.sessions); err != nil {
		t.Errorf("the file stayed locked: %v", err)
	}
}

func load(t *testing.T, path, dump string) {
	t.Helper()
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bare(t, path).Exec(string(text)); err != nil {
		t.Fatal(err)
	}
}

// A column of integers holds fractions, as a number of the reference does.
func TestFractions(t *testing.T) {
	t.Parallel()
	a, tab := open(t, filepath.Join(t.TempDir(), "auth.db")), newTables()
	score, err := db.AddField[float64](tab.users, "score")
	if err != nil {
		t.Fatal(err)
	}
	tab.migrate(t, a)
	for _, want := range []float64{1.5, -0.25, 3, 1 << 53, 1e300} {
		row := ada()
		score.Set(row, want)
		if err := db.Create(t.Context(), a, tab.users, row); err != nil {
			t.Fatal(err)
		}
		got, err := db.One(t.Context(), a, tab.users, score.Eq(want))
		if err != nil {
			t.Fatalf("%v is not found: %v", want, err)
		}
		if v, ok := score.Get(got); !ok || v != want {
			t.Errorf("stored %v, read %v, %v", want, v, ok)
		}
		if _, err := db.Delete(t.Context(), a, tab.users, score.Eq(want)); err != nil {
			t.Fatal(err)
		}
	}
}

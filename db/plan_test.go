package db_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/db"
)

type planned struct {
	text string
	null *string
	num  int64
	flag bool
}

func plannedTable() *db.Table[planned] {
	return db.NewTable("note", nil,
		db.ID("id", func(r *planned) *string { return &r.text }).PrimaryKey(),
		db.Text("slug", func(r *planned) *string { return &r.text }).Unique(),
		db.NullText("body", func(r *planned) **string { return &r.null }),
		db.Int("rank", func(r *planned) *int64 { return &r.num }).Index(),
		db.Bool("done", func(r *planned) *bool { return &r.flag }))
}

func liveNote(columns ...db.LiveColumn) *db.Live {
	base := []db.LiveColumn{{Name: "id", Type: "text"}, {Name: "slug", Type: "text"}, {Name: "body", Type: "text", Null: true},
		{Name: "rank", Type: "integer"}, {Name: "done", Type: "integer"}}
	t := db.LiveTable{Name: "note", Indexes: []db.LiveIndex{
		{Name: "a", Columns: []string{"slug"}, Unique: true}, {Name: "b", Columns: []string{"rank", "body"}}}}
	for _, c := range base {
		for _, other := range columns {
			if other.Name == c.Name {
				c = other
			}
		}
		if c.Type != "gone" {
			t.Columns = append(t.Columns, c)
		}
	}
	for _, other := range columns {
		if strings.HasPrefix(other.Name, "their") {
			t.Columns = append(t.Columns, other)
		}
	}
	return &db.Live{Tables: []db.LiveTable{t, {Name: "theirs", Columns: []db.LiveColumn{{Name: "x", Type: "blob"}}}}}
}

func TestMakePlan(t *testing.T) {
	t.Parallel()
	empty := liveNote(db.LiveColumn{Name: "done", Type: "gone"})
	empty.Tables[0].Empty = true
	unindexed := liveNote()
	unindexed.Tables[0].Indexes = nil
	taken := liveNote()
	taken.Tables[0].Indexes[0] = db.LiveIndex{Name: "NOTE_slug_uidx", Columns: []string{"body"}}
	upper := liveNote()
	upper.Tables[0].Name = "NOTE"
	for name, c := range map[string]struct {
		live     *db.Live
		dialect  db.Dialect
		steps    string
		warnings []string // parts, in order
	}{
		"nothing to do":      {live: liveNote(), dialect: db.SQLite},
		"new":                {live: &db.Live{}, dialect: db.SQLite, steps: "table note; index note_rank_idx"},
		"SQLite folds case":  {live: upper, dialect: db.SQLite},
		"Postgres does not":  {live: upper, dialect: db.Postgres, steps: "table note; index note_rank_idx"},
		"indexes":            {live: unindexed, dialect: db.SQLite, steps: "index note_slug_uidx; index note_rank_idx"},
		"name of index":      {live: taken, dialect: db.SQLite, warnings: []string{`"note_slug_uidx"`}},
		"column":             {live: liveNote(db.LiveColumn{Name: "body", Type: "gone"}), dialect: db.SQLite, steps: "column body"},
		"required":           {live: liveNote(db.LiveColumn{Name: "done", Type: "gone"}), dialect: db.SQLite, warnings: []string{`"done" is required`}},
		"required, no rows":  {live: empty, dialect: db.SQLite, steps: "column done"},
		"key":                {live: liveNote(db.LiveColumn{Name: "id", Type: "gone"}), dialect: db.SQLite, warnings: []string{`lacks its key "id"`}},
		"type":               {live: liveNote(db.LiveColumn{Name: "rank", Type: "blob"}), dialect: db.SQLite, warnings: []string{`"rank" of table "note" has the type "blob", which cannot hold what is kept as "integer"`}},
		"other type":         {live: liveNote(db.LiveColumn{Name: "slug", Type: "VARCHAR(40)"}, db.LiveColumn{Name: "done", Type: "boolean"}), dialect: db.SQLite},
		"no NULL":            {live: liveNote(db.LiveColumn{Name: "body", Type: "text"}), dialect: db.SQLite, warnings: []string{`"body" of table "note" does not take NULL`}},
		"their column":       {live: liveNote(db.LiveColumn{Name: "theirs", Type: "blob", Null: true}), dialect: db.SQLite},
		"their own required": {live: liveNote(db.LiveColumn{Name: "theirs", Type: "text"}), dialect: db.SQLite, warnings: []string{`"theirs" that must be given`}},
		"their own default":  {live: liveNote(db.LiveColumn{Name: "theirs", Type: "text", HasDefault: true}), dialect: db.SQLite},
		"Postgres boolean":   {live: liveNote(), dialect: db.Postgres, warnings: []string{`"done" of table "note" has the type "integer"`}},
		"MySQL types": {live: liveNote(db.LiveColumn{Name: "rank", Type: "int(11) unsigned"}, db.LiveColumn{Name: "done", Type: "tinyint(1)"}),
			dialect: db.MySQL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := db.MakePlan(&db.Schema{Tables: []*db.Def{plannedTable().Def}}, c.live, c.dialect)
			var steps []string
			for _, s := range plan.Steps {
				switch s.Action {
				case db.CreateTable:
					steps = append(steps, "table "+s.Table.Physical)
				case db.AddColumn:
					steps = append(steps, "column "+s.Columns[0].Physical)
				case db.CreateIndex:
					steps = append(steps, "index "+s.Name)
				}
			}
			if diff := cmp.Diff(c.steps, strings.Join(steps, "; ")); diff != "" {
				t.Error(diff)
			}
			if len(plan.Warnings) != len(c.warnings) {
				t.Fatalf("warnings %q", plan.Warnings)
			}
			for i, w := range c.warnings {
				if !strings.Contains(plan.Warnings[i], w) {
					t.Errorf("warning %q lacks %q", plan.Warnings[i], w)
				}
			}
			if (plan.Err() == nil) != (len(c.warnings) == 0) {
				t.Errorf("Err: %v", plan.Err())
			}
		})
	}
}

// TestIndexNames holds the reference's names for tables with long names.
func TestIndexNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("t", 50)
	notes := plannedTable()
	notes.Rename(long)
	notes.Columns[3].Rename("a_rather_long_column")
	plan := db.MakePlan(&db.Schema{Tables: []*db.Def{notes.Def}}, &db.Live{}, db.Postgres)
	if got := plan.Steps[1].Name; got != long+"_30dc60c2_idx" {
		t.Errorf("index %q", got)
	}
}

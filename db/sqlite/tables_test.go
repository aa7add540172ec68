package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

type user struct {
	ID, Name, Email      string
	EmailVerified        bool
	Image                *string
	CreatedAt, UpdatedAt time.Time
	Extra                db.Extra
}

type session struct {
	ID                   string
	ExpiresAt            time.Time
	Token                string
	CreatedAt, UpdatedAt time.Time
	IPAddress, UserAgent *string
	UserID               string
	Extra                db.Extra
}

// tables is one instance's schema, as the reference has it.
type tables struct {
	users     *db.Table[user]
	sessions  *db.Table[session]
	userID    db.Field[user, string]
	name      db.Field[user, string]
	email     db.Field[user, string]
	verified  db.Field[user, bool]
	created   db.Field[user, time.Time]
	sessionID db.Field[session, string]
	token     db.Field[session, string]
	expires   db.Field[session, time.Time]
	agent     db.Field[session, string]
	owner     db.Field[session, string]
	link      db.Link[session, user]
}

func newTables() *tables {
	t := &tables{
		userID:    db.ID("id", func(u *user) *string { return &u.ID }).PrimaryKey(),
		name:      db.Text("name", func(u *user) *string { return &u.Name }).Sortable(),
		email:     db.Text("email", func(u *user) *string { return &u.Email }).Unique().Sortable(),
		verified:  db.Bool("emailVerified", func(u *user) *bool { return &u.EmailVerified }),
		created:   db.Time("createdAt", func(u *user) *time.Time { return &u.CreatedAt }).NowDefault(),
		sessionID: db.ID("id", func(s *session) *string { return &s.ID }).PrimaryKey(),
		token:     db.Text("token", func(s *session) *string { return &s.Token }).Unique(),
		expires:   db.Time("expiresAt", func(s *session) *time.Time { return &s.ExpiresAt }),
		agent:     db.NullText("userAgent", func(s *session) **string { return &s.UserAgent }),
		owner:     db.ID("userId", func(s *session) *string { return &s.UserID }).References("user", "id").Index(),
	}
	t.users = db.NewTable("user", func(u *user) *db.Extra { return &u.Extra }, t.userID, t.name, t.email, t.verified,
		db.NullText("image", func(u *user) **string { return &u.Image }), t.created,
		db.Time("updatedAt", func(u *user) *time.Time { return &u.UpdatedAt }).NowDefault())
	t.sessions = db.NewTable("session", func(s *session) *db.Extra { return &s.Extra }, t.sessionID, t.expires, t.token,
		db.Time("createdAt", func(s *session) *time.Time { return &s.CreatedAt }).NowDefault(),
		db.Time("updatedAt", func(s *session) *time.Time { return &s.UpdatedAt }),
		db.NullText("ipAddress", func(s *session) **string { return &s.IPAddress }), t.agent, t.owner)
	t.link = db.LinkOf(t.sessions, t.owner, t.users, t.userID)
	return t
}

func (t *tables) schema() *db.Schema {
	return &db.Schema{Tables: []*db.Def{t.users.Def, t.sessions.Def}}
}

func (t *tables) migrate(tb testing.TB, a db.Adapter) *db.Plan {
	tb.Helper()
	plan, err := a.Apply(context.Background(), func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(t.schema(), live, a.Dialect()), nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

var noon = time.Date(2026, 2, 3, 12, 0, 0, 7e6, time.UTC)

func ada() *user {
	return &user{ID: "u1", Name: "Ada", Email: "ada@example.com", EmailVerified: true, CreatedAt: noon, UpdatedAt: noon}
}

func adasSession() *session {
	ip, agent := "192.0.2.7", "test"
	return &session{ID: "s1", ExpiresAt: noon.Add(time.Hour), Token: "token-1", CreatedAt: noon, UpdatedAt: noon,
		IPAddress: &ip, UserAgent: &agent, UserID: "u1"}
}

func open(tb testing.TB, path string) *sqlite.Adapter {
	tb.Helper()
	a, err := sqlite.Open(path, sqlite.Options{Readers: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

// fresh returns an adapter over a new file that holds the tables, a user and
// a session.
func fresh(tb testing.TB) (*sqlite.Adapter, *tables, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "auth.db")
	a, t := open(tb, path), newTables()
	t.migrate(tb, a)
	ctx := context.Background()
	if err := db.Create(ctx, a, t.users, ada()); err != nil {
		tb.Fatal(err)
	}
	if err := db.Create(ctx, a, t.sessions, adasSession()); err != nil {
		tb.Fatal(err)
	}
	return a, t, path
}

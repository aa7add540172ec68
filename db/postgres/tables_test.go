package postgres_test

import (
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
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

// tables is the part of the reference's schema that every request reads.
type tables struct {
	users       *db.Table[user]
	sessions    *db.Table[session]
	userID      db.Field[user, string]
	name, email db.Field[user, string]
	token       db.Field[session, string]
	link        db.Link[session, user]
}

func newTables() *tables {
	t := &tables{
		userID: db.ID("id", func(u *user) *string { return &u.ID }).PrimaryKey(),
		name:   db.Text("name", func(u *user) *string { return &u.Name }).Sortable(),
		email:  db.Text("email", func(u *user) *string { return &u.Email }).Unique().Sortable(),
		token:  db.Text("token", func(s *session) *string { return &s.Token }).Unique(),
	}
	t.users = db.NewTable("user", func(u *user) *db.Extra { return &u.Extra }, t.userID, t.name, t.email,
		db.Bool("emailVerified", func(u *user) *bool { return &u.EmailVerified }),
		db.NullText("image", func(u *user) **string { return &u.Image }),
		db.Time("createdAt", func(u *user) *time.Time { return &u.CreatedAt }).NowDefault(),
		db.Time("updatedAt", func(u *user) *time.Time { return &u.UpdatedAt }).NowDefault())
	owner := db.ID("userId", func(s *session) *string { return &s.UserID }).References("user", "id").Index()
	t.sessions = db.NewTable("session", func(s *session) *db.Extra { return &s.Extra },
		db.ID("id", func(s *session) *string { return &s.ID }).PrimaryKey(),
		db.Time("expiresAt", func(s *session) *time.Time { return &s.ExpiresAt }), t.token,
		db.Time("createdAt", func(s *session) *time.Time { return &s.CreatedAt }).NowDefault(),
		db.Time("updatedAt", func(s *session) *time.Time { return &s.UpdatedAt }),
		db.NullText("ipAddress", func(s *session) **string { return &s.IPAddress }),
		db.NullText("userAgent", func(s *session) **string { return &s.UserAgent }), owner)
	t.link = db.LinkOf(t.sessions, owner, t.users, t.userID)
	return t
}

func (t *tables) plan(a db.Adapter) func(*db.Live) (*db.Plan, error) {
	schema := &db.Schema{Tables: []*db.Def{t.users.Def, t.sessions.Def}}
	return func(live *db.Live) (*db.Plan, error) { return db.MakePlan(schema, live, a.Dialect()), nil }
}

func (t *tables) migrate(tb testing.TB, a db.Adapter) *db.Plan {
	tb.Helper()
	plan, err := a.Apply(tb.Context(), t.plan(a))
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

func (t *tables) fill(tb testing.TB, x db.Executor) {
	tb.Helper()
	if err := db.Create(tb.Context(), x, t.users, ada()); err != nil {
		tb.Fatal(err)
	}
	if err := db.Create(tb.Context(), x, t.sessions, adasSession()); err != nil {
		tb.Fatal(err)
	}
}

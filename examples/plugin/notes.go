// Package plugin is an example: users keep notes. It adds a table, a column of
// the user, two endpoints, a hook, a rate limit and a refusal.
//
//	auth, err := watchword.New(watchword.Options{…, Plugins: []watchword.Plugin{plugin.Notes{}}})
package plugin

import (
	"cmp"
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/ratelimit"
)

// ErrTooManyNotes refuses a note beyond the user's allowance.
var ErrTooManyNotes = core.NewError(http.StatusForbidden, "TOO_MANY_NOTES", "You cannot keep more notes")

// Notes is the plugin. The zero value allows three notes.
type Notes struct {
	Allowance int64 // of every user, besides extra ones; 0 means 3
}

// Note is a row of the plugin's table, and its JSON form.
type Note struct {
	ID        string    `json:"id"`
	UserID    string    `json:"-"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"createdAt"`
}

// instance is what belongs to one instance: the handles of tables and columns.
type instance struct {
	*db.Table[Note]
	id, user, text db.Field[Note, string]
	created        db.Field[Note, time.Time]
	extra          db.Field[core.User, int64]
	allowance      int64
}

// ID names the plugin.
func (Notes) ID() string { return "notes" }

// Register adds everything the plugin brings.
func (n Notes) Register(r *core.Registrar) error {
	p := &instance{
		id:        db.ID("id", func(n *Note) *string { return &n.ID }).PrimaryKey(),
		user:      db.ID("userId", func(n *Note) *string { return &n.UserID }).References("user", "id").Index(),
		text:      db.Text("text", func(n *Note) *string { return &n.Text }),
		created:   db.Time("createdAt", func(n *Note) *time.Time { return &n.CreatedAt }),
		extra:     core.AddField[int64](r, r.Tables().Users.Table, "extraNotes"),
		allowance: cmp.Or(n.Allowance, 3),
	}
	p.Table = db.NewTable("note", nil, p.id, p.user, p.text, p.created)
	r.Table(p.Def)
	r.Codes(ErrTooManyNotes)
	core.Post(r, Add, "/notes/add", p.add, core.Op{Summary: "Keep a note", Session: core.SessionRequired})
	core.Get(r, List, "/notes/list", p.list, core.Op{Summary: "One's own notes", Session: core.SessionRequired})
	r.RateLimit(func(path string) bool { return path == "/notes/add" }, ratelimit.Rule{Window: time.Minute, Max: 10})
	r.OnUser(core.EntityHooks[core.User]{AfterCreate: func(c *core.Context, u *core.User) error {
		_, err := p.keep(c, u, "Welcome, "+u.Name+"!")
		return err
	}})
	return nil
}

// The endpoints, for calls in process.
const (
	Add  core.Ref[AddInput, Note]        = "addNote"
	List core.Ref[ListInput, ListOutput] = "listNotes"
)

// AddInput is the note to keep.
type AddInput struct {
	Text string `json:"text"`
}

// Bind reads the body.
func (in *AddInput) Bind(b *input.Binder) { b.Body().Text("text", &in.Text).Min(1).Max(1000) }

func (p *instance) add(c *core.Context, in *AddInput) (*Note, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	extra, _ := p.extra.Get(current.User) // NULL is none
	kept, err := db.Count(c, c.DB(), p.Table, p.user.Eq(current.User.ID))
	if err == nil && kept >= p.allowance+extra {
		return nil, ErrTooManyNotes
	}
	if err != nil {
		return nil, err
	}
	return p.keep(c, current.User, in.Text)
}

func (p *instance) keep(c *core.Context, u *core.User, text string) (*Note, error) {
	n := &Note{c.NewID("note"), u.ID, text, c.Now()}
	return n, db.Create(c, c.DB(), p.Table, n)
}

// ListInput is empty.
type ListInput struct{}

// Bind reads nothing.
func (*ListInput) Bind(*input.Binder) {}

// ListOutput is the user's notes, oldest first.
type ListOutput []*Note

func (p *instance) list(c *core.Context, _ *ListInput) (*ListOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	notes, err := db.All(c, c.DB(), p.Table, db.Query[Note]{
		Where: []db.Where[Note]{p.user.Eq(current.User.ID)}, Order: []db.Order[Note]{p.created.Asc()}})
	return (*ListOutput)(&notes), err
}

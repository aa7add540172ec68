// Package username lets users sign in by a name of their choice.
//
//	o.Plugins = append(o.Plugins, username.New(username.Options{}))
//
// A name is stored in its normal form, lower case by default, and belongs to
// one user: the database's unique rule decides between two who want one at
// once. How it was written is kept beside it as the display name. Signing in
// does the same work and says the same whether a name is known or not; that a
// name is taken, anybody may ask.
package username

import (
	"cmp"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	MinLength int // in UTF-16 units; 0 means 3
	MaxLength int // in UTF-16 units; 0 means 30
	// Validate reports whether a name may be used; nil allows ASCII letters,
	// digits, underscores and dots.
	Validate func(username string) bool
	// Normalize makes the form in which names are stored and compared; nil
	// makes them lower case. It must not change its own results.
	Normalize             func(username string) string
	DisableNormalization  bool // names that differ in case are different names
	ValidateNormalized    bool // lengths and Validate see the normal form
	Immutable             bool // a name, once given, stays
	DisableDisplayName    bool // there is no column displayUsername
	ValidateDisplayName   func(name string) bool
	NormalizeDisplayName  func(name string) string
	ValidateDisplayNormal bool // ValidateDisplayName sees the normal form
}

// Plugin is the username plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	o.MinLength, o.MaxLength = cmp.Or(o.MinLength, 3), cmp.Or(o.MaxLength, 30)
	if o.Validate == nil {
		o.Validate = plain
	}
	switch {
	case o.DisableNormalization:
		o.Normalize = same
	case o.Normalize == nil:
		o.Normalize = lower
	}
	if o.NormalizeDisplayName == nil {
		o.NormalizeDisplayName = same
	}
	if o.ValidateDisplayName == nil {
		o.ValidateDisplayName = func(string) bool { return true }
	}
	return &Plugin{o}
}

func same(name string) string { return name }

// lower is JavaScript's toLowerCase where it differs from Go's for one letter,
// which would otherwise become the plain i of somebody else's name.
func lower(name string) string { return strings.ToLower(strings.ReplaceAll(name, "İ", "i̇")) }

func plain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '.':
		default:
			return false
		}
	}
	return name != ""
}

// ID names the plugin.
func (*Plugin) ID() string { return "username" }

// names is the plugin within one instance.
type names struct {
	Options
	username    db.Field[core.User, string]
	displayName db.Field[core.User, string]
}

// Register adds the columns, the checks and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	n := &names{Options: p.o}
	n.addFields(r)
	r.Codes(refusals()...)

	changes := core.OnPath("/sign-up/email", "/update-user")
	r.Before(changes, n.check)
	r.After(changes, taken)
	r.OnUser(core.EntityHooks[core.User]{BeforeCreate: n.beforeCreate, BeforeUpdate: n.beforeUpdate})

	core.Post(r, SignIn, "/sign-in/username", n.signIn, core.Op{Summary: "Sign in by username and password"})
	core.Post(r, Available, "/is-username-available", n.available, core.Op{Summary: "Whether nobody has a username yet"})
	return nil
}

// addFields adds the columns. A name gets its normal form in the hooks, which
// make the display name of how it was written.
func (n *names) addFields(r *core.Registrar) {
	users := r.Tables().Users.Table
	unique := func(c *db.Column) { c.Unique, c.Sortable = true, true }
	n.username = core.AddField[string](r, users, "username", db.Input(db.InputRule{Accept: true}), unique)
	if !n.DisableDisplayName {
		n.displayName = core.AddField[string](r, users, "displayUsername", db.Input(db.InputRule{Accept: true}))
	}
}

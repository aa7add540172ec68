// Package multisession lets several users be signed in to one browser, of whom
// one is active at a time.
//
//	o.Plugins = append(o.Plugins, multisession.New(multisession.Options{}))
//
// Each session of the browser has a signed cookie of its own beside that of the
// active one. Only that cookie opens a session again or ends it: who knows a
// token alone can do nothing with it. Of each user a browser has one session;
// signing in again ends the one before. Signing out ends all of them.
package multisession

import (
	"cmp"
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	// MaximumSessions is how many sessions a browser keeps; 0 means 5. One more
	// is active until another takes its place, and is not kept then.
	MaximumSessions int
}

// Plugin is the multi-session plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	o.MaximumSessions = cmp.Or(o.MaximumSessions, 5)
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "multi-session" }

// ErrInvalidSessionToken refuses a token without its cookie, and one whose
// session has ended.
var ErrInvalidSessionToken = core.NewError(http.StatusUnauthorized, "INVALID_SESSION_TOKEN", "Invalid session token")

// Register adds the routes and the hooks after sign-ins and sign-outs.
func (p *Plugin) Register(r *core.Registrar) error {
	r.Codes(ErrInvalidSessionToken)
	r.After(core.EveryPath, p.keep)
	r.After(core.OnPath("/sign-out"), leave)
	core.Get(r, List, "/multi-session/list-device-sessions", list, core.Op{Summary: "The sessions of this browser"})
	core.Post(r, SetActive, "/multi-session/set-active", setActive, core.Op{Summary: "Make a session of this browser the active one"})
	core.Post(r, Revoke, "/multi-session/revoke", revoke, core.Op{Session: core.SessionRequired, Summary: "End a session of this browser"})
	return nil
}

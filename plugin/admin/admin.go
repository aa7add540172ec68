// Package admin lets administrators manage users: roles, bans, passwords,
// sessions, impersonation.
//
//	o.Plugins = append(o.Plugins, admin.New(admin.Options{AdminUserIDs: []string{"…"}}))
//
// What a caller may do is read from storage at every call, never from the
// cookie cache. A ban holds from the next request on, whatever sessions raced
// with it; cached copies of a session that other processes accept live on for
// at most Session.CookieCache.MaxAge. Nobody can act on, or make, a user who
// may do more than the caller may. A session that impersonates ends with its
// hour, and at once when the administrator behind it is banned, removed or may
// no longer impersonate.
package admin

import (
	"fmt"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	DefaultRole  string   // of new users; "user" where empty
	AdminRoles   []string // whose holders cannot be impersonated; "admin" where nil
	AdminUserIDs []string // users who may do everything, whatever their role
	// Roles replaces the built-in roles, [DefaultRoles]. Only then is it
	// checked that a role that is given exists.
	Roles access.Roles

	DefaultBanReason    string        // "No reason" where empty
	DefaultBanExpiresIn time.Duration // 0: bans do not expire
	BannedUserMessage   string        // what a banned user is told at sign-in
	// BannedUserMessageFunc words the message for each user.
	BannedUserMessageFunc func(c *core.Context, u *core.User) (string, error)

	ImpersonationSessionDuration time.Duration // 0 means an hour
	AllowImpersonatingAdmins     bool
}

// Plugin is the admin plugin.
type Plugin struct {
	o           Options
	checksRoles bool // Options.Roles was given
	err         error
}

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	p := &Plugin{o: o, checksRoles: o.Roles != nil}
	if p.o.DefaultRole == "" {
		p.o.DefaultRole = "user"
	}
	if p.o.Roles == nil {
		p.o.Roles = DefaultRoles()
	}
	p.err = checkAdminRoles(o.AdminRoles, p.o.Roles)
	if o.AdminRoles == nil {
		p.o.AdminRoles = []string{"admin"}
	}
	if p.o.DefaultBanReason == "" {
		p.o.DefaultBanReason = "No reason"
	}
	if p.o.BannedUserMessage == "" {
		p.o.BannedUserMessage = "You have been banned from this application. Please contact support if you believe this is an error."
	}
	if p.o.ImpersonationSessionDuration == 0 {
		p.o.ImpersonationSessionDuration = time.Hour
	}
	return p
}

func checkAdminRoles(names []string, roles access.Roles) error {
	for _, name := range names {
		known := false
		for role := range roles {
			known = known || strings.EqualFold(role, name)
		}
		if !known {
			return fmt.Errorf("admin: AdminRoles: there is no role %q in Roles", name)
		}
	}
	return nil
}

// ID names the plugin.
func (*Plugin) ID() string { return "admin" }

// Register adds the columns, the checks of sessions and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if p.err != nil {
		return p.err
	}
	a := &admin{Options: p.o, checksRoles: p.checksRoles, stale: newStale(r.Options())}
	a.addFields(r)
	a.cookie = r.Cookie("admin_session", cookie.Attributes{})
	r.Codes(refusals()...)

	r.VetSession(a.vet)
	r.FixSession(a.impersonates) // or a browser that hides the cookie of short sessions would prolong it
	r.OnSession(core.EntityHooks[core.Session]{BeforeCreate: a.refuseBanned})
	r.After(core.OnPath("/list-sessions"), a.hideImpersonation)

	core.Post(r, SetRole, "/admin/set-role", a.setRole, core.Op{Summary: "Set the role of a user"})
	core.Get(r, GetUser, "/admin/get-user", a.getUser, core.Op{Summary: "One user"})
	core.Post(r, CreateUser, "/admin/create-user", a.createUser, core.Op{Summary: "Create a user"})
	core.Post(r, UpdateUser, "/admin/update-user", a.updateUser, core.Op{Summary: "Change columns of a user"})
	core.Get(r, ListUsers, "/admin/list-users", a.listUsers, core.Op{Summary: "Search, filter, sort and page users"})
	core.Post(r, ListUserSessions, "/admin/list-user-sessions", a.listUserSessions, core.Op{Summary: "The live sessions of a user"})
	core.Post(r, UnbanUser, "/admin/unban-user", a.unban, core.Op{Summary: "Lift the ban of a user"})
	core.Post(r, BanUser, "/admin/ban-user", a.ban, core.Op{Summary: "Ban a user and end its sessions"})
	core.Post(r, ImpersonateUser, "/admin/impersonate-user", a.impersonate, core.Op{Summary: "Take a session of another user"})
	core.Post(r, StopImpersonating, "/admin/stop-impersonating", a.stopImpersonating, core.Op{Summary: "Return to the administrator's own session"})
	core.Post(r, RevokeUserSession, "/admin/revoke-user-session", a.revokeSession, core.Op{Summary: "End one session of any user"})
	core.Post(r, RevokeUserSessions, "/admin/revoke-user-sessions", a.revokeSessions, core.Op{Summary: "End all sessions of a user"})
	core.Post(r, RemoveUser, "/admin/remove-user", a.removeUser, core.Op{Summary: "Delete a user with all that belongs to it"})
	core.Post(r, SetUserPassword, "/admin/set-user-password", a.setPassword, core.Op{Summary: "Set the password of a user"})
	core.Post(r, HasPermission, "/admin/has-permission", a.hasPermission, core.Op{Summary: "Whether the caller, or a role, may do something"})
	return nil
}

package admin

import (
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
)

// Statements are all actions there are. No built-in role may
// impersonate-admins.
func Statements() access.Statements {
	return access.Statements{
		"user": {"create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password",
			"set-email", "set-phone", "get", "update"},
		"session": {"list", "revoke", "delete"},
	}
}

// DefaultRoles are the built-in roles: admin may do everything but impersonate
// other administrators, user nothing.
func DefaultRoles() access.Roles {
	all := Statements()
	all["user"] = slices.DeleteFunc(all["user"], func(action string) bool { return action == "impersonate-admins" })
	return access.Roles{
		"admin": access.NewRole(all),
		"user":  access.NewRole(access.Statements{"user": nil, "session": nil}),
	}
}

// errUnauthorized has no body, as the reference's has none here.
var errUnauthorized = &core.Error{Status: 401}

// caller returns the session of the call from storage.
func (a *admin) caller(c *core.Context) (*core.Current, error) {
	current, err := c.StoredSession()
	if err == nil && current == nil {
		err = errUnauthorized
	}
	return current, err
}

// allow is [admin.caller] that refuses whoever may not do the action.
func (a *admin) allow(c *core.Context, resource, action string, refusal *core.Error) (*core.User, error) {
	current, err := a.caller(c)
	if err != nil {
		return nil, err
	}
	if !a.can(current.User, resource, action) {
		return nil, refusal
	}
	return current.User, nil
}

func (a *admin) can(u *core.User, resource, action string) bool {
	return a.permits(u.ID, a.roleOf(u), access.Statements{resource: {action}})
}

func (a *admin) permits(userID, role string, permissions access.Statements) bool {
	if a.isRoot(userID) {
		return true
	}
	return a.Roles.Authorize(a.roleNames(role), permissions)
}

func (a *admin) isRoot(userID string) bool {
	return userID != "" && slices.Contains(a.AdminUserIDs, userID)
}

// roleNames splits the stored form. Names are not trimmed: " admin" is no
// role.
func (a *admin) roleNames(role string) []string {
	if role == "" {
		role = a.DefaultRole
	}
	return strings.Split(role, ",")
}

// mayGrant reports whether the caller may do all that the roles may do.
func (a *admin) mayGrant(caller *core.User, roles []string) bool {
	if a.isRoot(caller.ID) {
		return true
	}
	held := a.Roles.Statements(a.roleNames(a.roleOf(caller)))
	return len(access.Missing(a.Roles.Statements(roles), held)) == 0
}

// mayActOn reports whether the target may do no more than the caller.
// Otherwise who may set passwords or addresses could become anyone.
func (a *admin) mayActOn(caller, target *core.User) bool {
	if a.isRoot(target.ID) && !a.isRoot(caller.ID) {
		return false
	}
	return a.mayGrant(caller, a.roleNames(a.roleOf(target)))
}

// checkRoles refuses roles that do not exist, where the application said which
// ones do.
func (a *admin) checkRoles(names []string) error {
	if !a.checksRoles {
		return nil
	}
	for _, name := range names {
		if a.Roles[name] == nil {
			return ErrNonExistentRole
		}
	}
	return nil
}

package admin

import (
	"errors"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints of impersonation.
const (
	ImpersonateUser   core.Ref[UserInput, SessionOutput] = "impersonateUser"
	StopImpersonating core.Ref[NoInput, SessionOutput]   = "stopImpersonating"
)

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// SessionOutput is the session the browser has now.
type SessionOutput struct {
	Session *core.Session `json:"session"`
	User    *core.User    `json:"user"`
}

func (a *admin) impersonate(c *core.Context, in *UserInput) (*SessionOutput, error) {
	own, err := a.caller(c)
	if err != nil {
		return nil, err
	}
	if !a.can(own.User, "user", "impersonate") {
		return nil, ErrImpersonateUsers
	}
	target, err := find(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if !a.mayImpersonate(own.User, target) {
		return nil, ErrImpersonateAdmins
	}
	session, err := c.Sessions().Create(target, core.NewSession{DontRemember: true, Shape: func(s *core.Session) {
		a.impersonatedBy.Set(s, own.User.ID)
		s.ExpiresAt = c.Now().Add(a.ImpersonationSessionDuration)
	}})
	if err != nil {
		return nil, err
	}
	note := ""
	if c.EndsWithBrowser() {
		note = "true"
	}
	c.ClearSession()
	c.Cookies().SetSigned(a.cookie, own.Session.Token+":"+note, c.Options().Session.ExpiresIn)
	c.SetSession(&core.Current{Session: session, User: target}, true)
	return &SessionOutput{session, target}, nil
}

// mayImpersonate reports whether the target is no administrator, or the caller
// may impersonate those, and may do no more than the caller.
func (a *admin) mayImpersonate(caller, target *core.User) bool {
	isAdmin := a.isRoot(target.ID) || slices.ContainsFunc(a.roleNames(a.roleOf(target)), func(role string) bool {
		return slices.ContainsFunc(a.AdminRoles, func(name string) bool { return strings.TrimSpace(name) == role })
	})
	if isAdmin {
		return a.AllowImpersonatingAdmins || a.can(caller, "user", "impersonate-admins")
	}
	return a.mayActOn(caller, target)
}

func (a *admin) stopImpersonating(c *core.Context, _ *NoInput) (*SessionOutput, error) {
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	if current == nil {
		return nil, errUnauthorized
	}
	by, _ := a.impersonatedBy.Get(current.Session)
	if by == "" {
		return nil, errNotImpersonating
	}
	own, note, err := a.ownSession(c, by)
	if err != nil {
		return nil, err
	}
	if err := c.Sessions().Delete(current.Session.Token); err != nil {
		return nil, err
	}
	c.SetSession(own, note != "")
	c.Cookies().Expire(a.cookie)
	return &SessionOutput{own.Session, own.User}, nil
}

// ownSession returns the session the administrator had before, if it still
// holds and is that administrator's.
func (a *admin) ownSession(c *core.Context, by string) (own *core.Current, note string, err error) {
	if _, err := c.Users().ByID(by); errors.Is(err, db.ErrNotFound) {
		return nil, "", errNoAdmin
	} else if err != nil {
		return nil, "", err
	}
	value, _ := c.Cookies().GetSigned(a.cookie)
	token, note, _ := strings.Cut(value, ":")
	if token == "" {
		return nil, "", errNoAdminSession
	}
	own, err = c.Sessions().Find(token)
	if errors.Is(err, db.ErrNotFound) || err == nil && own.User.ID != by {
		return nil, "", errNoAdminSession
	}
	if err != nil {
		return nil, "", err
	}
	holds, err := c.Holds(own)
	if err == nil && !holds {
		err = errNoAdminSession
	}
	return own, note, err
}

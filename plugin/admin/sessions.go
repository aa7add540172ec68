package admin

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about users' sessions.
const (
	ListUserSessions   core.Ref[UserInput, SessionsOutput]       = "adminListUserSessions"
	RevokeUserSession  core.Ref[RevokeUserSessionInput, Success] = "revokeUserSession"
	RevokeUserSessions core.Ref[UserInput, Success]              = "revokeUserSessions"
)

// SessionsOutput is the live sessions of a user, those too that impersonate
// it.
type SessionsOutput struct {
	Sessions core.SessionList `json:"sessions"`
}

func (a *admin) listUserSessions(c *core.Context, in *UserInput) (*SessionsOutput, error) {
	caller, err := a.allow(c, "session", "list", ErrListSessions)
	if err != nil {
		return nil, err
	}
	// The list holds tokens: who has one is that user.
	if err := a.mayReach(c, caller, in.UserID, ErrListSessions); err != nil {
		return nil, err
	}
	sessions, err := c.Sessions().List(in.UserID)
	return &SessionsOutput{sessions}, err
}

// mayReach refuses where the caller may not act on a user. One that is not
// there has no sessions, which is no error.
func (a *admin) mayReach(c *core.Context, caller *core.User, userID string, refusal *core.Error) error {
	u, err := c.Users().ByID(userID)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !a.mayActOn(caller, u):
		return refusal
	}
	return nil
}

// RevokeUserSessionInput names a session.
type RevokeUserSessionInput struct {
	SessionToken string `json:"sessionToken"`
}

// Bind reads the body.
func (in *RevokeUserSessionInput) Bind(b *input.Binder) {
	b.Body().Text("sessionToken", &in.SessionToken)
}

func (a *admin) revokeSession(c *core.Context, in *RevokeUserSessionInput) (*Success, error) {
	caller, err := a.allow(c, "session", "revoke", ErrRevokeSessions)
	if err != nil {
		return nil, err
	}
	found, err := c.Sessions().Find(in.SessionToken)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return &Success{true}, nil
	case err != nil:
		return nil, err
	case !a.mayActOn(caller, found.User):
		return nil, ErrRevokeSessions
	}
	a.changed(c, found.User.ID)
	return &Success{true}, c.Sessions().Delete(in.SessionToken)
}

func (a *admin) revokeSessions(c *core.Context, in *UserInput) (*Success, error) {
	caller, err := a.allow(c, "session", "revoke", ErrRevokeSessions)
	if err != nil {
		return nil, err
	}
	if err := a.mayReach(c, caller, in.UserID, ErrRevokeSessions); err != nil {
		return nil, err
	}
	a.changed(c, in.UserID)
	return &Success{true}, c.Sessions().DeleteAll(in.UserID)
}

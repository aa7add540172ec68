package session

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that end sessions of the caller's user.
const (
	Revoke       core.Ref[RevokeInput, core.Status]       = "revokeSession"
	RevokeAll    core.Ref[RevokeAllInput, core.Status]    = "revokeSessions"
	RevokeOthers core.Ref[RevokeOthersInput, core.Status] = "revokeOtherSessions"
)

// RevokeInput names a session.
type RevokeInput struct {
	Token string `json:"token"`
}

// Bind reads the body.
func (in *RevokeInput) Bind(b *input.Binder) { b.Body().Text("token", &in.Token) }

// RevokeAllInput is empty.
type RevokeAllInput struct{}

// Bind reads nothing.
func (*RevokeAllInput) Bind(*input.Binder) {}

// RevokeOthersInput is empty.
type RevokeOthersInput struct{}

// Bind reads nothing.
func (*RevokeOthersInput) Bind(*input.Binder) {}

// revoke is silent about tokens of other users and about unknown ones, so
// that tokens cannot be tried.
func (Flow) revoke(c *core.Context, in *RevokeInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	found, err := c.Sessions().Find(in.Token)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return nil, err
	case found.Session.UserID == current.User.ID:
		if err := c.Sessions().Delete(in.Token); err != nil {
			return nil, err
		}
	}
	if in.Token == current.Session.Token {
		c.ClearSession()
	}
	return &core.Status{Status: true}, nil
}

func (Flow) revokeAll(c *core.Context, _ *RevokeAllInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	if err := c.Sessions().DeleteAll(current.User.ID); err != nil {
		return nil, err
	}
	c.ClearSession()
	return &core.Status{Status: true}, nil
}

func (Flow) revokeOthers(c *core.Context, _ *RevokeOthersInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	if err := c.Sessions().DeleteOthers(current.User.ID, current.Session.Token); err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}

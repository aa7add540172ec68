package password

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Verify is POST /verify-password.
const Verify core.Ref[VerifyInput, core.Status] = "verifyPassword"

// VerifyInput is a password that may be the user's.
type VerifyInput struct {
	Password string `json:"password"`
}

// Bind reads the body.
func (in *VerifyInput) Bind(b *input.Binder) {
	b.Body().Text("password", &in.Password).Describe("The password to check")
}

func (Flow) verify(c *core.Context, in *VerifyInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	match, err := c.VerifyPassword(current.User.ID, in.Password)
	if err != nil {
		return nil, err
	}
	if !match {
		return nil, core.ErrInvalidPassword
	}
	return &core.Status{Status: true}, nil
}

// Change is POST /change-password.
const Change core.Ref[ChangeInput, ChangeOutput] = "changePassword"

// ChangeInput is the old password and the new one.
type ChangeInput struct {
	NewPassword     string `json:"newPassword"`
	CurrentPassword string `json:"currentPassword"`
	// RevokeOtherSessions ends all sessions; the caller gets a new one.
	RevokeOtherSessions input.Opt[bool] `json:"revokeOtherSessions,omitzero"`
}

// Bind reads the body.
func (in *ChangeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newPassword", &in.NewPassword).Describe("The new password")
	body.Text("currentPassword", &in.CurrentPassword).Describe("The current password")
	body.OptBool("revokeOtherSessions", &in.RevokeOtherSessions)
}

// ChangeOutput is the user. Token is that of the new session, nil where the
// session stays.
type ChangeOutput struct {
	Token *string    `json:"token"`
	User  *core.User `json:"user"`
}

func (Flow) change(c *core.Context, in *ChangeInput) (*ChangeOutput, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	// The old password comes first: who does not know it has no second one
	// hashed.
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	if err := c.ConfirmPassword(current.User.ID, in.CurrentPassword); err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	revoke, out := in.RevokeOtherSessions.Or(false), &ChangeOutput{User: current.User}
	var session *core.Session
	err = c.Transaction(func(c *core.Context) error {
		session, err = replace(c, current.User, hash, revoke)
		return err
	})
	if err != nil {
		return nil, err
	}
	if session != nil {
		c.ReplaceSession(&core.Current{Session: session, User: current.User})
		out.Token = &session.Token
	}
	return out, nil
}

// replace stores the password. With revoke it ends every session, the caller's
// too, since its token may be known as well as the old password, and returns a
// new one; else nil.
func replace(c *core.Context, u *core.User, hash string, revoke bool) (*core.Session, error) {
	if !revoke {
		return nil, c.Accounts().SetPassword(u.ID, hash)
	}
	if err := c.Sessions().DeleteAll(u.ID); err != nil {
		return nil, err
	}
	if err := c.Accounts().SetPassword(u.ID, hash); err != nil {
		return nil, err
	}
	return c.Sessions().Create(u, core.NewSession{})
}

// Set gives a password to the session's user, who must have none. It has no
// route: only the program may let somebody do that without the old password.
const Set core.Ref[SetInput, core.Status] = "setPassword"

// SetInput is the first password of a user.
type SetInput struct {
	NewPassword string `json:"newPassword"`
}

// Bind reads the body.
func (in *SetInput) Bind(b *input.Binder) { b.Body().Text("newPassword", &in.NewPassword) }

func (Flow) set(c *core.Context, in *SetInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	err = c.Transaction(func(c *core.Context) error {
		account, err := c.Accounts().Credential(current.User.ID)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		if err == nil && account.Password != nil && *account.Password != "" {
			return core.ErrPasswordAlreadySet
		}
		return c.Accounts().SetPassword(current.User.ID, hash)
	})
	if err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}

package phonenumber

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that reset a password.
const (
	RequestReset core.Ref[SendInput, core.Status]  = "requestPasswordResetPhoneNumber"
	Reset        core.Ref[ResetInput, core.Status] = "resetPasswordPhoneNumber"
)

// ResetInput carries the code and the new password.
type ResetInput struct {
	OTP         string `json:"otp"`
	PhoneNumber string `json:"phoneNumber"`
	NewPassword string `json:"newPassword"`
}

// Bind reads the body.
func (in *ResetInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("otp", &in.OTP).Describe("The code")
	body.Text("phoneNumber", &in.PhoneNumber).Describe("The number of the user")
	body.Text("newPassword", &in.NewPassword).Describe("The new password")
}

func (n *numbers) requestReset(c *core.Context, in *SendInput) (*core.Status, error) {
	n.text(c, MessageReset, toReset(in.PhoneNumber), in.PhoneNumber, func(c *core.Context) (bool, error) {
		u, err := n.byNumber(c, in.PhoneNumber)
		if errors.Is(err, db.ErrNotFound) {
			return false, nil
		}
		return err == nil && (n.isProven(u) || !n.RequireVerification), err
	})
	return &core.Status{Status: true}, nil
}

// reset judges the code before it hashes, and spends it last, in the
// transaction that stores the password: whatever fails leaves it as it was.
func (n *numbers) reset(c *core.Context, in *ResetInput) (*core.Status, error) {
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	p, err := n.judge(c, toReset(in.PhoneNumber), in.PhoneNumber, in.OTP)
	if err != nil {
		return nil, err
	}
	u, err := n.byNumber(c, in.PhoneNumber)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, ErrUnexpected
	case err != nil:
		return nil, err
	case n.RequireVerification && !n.isProven(u):
		return nil, ErrPendingVerification
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	if err = c.Transaction(func(c *core.Context) error { return store(c, p, u, hash) }); err != nil {
		return nil, err
	}
	if done := c.Options().EmailAndPassword.OnPasswordReset; done != nil {
		err = done(c, u)
	}
	return &core.Status{Status: true}, err
}

// store ends the sessions before it stores the password: where storage has no
// transactions, what fails halfway must not leave them to whoever knew the old
// one.
func store(c *core.Context, p *proof, u *core.User, hash string) error {
	if err := p.spend(c); err != nil {
		return err
	}
	if c.Options().EmailAndPassword.RevokeSessionsOnReset {
		if err := c.Sessions().DeleteAll(u.ID); err != nil {
			return err
		}
	}
	return c.Accounts().SetPassword(u.ID, hash)
}

package password

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Reset is POST /reset-password.
const Reset core.Ref[ResetInput, core.Status] = "resetPassword"

// ResetInput carries the token of a mail and the new password.
type ResetInput struct {
	NewPassword string            `json:"newPassword"`
	Token       input.Opt[string] `json:"token,omitzero"`
	// QueryToken counts where the body has no token.
	QueryToken input.Opt[string] `json:"-"`
}

// Bind reads body and query.
func (in *ResetInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newPassword", &in.NewPassword).Describe("The new password")
	body.OptText("token", &in.Token).Describe("The token of the mail")
	b.Query().OptText("token", &in.QueryToken)
}

func (in *ResetInput) token() string {
	if in.Token.Value != "" {
		return in.Token.Value
	}
	return in.QueryToken.Value
}

// reset spends the token last, in the transaction that stores the password:
// whatever fails, a password that breaks a rule or a storage that is away,
// leaves the link as it was.
func (Flow) reset(c *core.Context, in *ResetInput) (*core.Status, error) {
	token := in.token()
	if token == "" {
		return nil, core.ErrInvalidToken
	}
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	asked, err := c.Verifications().Find(resetIdentifier(token))
	if err != nil {
		return nil, invalidIfGone(err)
	}
	u, err := c.Users().ByID(asked.Value)
	if errors.Is(err, db.ErrNotFound) {
		return nil, core.ErrUserNotFound
	}
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	err = c.Transaction(func(c *core.Context) error { return redeem(c, token, u, hash) })
	if err != nil {
		return nil, err
	}
	if done := c.Options().EmailAndPassword.OnPasswordReset; done != nil {
		if err := done(c, u); err != nil {
			return nil, err
		}
	}
	return &core.Status{Status: true}, nil
}

// redeem ends the sessions before it stores the password: where storage has no
// transactions, what fails halfway must not leave them to whoever knew the old
// one.
func redeem(c *core.Context, token string, u *core.User, hash string) error {
	taken, err := c.Verifications().Take(resetIdentifier(token))
	if err != nil {
		return invalidIfGone(err)
	}
	if taken.Value != u.ID {
		return core.ErrInvalidToken
	}
	if err := checkCurrent(c, taken, u); err != nil {
		return err
	}
	if c.Options().EmailAndPassword.RevokeSessionsOnReset {
		if err := c.Sessions().DeleteAll(u.ID); err != nil {
			return err
		}
	}
	return c.Accounts().SetPassword(u.ID, hash)
}

// checkCurrent refuses a link that was asked for before the password was last
// changed, or before the user was there, whose key somebody else may have had.
func checkCurrent(c *core.Context, asked *core.Verification, u *core.User) error {
	if asked.CreatedAt.Before(u.CreatedAt) {
		return core.ErrInvalidToken
	}
	account, err := c.Accounts().Credential(u.ID)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil
	case err != nil:
		return err
	case asked.CreatedAt.Before(account.UpdatedAt):
		return core.ErrInvalidToken
	}
	return nil
}

func invalidIfGone(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return core.ErrInvalidToken
	}
	return err
}

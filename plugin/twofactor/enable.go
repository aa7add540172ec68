package twofactor

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// The endpoints that begin and end the use of a second factor.
const (
	Enable  core.Ref[EnableInput, EnableOutput]  = "enableTwoFactor"
	Disable core.Ref[PasswordInput, core.Status] = "disableTwoFactor"
)

// PasswordInput is the user's password. It may be missing for users who have
// none, where the options say so.
type PasswordInput struct {
	Password string `json:"password"`
}

// Bind reads the body.
func (in *PasswordInput) Bind(b *input.Binder) {
	b.Body().Text("password", &in.Password).Describe("The user's password")
}

// withoutPassword stands in for a password that is not sent.
func withoutPassword(c *core.Context) (*core.Response, error) {
	if _, given := c.Input().Get("password"); given {
		return nil, nil
	}
	return nil, c.Input().Set("password", "")
}

// EnableInput picks a method.
type EnableInput struct {
	Password string            `json:"password"`
	Method   input.Opt[string] `json:"method,omitzero"` // "totp", the default, or "otp"
	Issuer   input.Opt[string] `json:"issuer,omitzero"` // shown by authenticator apps
}

// Bind reads the body.
func (in *EnableInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("password", &in.Password).Describe("The user's password")
	body.OptText("method", &in.Method).OneOf("otp", "totp")
	body.OptText("issuer", &in.Issuer).Describe("The name that authenticator apps show")
}

// EnableOutput is what an authenticator app needs, and the codes for the day it
// is lost. Both are shown once.
type EnableOutput struct {
	Method      string   `json:"method"`
	TOTPURI     string   `json:"totpURI,omitempty"`
	BackupCodes []string `json:"backupCodes,omitempty"`
}

func (t *twoFactor) enable(c *core.Context, in *EnableInput) (*EnableOutput, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	if err := confirm(c, current, in.Password, t.AllowPasswordless); err != nil {
		return nil, err
	}
	if in.Method.Or("totp") == "otp" {
		if !t.sendsOTP(c) {
			return nil, ErrOTPNotConfigured
		}
		_, err := t.enroll(c, current.Session, current.User.ID)
		return &EnableOutput{Method: "otp"}, err
	}
	if t.TOTP.Disable {
		return nil, ErrTOTPNotConfigured
	}
	return t.enableTOTP(c, current, in.Issuer.Or(""))
}

func (t *twoFactor) enableTOTP(c *core.Context, current *core.Current, issuer string) (*EnableOutput, error) {
	codes, sealedCodes, err := t.newBackupCodes(c)
	if err != nil {
		return nil, err
	}
	key := secret.Text(c.Random(), secret.URLSafe, 32)
	sealed, err := c.Secrets().Seal([]byte(key), c.Random())
	if err != nil {
		return nil, err
	}
	verified := t.SkipVerificationOnEnable
	err = c.Transaction(func(c *core.Context) error {
		if err := t.keep(c, current.User.ID, row{Secret: sealed, BackupCodes: sealedCodes, Verified: &verified}); err != nil || !verified {
			return err
		}
		_, err := t.enroll(c, current.Session, current.User.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &EnableOutput{"totp", t.uri(c, []byte(key), or(issuer, t.Issuer), current.User.Email), codes}, nil
}

func (t *twoFactor) disable(c *core.Context, in *PasswordInput) (*core.Status, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	if err := confirm(c, current, in.Password, t.AllowPasswordless); err != nil {
		return nil, err
	}
	err = c.Transaction(func(c *core.Context) error {
		u, err := t.remove(c, current.User.ID)
		if err != nil {
			return err
		}
		if err := t.distrust(c, u.ID); err != nil {
			return err
		}
		_, err = c.RotateSession(current.Session, u)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}

// remove takes the second factor from a user.
func (t *twoFactor) remove(c *core.Context, userID string) (*core.User, error) {
	u, err := c.Users().Update(userID, t.enabled.To(false))
	if err == nil {
		_, err = db.Delete(c, c.DB(), t.table.Table, t.table.userID.Eq(userID))
	}
	return u, err
}

// forget takes the factors and the trusted devices of whoever made a user away
// from it: they are not its owner's.
func (t *twoFactor) forget(c *core.Context, u *core.User) error {
	changed, err := t.remove(c, u.ID)
	if err != nil {
		return err
	}
	*u = *changed // what the owner is shown
	_, err = c.Verifications().Create(distrustOf(u.ID), u.ID, t.TrustDeviceMaxAge)
	return err
}

// confirm asks for the password again. A user who has none, where that is
// allowed, must have signed in recently instead.
func confirm(c *core.Context, current *core.Current, password string, passwordless bool) error {
	if passwordless {
		has, err := c.HasPassword(current.User.ID)
		if err != nil {
			return err
		}
		if !has {
			if !c.IsFresh(current.Session) {
				return core.ErrSessionNotFresh
			}
			return nil
		}
	}
	if password == "" {
		return core.ErrInvalidPassword
	}
	match, err := c.VerifyPassword(current.User.ID, password)
	if err == nil && !match {
		err = core.ErrInvalidPassword
	}
	return err
}

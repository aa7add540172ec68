package emailotp

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that change the address of the caller's user.
const (
	RequestChange core.Ref[RequestChangeInput, Success] = "requestEmailChangeEmailOTP"
	Change        core.Ref[ChangeInput, Success]        = "changeEmailEmailOTP"
)

var (
	errChangeDisabled = core.NewError(http.StatusBadRequest, "", "Change email with OTP is disabled")
	errSameEmail      = core.NewError(http.StatusBadRequest, "", "Email is the same")
	errOTPRequired    = core.NewError(http.StatusBadRequest, "", "OTP is required to verify current email")
	errEmailInUse     = core.NewError(http.StatusBadRequest, "", "Email already in use")
)

// RequestChangeInput names the new address.
type RequestChangeInput struct {
	NewEmail string            `json:"newEmail"`
	OTP      input.Opt[string] `json:"otp,omitzero"` // of the old address, where it is asked for
}

// Bind reads the body.
func (in *RequestChangeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newEmail", &in.NewEmail).Describe("The address to change to")
	body.OptText("otp", &in.OTP).Describe("A code of the old address")
}

// ChangeInput proves the new address.
type ChangeInput struct {
	NewEmail string `json:"newEmail"`
	OTP      string `json:"otp"`
}

// Bind reads the body.
func (in *ChangeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newEmail", &in.NewEmail).Describe("The address to change to")
	body.Text("otp", &in.OTP).Describe("The code")
}

// wanted returns the caller and the address they want to have.
func (p *Plugin) wanted(c *core.Context, typed string) (*core.Current, string, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, "", err
	}
	if !p.o.AllowChangeEmail {
		return nil, "", errChangeDisabled
	}
	email, err := address(typed)
	if err == nil && email == core.NormalEmail(current.User.Email) {
		err = errSameEmail
	}
	return current, email, err
}

func (p *Plugin) requestChange(c *core.Context, in *RequestChangeInput) (*Success, error) {
	current, email, err := p.wanted(c, in.NewEmail)
	if err != nil {
		return nil, err
	}
	if p.o.VerifyCurrentEmail {
		if in.OTP.Value == "" {
			return nil, errOTPRequired
		}
		if err := p.redeem(c, identifier(EmailVerification, core.NormalEmail(current.User.Email)), in.OTP.Value); err != nil {
			return nil, err
		}
	}
	p.mail(c, ChangeEmail, changing(current.User, email), email, func(c *core.Context) (*core.User, bool, error) {
		_, err := c.Users().ByEmail(email)
		if errors.Is(err, db.ErrNotFound) {
			return current.User, true, nil
		}
		return nil, false, err // somebody has the address, who is not to be mailed
	})
	return &Success{true}, nil
}

func (p *Plugin) change(c *core.Context, in *ChangeInput) (*Success, error) {
	current, email, err := p.wanted(c, in.NewEmail)
	if err != nil {
		return nil, err
	}
	key := identifier(ChangeEmail, changing(current.User, email))
	guessed, err := p.guess(c, key, in.OTP)
	if err != nil {
		return nil, err
	}
	_, err = c.Users().ByEmail(email)
	if err == nil {
		err = errEmailInUse
	}
	if !errors.Is(err, db.ErrNotFound) {
		return nil, orSpend(c, key, guessed, err)
	}
	users := c.Tables().Users
	u, err := prove(c, current.User, key, guessed, []db.Assign[core.User]{users.Email.To(email), users.EmailVerified.To(true)},
		func(*core.Context, *core.User) error { return nil })
	if errors.Is(err, core.ErrUserAlreadyExists) {
		return nil, orSpend(c, key, guessed, errEmailInUse.Wrap(err))
	}
	if err != nil {
		return nil, err
	}
	c.ReplaceSession(&core.Current{Session: current.Session, User: u})
	return &Success{true}, nil
}

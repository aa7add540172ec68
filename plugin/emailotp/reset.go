package emailotp

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that reset a password.
const (
	RequestReset      core.Ref[RequestResetInput, Success] = "requestPasswordResetEmailOTP"
	ForgetPasswordOld core.Ref[RequestResetInput, Success] = "forgetPasswordEmailOTP"
	Reset             core.Ref[ResetInput, Success]        = "resetPasswordEmailOTP"
)

// RequestResetInput says whose password is to be reset.
type RequestResetInput struct {
	Email string `json:"email"`
}

// Bind reads the body.
func (in *RequestResetInput) Bind(b *input.Binder) {
	b.Body().Text("email", &in.Email).Describe("The address of the user")
}

// ResetInput carries the code and the new password.
type ResetInput struct {
	Email    string `json:"email"`
	OTP      string `json:"otp"`
	Password string `json:"password"`
}

// Bind reads the body.
func (in *ResetInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Describe("The address of the user")
	body.Text("otp", &in.OTP).Describe("The code")
	body.Text("password", &in.Password).Describe("The new password")
}

func (p *Plugin) requestReset(c *core.Context, in *RequestResetInput) (*Success, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	p.mail(c, ForgetPassword, email, email, holder(email, false))
	return &Success{true}, nil
}

// reset judges the code before it hashes, and spends it last, in the
// transaction that stores the password: whatever fails leaves it as it was.
func (p *Plugin) reset(c *core.Context, in *ResetInput) (*Success, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	if err := c.CheckPasswordLength(in.Password); err != nil {
		return nil, err
	}
	guessed, err := p.guess(c, identifier(ForgetPassword, email), in.OTP)
	if err != nil {
		return nil, err
	}
	u, err := byEmail(c, email)
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.Password)
	if err != nil {
		return nil, err
	}
	err = c.Transaction(func(c *core.Context) error { return spend(c, guessed, u, hash) })
	if err != nil {
		return nil, err
	}
	if done := c.Options().EmailAndPassword.OnPasswordReset; done != nil {
		if err := done(c, u); err != nil {
			return nil, err
		}
	}
	return &Success{true}, nil
}

// spend ends the sessions before it stores the password: where storage has no
// transactions, what fails halfway must not leave them to whoever knew the old
// one.
func spend(c *core.Context, guessed *core.Verification, u *core.User, hash string) error {
	if err := take(c, identifier(ForgetPassword, u.Email), guessed); err != nil {
		return err
	}
	if c.Options().EmailAndPassword.RevokeSessionsOnReset {
		if err := c.Sessions().DeleteAll(u.ID); err != nil {
			return err
		}
	}
	if err := c.Accounts().SetPassword(u.ID, hash); err != nil || u.EmailVerified {
		return err
	}
	_, err := c.Users().Update(u.ID, c.Tables().Users.EmailVerified.To(true))
	return err
}

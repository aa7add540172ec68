package emailotp

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// VerifyEmail is POST /email-otp/verify-email.
const VerifyEmail core.Ref[VerifyEmailInput, VerifyEmailOutput] = "verifyEmailOTP"

// VerifyEmailInput proves an address.
type VerifyEmailInput struct {
	Email string `json:"email"`
	OTP   string `json:"otp"`
}

// Bind reads the body.
func (in *VerifyEmailInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Describe("The address to prove")
	body.Text("otp", &in.OTP).Describe("The code")
}

// VerifyEmailOutput is the user whose address is proven. Token is nil where
// nobody is signed in by it.
type VerifyEmailOutput struct {
	Status bool       `json:"status"`
	Token  *string    `json:"token"`
	User   *core.User `json:"user"`
}

func (p *Plugin) verifyEmail(c *core.Context, in *VerifyEmailInput) (*VerifyEmailOutput, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	if err := p.redeem(c, identifier(EmailVerification, email), in.OTP); err != nil {
		return nil, err
	}
	u, err := byEmail(c, email)
	if err != nil {
		return nil, err
	}
	users := c.Tables().Users
	u, err = prove(c, u, []db.Assign[core.User]{users.EmailVerified.To(true)})
	if err != nil {
		return nil, err
	}
	out := &VerifyEmailOutput{Status: true, User: u}
	if c.Options().EmailVerification.AutoSignInAfterVerification {
		token, err := open(c, u)
		out.Token = &token
		return out, err
	}
	// From storage: a revoked session must not come back to life in a cookie.
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if current != nil && current.User.ID == u.ID {
		c.RefreshSessionCache(&core.Current{Session: current.Session, User: u})
	}
	return out, nil
}

// prove changes a user whose address was proven, between the application's
// hooks, unless the address changed meanwhile.
func prove(c *core.Context, u *core.User, set []db.Assign[core.User]) (*core.User, error) {
	o := &c.Options().EmailVerification
	if o.BeforeVerification != nil {
		if err := o.BeforeVerification(c, u); err != nil {
			return nil, err
		}
	}
	where := []db.Where[core.User]{c.Tables().Users.Email.Eq(u.Email)}
	u, err := c.Users().UpdateWhere(u.ID, where, set...)
	if errors.Is(err, db.ErrNotFound) {
		return nil, core.ErrUserNotFound
	}
	if err == nil && o.AfterVerification != nil {
		err = o.AfterVerification(c, u)
	}
	return u, err
}

// open signs a user in and returns the session's token. Whether sessions end
// with the browser stays.
func open(c *core.Context, u *core.User) (string, error) {
	session, err := c.Sessions().Create(u, core.NewSession{})
	if err != nil {
		return "", err
	}
	c.ReplaceSession(&core.Current{Session: session, User: u})
	return session.Token, nil
}

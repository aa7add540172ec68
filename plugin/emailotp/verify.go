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
	key := identifier(EmailVerification, email)
	guessed, err := p.guess(c, key, in.OTP)
	if err != nil {
		return nil, err
	}
	u, err := byEmail(c, email)
	if err != nil {
		return nil, orSpend(c, key, guessed, err)
	}
	var entered *core.Current
	u, err = prove(c, u, key, guessed, []db.Assign[core.User]{c.Tables().Users.EmailVerified.To(true)},
		func(c *core.Context, u *core.User) (err error) {
			if c.Options().EmailVerification.AutoSignInAfterVerification {
				entered, err = begin(c, u)
			}
			return err
		})
	if err != nil {
		return nil, err
	}
	out := &VerifyEmailOutput{Status: true, User: u}
	if entered != nil {
		c.ReplaceSession(entered)
		out.Token = &entered.Session.Token
		return out, nil
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

// prove spends a code and changes the user it proved, in one transaction which
// more is part of, as the application wants it.
func prove(c *core.Context, u *core.User, key string, guessed *core.Verification, set []db.Assign[core.User],
	more func(*core.Context, *core.User) error) (*core.User, error) {
	o := &c.Options().EmailVerification
	if o.BeforeVerification != nil {
		if err := o.BeforeVerification(c, u); err != nil {
			return nil, orSpend(c, key, guessed, err)
		}
	}
	id, where := u.ID, []db.Where[core.User]{c.Tables().Users.Email.Eq(u.Email)}
	err := c.Transaction(func(c *core.Context) (err error) {
		if err = take(c, key, guessed); err != nil {
			return err
		}
		if u, err = c.Users().UpdateWhere(id, where, set...); err == nil {
			err = more(c, u)
		}
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, orSpend(c, key, guessed, core.ErrUserNotFound)
	}
	if err == nil && o.AfterVerification != nil {
		err = o.AfterVerification(c, u)
	}
	return u, err
}

// begin makes a session. The browser is given it once nothing can fail any
// more.
func begin(c *core.Context, u *core.User) (*core.Current, error) {
	session, err := c.Sessions().Create(u, core.NewSession{})
	return &core.Current{Session: session, User: u}, err
}

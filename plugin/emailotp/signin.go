package emailotp

import (
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// SignInByCode is POST /sign-in/email-otp.
const SignInByCode core.Ref[SignInInput, SignInOutput] = "signInEmailOTP"

// SignInInput signs somebody in, or up where there is no user of the address.
type SignInInput struct {
	Email string            `json:"email"`
	OTP   string            `json:"otp"`
	Name  input.Opt[string] `json:"name,omitzero"`  // of a new user
	Image input.Opt[string] `json:"image,omitzero"` // of a new user
	// Fields holds what was sent for added columns of a new user, and
	// whatever else was sent, which is ignored.
	Fields map[string]json.RawMessage `json:"-"`
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Describe("The address the code was sent to")
	body.Text("otp", &in.OTP).Describe("The code")
	body.OptText("name", &in.Name).Describe("The name of a new user")
	body.OptText("image", &in.Image).Describe("The picture of a new user")
	in.Fields = b.Record().All()
}

// MarshalJSON writes the input as a client would send it.
func (in *SignInInput) MarshalJSON() ([]byte, error) {
	type members SignInInput
	return input.MarshalFields((*members)(in), in.Fields)
}

// SignInOutput is the new session's token and its user.
type SignInOutput struct {
	Token string     `json:"token"`
	User  *core.User `json:"user"`
}

// signIn spends the code in the transaction that makes or proves the user and
// makes the session: what fails leaves the code as it was.
func (p *Plugin) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	email := core.NormalEmail(in.Email)
	guessed, err := p.guess(c, identifier(SignIn, email), in.OTP)
	if err != nil {
		return nil, err
	}
	u, err := c.Users().ByEmail(email)
	created := errors.Is(err, db.ErrNotFound)
	if created {
		u, err = p.newUser(c, in, email)
	}
	if err != nil {
		return nil, orSpend(c, identifier(SignIn, email), guessed, err)
	}
	var current *core.Current
	err = c.Transaction(func(c *core.Context) error {
		if err := take(c, identifier(SignIn, email), guessed); err != nil {
			return err
		}
		own := *u // a transaction may be run again
		proven := &own
		var err error
		if created {
			err = c.Users().Create(proven)
		} else {
			proven, err = c.Users().Reclaim(proven)
		}
		if errors.Is(err, db.ErrNotFound) {
			return ErrInvalidOTP
		}
		if err == nil {
			current, err = begin(c, proven)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c.ReplaceSession(current)
	return &SignInOutput{Token: current.Session.Token, User: current.User}, nil
}

// newUser shapes the user who signs up with a code, or refuses.
func (p *Plugin) newUser(c *core.Context, in *SignInInput, email string) (*core.User, error) {
	if p.o.DisableSignUp {
		return nil, ErrInvalidOTP
	}
	u := &core.User{Email: email, EmailVerified: true, Name: in.Name.Value}
	if in.Image.Given() {
		u.Image = &in.Image.Value
	}
	if err := input.CreateFields(c.Tables().Users.Table, u, in.Fields); err != nil {
		return nil, err
	}
	return u, c.ValidateUser(u, core.UserSource{Method: "email-otp", Action: "create-user"})
}

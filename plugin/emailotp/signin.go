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

func (p *Plugin) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	email := core.NormalEmail(in.Email)
	if err := p.redeem(c, identifier(SignIn, email), in.OTP); err != nil {
		return nil, err
	}
	u, err := c.Users().ByEmail(email)
	switch {
	case err == nil:
		u, err = c.Users().Reclaim(u)
		if errors.Is(err, db.ErrNotFound) {
			return nil, ErrInvalidOTP
		}
	case !errors.Is(err, db.ErrNotFound):
	case p.o.DisableSignUp:
		return nil, ErrInvalidOTP
	default:
		u = &core.User{Email: email, EmailVerified: true, Name: in.Name.Value}
		if in.Image.Given() {
			u.Image = &in.Image.Value
		}
		if err = input.CreateFields(c.Tables().Users.Table, u, in.Fields); err == nil {
			err = c.ValidateUser(u, core.UserSource{Method: "email-otp", Action: "create-user"})
		}
		if err == nil {
			err = c.Users().Create(u)
		}
	}
	if err != nil {
		return nil, err
	}
	token, err := open(c, u)
	return &SignInOutput{Token: token, User: u}, err
}

package anonymous

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// SignIn is POST /sign-in/anonymous.
const SignIn core.Ref[NoInput, SignInOutput] = "signInAnonymous"

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// SignInOutput is the new session.
type SignInOutput struct {
	Token string     `json:"token"`
	User  *core.User `json:"user"`
}

// AppendJSON writes the output.
func (out *SignInOutput) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(b, `{"token":`...), out.Token)
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

func (a *anonymous) signIn(c *core.Context, _ *NoInput) (*SignInOutput, error) {
	former, err := a.session(c)
	if err != nil {
		return nil, err
	}
	if former != nil {
		return nil, ErrAnonymousAlready
	}
	u, err := a.visitor(c)
	if err != nil {
		return nil, err
	}
	if err := c.ValidateUser(u, core.UserSource{Method: "anonymous", Action: "create-user"}); err != nil {
		return nil, err
	}
	var out *SignInOutput
	err = c.Transaction(func(c *core.Context) error {
		made := *u // a transaction may be run again
		if err := c.Users().Create(&made); err != nil {
			return worded(err, errFailedToCreateUser)
		}
		current, err := c.SignIn(&made, core.NewSession{})
		if err != nil {
			return worded(err, ErrCouldNotCreateSession)
		}
		out = &SignInOutput{current.Session.Token, &made}
		return nil
	})
	return out, err
}

// visitor is a user who has said nothing of themselves.
func (a *anonymous) visitor(c *core.Context) (*core.User, error) {
	u := &core.User{Name: "Anonymous"}
	a.flag.Set(u, true)
	if a.GenerateName != nil {
		name, err := a.GenerateName(c)
		if err != nil {
			return nil, err
		}
		if name != "" {
			u.Name = name
		}
	}
	if a.GenerateEmail != nil {
		email, err := a.GenerateEmail(c)
		if err != nil {
			return nil, err
		}
		if email != "" && !input.ValidEmail(email) {
			return nil, ErrInvalidEmailFormat
		}
		u.Email = email
	}
	if u.Email == "" {
		u.Email = a.placeholder(secret.ID(c.Random()))
	}
	return u, nil
}

// placeholder is an address in the place of a user's own.
func (a *anonymous) placeholder(id string) string {
	if a.EmailDomain != "" {
		return "temp-" + id + "@" + a.EmailDomain
	}
	return id + "@anonymous.placeholder.invalid"
}

// worded keeps refusals, and what the kernel answers itself, as they are.
func worded(err error, refusal *core.Error) error {
	var known *core.Error
	if errors.As(err, &known) || core.Unavailable(err) {
		return err
	}
	return refusal.Wrap(err)
}

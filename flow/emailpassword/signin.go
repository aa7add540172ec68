package emailpassword

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// SignIn is POST /sign-in/email.
const SignIn core.Ref[SignInInput, SignInOutput] = "signInEmail"

// SignInInput is what a sign-in asks for.
type SignInInput struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	core.PasswordSignIn
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email)
	body.Text("password", &in.Password)
	body.OptText("callbackURL", &in.CallbackURL)
	body.OptBool("rememberMe", &in.RememberMe)
}

// SignInOutput is the new session's token and its user.
type SignInOutput = core.SignedIn

func (Flow) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	if !c.Options().EmailAndPassword.Enabled {
		return nil, core.ErrEmailPasswordDisabled
	}
	if !input.ValidEmail(in.Email) {
		return nil, core.ErrInvalidEmail
	}
	u, err := authenticate(c, in.Email, in.Password)
	if err != nil {
		return nil, err
	}
	return c.SignInByPassword(u, in.PasswordSignIn)
}

// authenticate returns the user with that address and password. Whether the
// user, the password or its match is missing makes no difference to the caller
// nor to the work done: an unknown user's password is looked up and compared
// like any other.
func authenticate(c *core.Context, email, password string) (*core.User, error) {
	u, err := c.Users().ByEmail(email)
	if errors.Is(err, db.ErrNotFound) {
		u, err = &core.User{}, nil
	}
	if err != nil {
		return nil, err
	}
	match, err := c.VerifyPassword(u.ID, password)
	if err != nil {
		return nil, err
	}
	if !match || u.ID == "" {
		return nil, core.ErrInvalidEmailOrPassword
	}
	return u, nil
}

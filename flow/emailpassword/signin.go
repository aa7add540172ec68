package emailpassword

import (
	"errors"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// SignIn is POST /sign-in/email.
const SignIn core.Ref[SignInInput, SignInOutput] = "signInEmail"

// SignInInput is what a sign-in asks for.
type SignInInput struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	// CallbackURL is where the browser goes afterwards; the answer repeats it.
	CallbackURL core.Opt[string] `json:"callbackURL,omitzero"`
	// RememberMe false makes the session end with the browser.
	RememberMe core.Opt[bool] `json:"rememberMe,omitzero"`
}

// Bind reads the body.
func (in *SignInInput) Bind(b *core.Binder) {
	body := b.Body()
	body.Text("email", &in.Email)
	body.Text("password", &in.Password)
	body.OptText("callbackURL", &in.CallbackURL)
	body.OptBool("rememberMe", &in.RememberMe)
}

// SignInOutput is the new session's token and its user.
type SignInOutput struct {
	Redirect bool       `json:"redirect"` // whether the client should go to URL
	Token    string     `json:"token"`
	URL      *string    `json:"url,omitempty"` // nil where no callback was given
	User     *core.User `json:"user"`
}

// AppendJSON writes the output.
func (out *SignInOutput) AppendJSON(b []byte) []byte {
	b = strconv.AppendBool(append(b, `{"redirect":`...), out.Redirect)
	b = db.AppendJSONString(append(b, `,"token":`...), out.Token)
	if out.URL != nil {
		b = db.AppendJSONString(append(b, `,"url":`...), *out.URL)
	}
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

func (Flow) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	o := &c.Options().EmailAndPassword
	if !o.Enabled {
		return nil, core.ErrEmailPasswordDisabled
	}
	if !core.ValidEmail(in.Email) {
		return nil, core.ErrInvalidEmail
	}
	u, err := authenticate(c, in.Email, in.Password)
	if err != nil {
		return nil, err
	}
	if o.RequireEmailVerification && !u.EmailVerified {
		if c.Options().EmailVerification.SendOnSignIn && c.CanVerifyEmail() {
			if err := c.SendVerificationEmail(u, in.CallbackURL.Value); err != nil {
				return nil, err
			}
		}
		return nil, core.ErrEmailNotVerified
	}
	current, err := c.SignIn(u, core.NewSession{DontRemember: !in.RememberMe.Or(true)})
	if err != nil {
		return nil, err
	}
	out := &SignInOutput{Token: current.Session.Token, User: current.User}
	if in.CallbackURL.Set {
		out.URL, out.Redirect = &in.CallbackURL.Value, in.CallbackURL.Value != ""
	}
	if out.Redirect {
		c.ResponseHeader().Set("Location", *out.URL)
	}
	return out, nil
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

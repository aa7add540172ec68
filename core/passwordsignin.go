package core

import (
	"strconv"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// PasswordSignIn is how somebody who gave the right password wants to be
// signed in.
type PasswordSignIn struct {
	// CallbackURL is where the browser goes afterwards; the answer repeats it.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
	// RememberMe false makes the session end with the browser.
	RememberMe input.Opt[bool] `json:"rememberMe,omitzero"`
}

// SignedIn is the new session's token and its user.
type SignedIn struct {
	Redirect bool    `json:"redirect"` // whether the client should go to URL
	Token    string  `json:"token"`
	URL      *string `json:"url,omitempty"` // nil where no callback was given
	User     *User   `json:"user"`
}

// AppendJSON writes the output.
func (out *SignedIn) AppendJSON(b []byte) []byte {
	b = strconv.AppendBool(append(b, `{"redirect":`...), out.Redirect)
	b = db.AppendJSONString(append(b, `,"token":`...), out.Token)
	if out.URL != nil {
		b = db.AppendJSONString(append(b, `,"url":`...), *out.URL)
	}
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

// SignInByPassword signs in a user whose password was right. It refuses with
// [ErrEmailNotVerified], and perhaps sends the link that mends that, where
// Options.EmailAndPassword asks for a proven address.
func (c *Context) SignInByPassword(u *User, how PasswordSignIn) (*SignedIn, error) {
	if c.k.options.EmailAndPassword.RequireEmailVerification && !u.EmailVerified {
		if c.k.options.EmailVerification.SendOnSignIn && c.CanVerifyEmail() {
			if err := c.SendVerificationEmail(u, how.CallbackURL.Value); err != nil {
				return nil, err
			}
		}
		return nil, ErrEmailNotVerified
	}
	current, err := c.SignIn(u, NewSession{DontRemember: !how.RememberMe.Or(true)})
	if err != nil {
		return nil, err
	}
	out := &SignedIn{Token: current.Session.Token, User: current.User}
	if how.CallbackURL.Set {
		out.URL, out.Redirect = &how.CallbackURL.Value, how.CallbackURL.Value != ""
	}
	if out.Redirect {
		c.ResponseHeader().Set("Location", asciiURL(*out.URL))
	}
	return out, nil
}

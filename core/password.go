package core

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/weburl"
)

// HashPassword checks a new password's length and the plugins' rules, and
// returns its hash.
func (c *Context) HashPassword(password string) (string, error) {
	if err := c.CheckPasswordLength(password); err != nil {
		return "", err
	}
	return c.HashAssignedPassword(password)
}

// HashAssignedPassword is [Context.HashPassword] for a first password that an
// administrator gives to somebody, which may be short.
func (c *Context) HashAssignedPassword(password string) (string, error) {
	if utf16Len(password) > c.k.options.EmailAndPassword.MaxPasswordLength {
		return "", ErrPasswordTooLong
	}
	for _, check := range c.k.passwordValidators {
		if err := check(c, password); err != nil {
			return "", err
		}
	}
	return c.k.hasher.Hash(c, password)
}

// CheckPasswordLength refuses passwords that are too short or too long,
// counted in UTF-16 units as the reference counts.
func (c *Context) CheckPasswordLength(password string) error {
	o := &c.k.options.EmailAndPassword
	switch n := utf16Len(password); {
	case n < o.MinPasswordLength:
		return ErrPasswordTooShort
	case n > o.MaxPasswordLength:
		return ErrPasswordTooLong
	}
	return nil
}

// VerifyPassword reports whether the password is the user's. A user without
// one, or whose stored hash is broken, has no right password; the same work is
// done all the same. A hash in an old format is replaced.
func (c *Context) VerifyPassword(userID, password string) (bool, error) {
	if utf16Len(password) > c.k.options.EmailAndPassword.MaxPasswordLength {
		return false, ErrPasswordTooLong
	}
	account, err := c.Accounts().Credential(userID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return false, err
	}
	if err != nil || account.Password == nil || *account.Password == "" {
		return false, c.WastePassword(password)
	}
	match, stale, err := c.k.hasher.Verify(c, *account.Password, password)
	if err != nil {
		return false, fmt.Errorf("core: the password of account %s: %w", account.ID, err)
	}
	if match && stale {
		c.rehash(account, password)
	}
	return match, nil
}

// ConfirmPassword refuses where the password is not the user's: with
// [ErrPasswordTooLong], with [ErrCredentialAccountNotFound] for a user who has
// none, or with [ErrInvalidPassword].
func (c *Context) ConfirmPassword(userID, password string) error {
	match, err := c.VerifyPassword(userID, password)
	if err != nil || match {
		return err
	}
	account, err := c.Accounts().Credential(userID)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return ErrCredentialAccountNotFound
	case err != nil:
		return err
	case account.Password == nil || *account.Password == "":
		return ErrCredentialAccountNotFound
	}
	return ErrInvalidPassword
}

// HasPassword reports whether the user can sign in with a password.
func (c *Context) HasPassword(userID string) (bool, error) {
	account, err := c.Accounts().Credential(userID)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil && account.Password != nil && *account.Password != "", err
}

// WastePassword does the work of hashing for nothing, so that the time an
// answer takes does not tell whether there was a password to compare.
func (c *Context) WastePassword(password string) error {
	_, err := c.k.hasher.Hash(c, password)
	return err
}

// rehash writes the hash anew in today's format. It is not worth failing a
// sign-in for.
func (c *Context) rehash(account *Account, password string) {
	hash, err := c.k.hasher.Hash(c, password)
	if err == nil {
		t := c.k.tables.Accounts
		_, err = db.Update(c, c.x, t.Table, []db.Assign[Account]{t.Password.To(hash)},
			t.ID.Eq(account.ID), t.Password.Eq(*account.Password))
	}
	if err != nil {
		c.Log().WarnContext(c, "a password hash could not be renewed", "account", account.ID, "error", err)
	}
}

// utf16Len counts as JavaScript's length does.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

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
		c.ResponseHeader().Set("Location", weburl.ASCII(*out.URL))
	}
	return out, nil
}

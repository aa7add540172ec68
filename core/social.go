package core

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/watchword-auth/watchword/cookie"
)

// SocialProvider is another place where users can sign in. Package oauth has
// the one implementation that flows know how to use.
type SocialProvider interface {
	// ID names the provider in requests, paths and accounts.
	ID() string
}

// UserSource says where what is known of a user comes from.
type UserSource struct {
	Method   string          // "oauth", "email-password"; plugins have further ones
	Action   string          // "create-user", "sign-in" or "link-account"
	Provider string          // its id; empty where none is involved
	Profile  json.RawMessage // as the provider sent it; nil: none
}

// ValidateUser asks Options.User.ValidateUserInfo. Every way to create a user
// calls it first. It refuses with an [*Error], of status 403 where the
// application's function fails.
func (c *Context) ValidateUser(u *User, source UserSource) error {
	validate := c.Options().User.ValidateUserInfo
	if validate == nil {
		return nil
	}
	err := validate(c, u, source)
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return NewError(http.StatusForbidden, "validation_failed", "User validation failed").Wrap(err)
}

// SocialProvider adds a place where users can sign in.
func (r *Registrar) SocialProvider(p SocialProvider) {
	if _, ok := r.k.SocialProvider(p.ID()); ok {
		r.fail("there is a social provider %q already", p.ID())
		return
	}
	r.k.options.SocialProviders = append(slices.Clip(r.k.options.SocialProviders), p)
}

// SocialProviders returns where users can sign in.
func (k *Kernel) SocialProviders() []SocialProvider { return k.options.SocialProviders }

// SocialProvider returns the provider of that id.
func (k *Kernel) SocialProvider(id string) (SocialProvider, bool) {
	for _, p := range k.options.SocialProviders {
		if p.ID() == id {
			return p, true
		}
	}
	return nil, false
}

// AccountCookie returns the cookie that keeps an account, where
// Options.Account.StoreAccountCookie says so. Its value may be chunked.
func (c *Context) AccountCookie() *cookie.Def { return c.k.cookies.account }

// StateCookie returns the cookie that binds a state in the database to the
// browser.
func (c *Context) StateCookie() *cookie.Def { return c.k.cookies.state }

// SealedStateCookie returns the cookie that holds a whole state.
func (c *Context) SealedStateCookie() *cookie.Def { return c.k.cookies.oauthState }

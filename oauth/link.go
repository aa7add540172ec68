package oauth

import (
	"errors"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Linking is an identity that a user who is signed in wants to be theirs.
type Linking struct {
	Provider *Provider
	Identity *Identity
	Tokens   *Tokens
	Scope    *string // of a new account; nil: unknown
	UserID   string
	Email    string // the user's, when they asked for it
}

// Link makes an identity the user's. It refuses with a [Refusal], or with a
// [*core.Error] of a hook. An identity that is theirs already gets the new
// tokens, and the scopes of both.
func Link(c *core.Context, l *Linking) error {
	source := core.UserSource{Method: "oauth", Action: "link-account", Provider: l.Provider.Name, Profile: l.Identity.Profile}
	a := &Attempt{Provider: l.Provider, Identity: l.Identity}
	if err := c.ValidateUser(a.asUser(l.UserID), source); err != nil {
		return err
	}
	if !MayLink(c, l.Provider, l.Identity) {
		return RefusedLink
	}
	if !SameEmail(c, l.Identity, l.Email) {
		return RefusedOtherEmail
	}
	release, err := lock(c, identityLock(l.Provider, l.Identity))
	if err != nil {
		return refuse(c, err, RefusedLink)
	}
	defer release()
	existing, err := c.Accounts().ByProvider(l.Provider.Name, l.Identity.Subject)
	switch {
	case errors.Is(err, db.ErrNotFound):
		err = l.create(c)
	case err != nil:
	case existing.UserID != l.UserID:
		return RefusedOtherUser
	default:
		err = l.renew(c, existing)
	}
	if err != nil {
		return refuse(c, err, RefusedLink)
	}
	if user, err := c.Users().ByID(l.UserID); err == nil {
		updateOnLink(c, user, l.Identity)
	}
	return nil
}

// MayLink reports whether a provider's word is enough for explicit linking.
func MayLink(c *core.Context, p *Provider, id *Identity) bool {
	o := &c.Options().Account.Linking
	return !o.Disabled && (id.EmailVerified || slices.Contains(o.TrustedProviders, p.Name))
}

// SameEmail reports whether an identity's address is the user's, or need not
// be.
func SameEmail(c *core.Context, id *Identity, email string) bool {
	return c.Options().Account.Linking.AllowDifferentEmails || core.NormalEmail(id.Email) == core.NormalEmail(email)
}

func (l *Linking) create(c *core.Context) error {
	account, err := newAccount(c, l.Provider, l.Identity.Subject, l.Tokens, l.Scope)
	if err != nil {
		return err
	}
	account.UserID = l.UserID
	return c.Accounts().Create(account)
}

func (l *Linking) renew(c *core.Context, existing *core.Account) error {
	set, err := TokenChanges(c, l.Tokens)
	if err != nil {
		return err
	}
	if merged := mergeScopes(existing.Scope, l.Tokens.Scopes); merged != "" {
		set = append(set, c.Tables().Accounts.Scope.To(merged))
	}
	_, err = c.Accounts().Update(existing.ID, set...)
	return err
}

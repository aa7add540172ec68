package oauth

import (
	"errors"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// join links the identity to the user of its address, or creates one. Of
// racing callers with one identity, one does.
func (a *Attempt) join(c *core.Context) (*core.User, bool, error) {
	release, err := lock(c, identityLock(a.Provider, a.Identity))
	if err != nil {
		return nil, false, refuse(c, err, RefusedLink)
	}
	defer release()
	if account, err := c.Accounts().ByProvider(a.Provider.Name, a.Identity.Subject); err == nil {
		user, err := a.known(c, account)
		return user, false, err
	} else if !errors.Is(err, db.ErrNotFound) {
		return nil, false, refuse(c, err, RefusedLink)
	}
	user, err := c.Users().ByEmail(a.Identity.Email)
	if errors.Is(err, db.ErrNotFound) {
		user, err = a.create(c)
		if !errors.Is(err, core.ErrUserAlreadyExists) {
			return user, true, refuse(c, err, RefusedCreateUser)
		}
		user, err = c.Users().ByEmail(a.Identity.Email) // another identity was faster
	}
	if err != nil {
		return nil, false, refuse(c, err, RefusedCreateUser)
	}
	user, err = a.attach(c, user)
	return user, false, refuse(c, err, RefusedLink)
}

// mayJoin is the rule of implicit linking.
func (a *Attempt) mayJoin(c *core.Context, user *core.User) bool {
	o := &c.Options().Account.Linking
	trusted := a.Trusted || slices.Contains(o.TrustedProviders, a.Provider.Name)
	return !o.Disabled && !o.DisableImplicit && (trusted || a.Identity.EmailVerified) &&
		(user.EmailVerified || o.AllowUnverifiedLocalEmail)
}

// attach links the identity to a user of the same address.
func (a *Attempt) attach(c *core.Context, user *core.User) (*core.User, error) {
	if !a.mayJoin(c, user) {
		return nil, RefusedNotLinked
	}
	if err := a.validate(c, a.asUser(user.ID), "link-account"); err != nil {
		return nil, err
	}
	account, err := newAccount(c, a.Provider, a.Identity.Subject, a.Tokens, a.Scope)
	if err != nil {
		return nil, err
	}
	account.UserID = user.ID
	err = c.Transaction(func(c *core.Context) error {
		row := *account
		if !user.EmailVerified {
			if err := c.Users().Disown(user); err != nil {
				return err
			}
		}
		if err := c.Accounts().Create(&row); err != nil {
			return err
		}
		*account = row
		return nil
	})
	if err != nil {
		return nil, err
	}
	SetAccountCookie(c, account)
	if user, err = a.promote(c, user); err != nil {
		return nil, err
	}
	user = updateOnLink(c, user, a.Identity)
	if a.OverrideUserInfo {
		user = a.override(c, user)
	}
	return user, nil
}

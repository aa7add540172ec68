package oauth

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Attempt is an identity that a provider has proven, and asks for a session.
type Attempt struct {
	Provider *Provider
	Identity *Identity
	Tokens   *Tokens // what of them is to be kept
	// Scope is the granted scopes as a new account keeps them; nil: unknown.
	Scope       *string
	CallbackURL string // where a mail that proves the address leads
	// DisableSignUp refuses identities that are not known.
	DisableSignUp bool
	// OverrideUserInfo renews the user's name, image and address.
	OverrideUserInfo bool
	// Trusted lets the identity join a user of its address although the
	// provider does not vouch for it; see also
	// Options.Account.Linking.TrustedProviders.
	Trusted bool
	// Method is the source's method for Options.User.ValidateUserInfo;
	// "oauth" where empty.
	Method string
}

// Outcome is what became of an [Attempt].
type Outcome struct {
	Current *core.Current
	Created bool // the user is new
}

// SignIn signs in the user whom an identity belongs to, after linking it to
// the user of its address or creating one where the rules allow. It returns a
// [Refusal] where they do not, and a [*core.Error] where a hook refuses.
//
// An identity joins a user who is there already only if the provider vouches
// for the address, or is trusted, and the user has proven it too. Where
// Options.Account.Linking.AllowUnverifiedLocalEmail gives up the latter, the
// user's passwords, other identities and sessions are removed: they are
// somebody's who never proved the address.
func SignIn(c *core.Context, a *Attempt) (*Outcome, error) {
	user, created, err := a.resolve(c)
	if err != nil {
		return nil, err
	}
	if err := a.requireVerified(c, user, created); err != nil {
		return nil, err
	}
	current, err := c.SignIn(user, core.NewSession{})
	if err != nil {
		return nil, refuse(c, err, RefusedSession)
	}
	return &Outcome{current, created}, nil
}

// refuse keeps refusals of hooks and of storage that is away, and hides
// everything else behind a reason that reveals nothing.
func refuse(c *core.Context, err error, reason Refusal) error {
	var known *core.Error
	var refusal Refusal
	if err == nil || errors.As(err, &known) || errors.As(err, &refusal) || core.Unavailable(err) {
		return err
	}
	c.Log().ErrorContext(c, "a sign-in at a provider failed", "reason", string(reason), "error", err)
	return reason
}

func (a *Attempt) resolve(c *core.Context) (*core.User, bool, error) {
	account, err := c.Accounts().ByProvider(a.Provider.Name, a.Identity.Subject)
	if errors.Is(err, db.ErrNotFound) {
		return a.join(c)
	}
	if err != nil {
		return nil, false, refuse(c, err, RefusedLink)
	}
	user, err := a.known(c, account)
	return user, false, err
}

// known signs in the owner of an account.
func (a *Attempt) known(c *core.Context, account *core.Account) (*core.User, error) {
	user, err := c.Users().ByID(account.UserID)
	if err != nil {
		return nil, refuse(c, err, RefusedLink)
	}
	if err := a.validate(c, a.asUser(user.ID), "sign-in"); err != nil {
		return nil, err
	}
	if !c.Options().Account.DisableUpdateOnSignIn {
		set, err := TokenChanges(c, a.Tokens)
		if err != nil {
			return nil, err
		}
		if account, err = c.Accounts().Update(account.ID, set...); err != nil {
			return nil, refuse(c, err, RefusedUpdate)
		}
	}
	SetAccountCookie(c, account)
	if user, err = a.promote(c, user); err != nil {
		return nil, refuse(c, err, RefusedUpdate)
	}
	if a.OverrideUserInfo {
		user = a.override(c, user)
	}
	return user, nil
}

// promote notes that the provider vouches for the user's address.
func (a *Attempt) promote(c *core.Context, user *core.User) (*core.User, error) {
	if !a.Identity.EmailVerified || user.EmailVerified || core.NormalEmail(a.Identity.Email) != user.Email {
		return user, nil
	}
	return c.Users().Update(user.ID, c.Tables().Users.EmailVerified.To(true))
}

// create makes a user and their account at once.
func (a *Attempt) create(c *core.Context) (*core.User, error) {
	if a.DisableSignUp {
		return nil, RefusedSignUp
	}
	user := a.asUser("")
	if err := a.validate(c, user, "create-user"); err != nil {
		return nil, err
	}
	if err := input.CreateFields(c.Tables().Users.Table, user, accepted(c, a.Identity)); err != nil {
		return nil, err
	}
	account, err := newAccount(c, a.Provider, a.Identity.Subject, a.Tokens, a.Scope)
	if err != nil {
		return nil, err
	}
	var made core.User
	var row core.Account
	err = c.Transaction(func(c *core.Context) error {
		made, row = *user, *account
		if err := c.Users().Create(&made); err != nil {
			return err
		}
		row.UserID = made.ID
		return c.Accounts().Create(&row)
	})
	if err != nil {
		return nil, err
	}
	SetAccountCookie(c, &row)
	return &made, nil
}

// asUser is the identity as a row of users.
func (a *Attempt) asUser(id string) *core.User {
	return &core.User{ID: id, Name: a.Identity.Name, Email: core.NormalEmail(a.Identity.Email),
		EmailVerified: a.Identity.EmailVerified, Image: some(a.Identity.Image)}
}

func (a *Attempt) validate(c *core.Context, user *core.User, action string) error {
	method := a.Method
	if method == "" {
		method = "oauth"
	}
	return c.ValidateUser(user, core.UserSource{Method: method, Action: action, Provider: a.Provider.Name, Profile: a.Identity.Profile})
}

// requireVerified sends the mail that proves the address, and refuses until
// it is proven, where the provider's options say so.
func (a *Attempt) requireVerified(c *core.Context, user *core.User, created bool) error {
	if user.EmailVerified {
		return nil
	}
	o := &c.Options().EmailVerification
	onSignUp := a.Provider.RequireEmailVerification
	if o.SendOnSignUp != nil {
		onSignUp = *o.SendOnSignUp
	}
	if c.CanVerifyEmail() && (created && onSignUp || !created && a.Provider.RequireEmailVerification && o.SendOnSignIn) {
		if err := c.SendVerificationEmail(user, a.CallbackURL); err != nil {
			return err
		}
	}
	if a.Provider.RequireEmailVerification {
		return RefusedEmailVerified
	}
	return nil
}

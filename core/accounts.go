package core

import (
	"errors"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/weburl"
)

// Accounts reads and changes the ways users sign in.
type Accounts struct{ c *Context }

// Accounts returns the store of accounts.
func (c *Context) Accounts() Accounts { return Accounts{c} }

func (s Accounts) entity() entity[Account] {
	return entity[Account]{s.c, s.c.k.tables.Accounts.Table, s.c.k.accountHooks}
}

// ByUser returns the user's accounts, oldest first.
func (s Accounts) ByUser(userID string) ([]*Account, error) {
	t := s.c.k.tables.Accounts
	return db.All(s.c, s.c.x, t.Table, db.Query[Account]{
		Where: []db.Where[Account]{t.UserID.Eq(userID)}, Order: []db.Order[Account]{t.CreatedAt.Asc()}})
}

// ByID returns the account with that key, or [db.ErrNotFound].
func (s Accounts) ByID(id string) (*Account, error) {
	t := s.c.k.tables.Accounts
	return db.One(s.c, s.c.x, t.Table, t.ID.Eq(id))
}

// ErrAmbiguousAccount reports that two users hold one identity.
var ErrAmbiguousAccount = errors.New("core: several accounts hold this identity")

// ByProvider returns the account of an identity at a provider, or
// [db.ErrNotFound], or [ErrAmbiguousAccount]: no constraint of the reference's
// schema keeps identities apart.
func (s Accounts) ByProvider(provider, accountID string) (*Account, error) {
	t := s.c.k.tables.Accounts
	rows, err := db.All(s.c, s.c.x, t.Table, db.Query[Account]{
		Where: []db.Where[Account]{t.AccountID.Eq(accountID), t.ProviderID.Eq(provider)}, Limit: 2})
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, db.ErrNotFound
	case len(rows) > 1:
		return nil, ErrAmbiguousAccount
	}
	return rows[0], nil
}

// Credential returns the user's account that holds a password, or
// [db.ErrNotFound].
func (s Accounts) Credential(userID string) (*Account, error) {
	t := s.c.k.tables.Accounts
	return db.One(s.c, s.c.x, t.Table, t.UserID.Eq(userID), t.ProviderID.Eq(CredentialProvider))
}

// Create stores an account. Key and times are made where they are empty.
func (s Accounts) Create(a *Account) error {
	now := s.c.Now()
	a.ID = or(a.ID, s.c.NewID("account"))
	a.CreatedAt, a.UpdatedAt = or(a.CreatedAt, now), or(a.UpdatedAt, now)
	return s.entity().create(a)
}

// Update changes an account and returns it as it is then, or
// [db.ErrNotFound].
func (s Accounts) Update(id string, set ...db.Assign[Account]) (*Account, error) {
	t := s.c.k.tables.Accounts
	return s.entity().update(t.ID, &Changes[Account]{Key: id, Set: append(set, t.UpdatedAt.To(s.c.Now()))})
}

// SetPassword stores the hash as the user's password, in a new credential
// account where there is none.
func (s Accounts) SetPassword(userID, hash string) error {
	a, err := s.Credential(userID)
	if errors.Is(err, db.ErrNotFound) {
		return s.Create(&Account{UserID: userID, AccountID: userID, ProviderID: CredentialProvider, Password: &hash})
	}
	if err != nil {
		return err
	}
	_, err = s.Update(a.ID, s.c.k.tables.Accounts.Password.To(hash))
	return err
}

// Delete removes an account.
func (s Accounts) Delete(a *Account) error {
	e := s.entity()
	if err := e.beforeDelete(a); err != nil {
		return err
	}
	t := s.c.k.tables.Accounts
	if _, err := db.Delete(s.c, s.c.x, t.Table, t.ID.Eq(a.ID)); err != nil {
		return err
	}
	e.deleted(a)
	return nil
}

// addIssuer declares the column issuer of accounts, and fills it as Better
// Auth 1.7.0 to 1.7.2 did.
func (k *Kernel) addIssuer() error {
	t := k.tables.Accounts
	issuer, err := db.AddField[string](t.Table, "issuer", func(c *db.Column) { c.Null, c.Hidden = false, true })
	if err != nil {
		return err
	}
	k.accountHooks = append(k.accountHooks, EntityHooks[Account]{BeforeCreate: func(_ *Context, a *Account) error {
		t.Bind(a)
		if given, _ := t.Get(a, issuer.Column()).(string); given != "" {
			return nil
		}
		return t.Set(a, issuer.Column(), issuerOf(a.ProviderID))
	}})
	return nil
}

// issuerOf is who vouches for the accounts of a provider. A provider whose
// issuer depends on the account, such as a tenant's, counts as one.
func issuerOf(provider string) string {
	switch provider {
	case CredentialProvider, "siwe":
		return "local:" + weburl.EscapeComponent(provider)
	case "google":
		return "https://accounts.google.com"
	case "apple":
		return "https://appleid.apple.com"
	case "facebook":
		return "https://www.facebook.com"
	case "line":
		return "https://access.line.me"
	case "slack":
		return "https://slack.com"
	default:
		return "local:oauth:" + weburl.EscapeComponent(provider)
	}
}

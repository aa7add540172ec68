package core

import (
	"github.com/watchword-auth/watchword/db"
)

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
		return "local:" + EscapeComponent(provider)
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
		return "local:oauth:" + EscapeComponent(provider)
	}
}

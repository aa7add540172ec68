package oauth

import (
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// SealToken returns a token as accounts keep it: sealed where
// Options.Account.EncryptOAuthTokens says so.
func SealToken(c *core.Context, token string) (string, error) {
	if token == "" || !c.Options().Account.EncryptOAuthTokens {
		return token, nil
	}
	return c.Secrets().Seal([]byte(token), c.Random())
}

// OpenToken returns a token that an account keeps, sealed or not: the option
// can be switched on and off over rows that exist.
func OpenToken(c *core.Context, stored string) (string, error) {
	if !secret.LooksSealed(stored) {
		return stored, nil
	}
	plain, err := c.Secrets().Open(stored)
	if err == nil {
		return string(plain), nil
	}
	if strings.HasPrefix(stored, "$") {
		return "", err
	}
	return stored, nil // a token that happens to be hex
}

// TokenChanges are the assignments that renew an account's tokens. What the
// provider did not send stays.
func TokenChanges(c *core.Context, t *Tokens) ([]db.Assign[core.Account], error) {
	a := c.Tables().Accounts
	var set []db.Assign[core.Account]
	for _, f := range []struct {
		field db.Field[core.Account, string]
		token string
		plain bool
	}{{a.AccessToken, t.AccessToken, false}, {a.RefreshToken, t.RefreshToken, false}, {a.IDToken, t.IDToken, true}} {
		if f.token == "" {
			continue
		}
		stored := f.token
		if !f.plain {
			var err error
			if stored, err = SealToken(c, f.token); err != nil {
				return nil, err
			}
		}
		set = append(set, f.field.To(stored))
	}
	if !t.AccessTokenExpiresAt.IsZero() {
		set = append(set, a.AccessTokenExpiresAt.To(t.AccessTokenExpiresAt))
	}
	if !t.RefreshTokenExpiresAt.IsZero() {
		set = append(set, a.RefreshTokenExpiresAt.To(t.RefreshTokenExpiresAt))
	}
	return set, nil
}

// newAccount returns the row of an identity that joins a user.
func newAccount(c *core.Context, p *Provider, subject string, t *Tokens, scope *string) (*core.Account, error) {
	a := &core.Account{ProviderID: p.Name, AccountID: subject, Scope: scope}
	access, err := SealToken(c, t.AccessToken)
	if err != nil {
		return nil, err
	}
	refresh, err := SealToken(c, t.RefreshToken)
	if err != nil {
		return nil, err
	}
	a.AccessToken, a.RefreshToken, a.IDToken = some(access), some(refresh), some(t.IDToken)
	a.AccessTokenExpiresAt, a.RefreshTokenExpiresAt = someTime(t.AccessTokenExpiresAt), someTime(t.RefreshTokenExpiresAt)
	return a, nil
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func someTime(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// StoredScopes returns the scopes of an account's column.
func StoredScopes(scope *string) []string {
	scopes := []string{}
	if scope == nil {
		return scopes
	}
	for s := range strings.SplitSeq(*scope, ",") {
		if s = strings.TrimSpace(s); s != "" {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// mergeScopes joins granted scopes to stored ones, each once.
func mergeScopes(stored *string, granted []string) string {
	var all []string
	seen := map[string]bool{}
	for _, s := range append(StoredScopes(stored), granted...) {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return strings.Join(all, ",")
}

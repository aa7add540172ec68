package oauth

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// ErrNoRefresh reports an account or a provider without what a refresh needs.
var ErrNoRefresh = errors.New("oauth: there is nothing to refresh")

// refreshAhead is how long before its end an access token is renewed.
const refreshAhead = 5 * time.Second

// Due reports whether an account's access token has ended, or is about to.
func Due(c *core.Context, a *core.Account) bool {
	return a.AccessTokenExpiresAt != nil && a.AccessTokenExpiresAt.Sub(c.Now()) < refreshAhead
}

// Refresh renews an account's tokens and returns both. With onlyDue, tokens
// that another call has just renewed are returned as they are: calls on one
// account wait for each other, as many providers take a refresh token once.
// It returns [ErrNoRefresh] where there is no refresh token, or the provider
// takes none. The account may be one that only a cookie keeps.
func Refresh(c *core.Context, p *Provider, a *core.Account, onlyDue bool) (*Tokens, *core.Account, error) {
	if p.Refresh == nil || a.RefreshToken == nil {
		return nil, a, ErrNoRefresh
	}
	release, err := lock(c, "refresh\x00"+a.ID)
	if err != nil {
		return nil, a, err
	}
	defer release()
	stored, err := c.Accounts().ByID(a.ID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, a, err
	}
	inRow := err == nil
	if inRow && stored.RefreshToken != nil {
		a = stored
	}
	if onlyDue && !Due(c, a) {
		return nil, a, nil
	}
	old, err := OpenToken(c, *a.RefreshToken)
	if err != nil {
		return nil, a, err
	}
	t, err := p.Refresh(c, old)
	if err != nil {
		return nil, a, err
	}
	if t.RefreshToken == "" {
		t.RefreshToken = old
	}
	a, err = renewed(c, a, t, inRow)
	return t, a, err
}

// renewed stores new tokens, in the row and in the cookie where there are such.
func renewed(c *core.Context, a *core.Account, t *Tokens, inRow bool) (*core.Account, error) {
	set, err := TokenChanges(c, t)
	if err != nil {
		return a, err
	}
	if t.AccessTokenExpiresAt.IsZero() {
		// The old end would make every call refresh.
		set = append(set, c.Tables().Accounts.AccessTokenExpiresAt.ToNull())
	}
	if inRow {
		if a, err = c.Accounts().Update(a.ID, set...); err != nil {
			return a, err
		}
	} else {
		table := c.Tables().Accounts.Table
		for _, s := range set {
			if err := table.Set(a, s.Column, s.Value); err != nil {
				return a, err
			}
		}
	}
	SetAccountCookie(c, a)
	return a, nil
}

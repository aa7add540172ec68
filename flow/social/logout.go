package social

import (
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/weburl"
)

// endSession returns where the provider of the user's account that was used
// last ends its own session (OpenID Connect RP-Initiated Logout 1.0).
func (f *flow) endSession(c *core.Context, leaving *core.Leaving) (string, error) {
	if !f.logout {
		return "", nil
	}
	current, err := leaving.Current()
	if err != nil || current == nil {
		return "", err
	}
	accounts, err := c.Accounts().ByUser(current.User.ID)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(accounts, func(a, b *core.Account) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	target := ""
	if leaving.CallbackURL != "" {
		target = weburl.Resolve(c.Origin(), leaving.CallbackURL)
	}
	seen := map[string]bool{}
	for _, account := range accounts {
		if _, configured := c.Kernel().SocialProvider(account.ProviderID); !configured || seen[account.ProviderID] {
			continue
		}
		seen[account.ProviderID] = true
		p, err := oauth.Find(c, account.ProviderID)
		if err != nil || p.EndSession == nil {
			continue
		}
		if url := p.EndSession(&oauth.EndSessionRequest{IDToken: text(account.IDToken), RedirectURI: target,
			State: leaving.State, Origin: c.Origin()}); url != "" {
			return url, nil
		}
	}
	return "", nil
}

package provider

import (
	"context"

	"github.com/watchword-auth/watchword/oauth"
)

// notion has no scopes; its tokens are a bot's, whose owner is the user. It does
// not say whether addresses are proven.
func notion(*Options) (*spec, error) {
	s := &spec{
		title: "Notion", authorizeURL: "https://api.notion.com/v1/oauth/authorize", tokenURL: "https://api.notion.com/v1/oauth/token",
		hint: true, auth: oauth.AuthBasic, refreshAuth: oauth.AuthPost, subject: []string{"id"},
		userHeader: map[string]string{"Notion-Version": "2022-06-28"},
		request:    func(u *oauth.AuthorizationURL) { behind(u, "owner", "user") },
		user: func(p oauth.Claims) User {
			return User{Name: p.Text("name"), Email: p.In("person").Text("email"), Image: p.Text("avatar_url")}
		},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := s.get(ctx, "https://api.notion.com/v1/users/me", t)
		return claims.In("bot").In("owner").In("user"), err
	}
	return s, nil
}

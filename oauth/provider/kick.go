package provider

import (
	"context"
	"encoding/json"

	"github.com/watchword-auth/watchword/oauth"
)

// kick answers with a list of one user, and does not say whether addresses are proven.
func kick(*Options) (*spec, error) {
	s := &spec{
		title: "Kick", authorizeURL: "https://id.kick.com/oauth/authorize", tokenURL: "https://id.kick.com/oauth/token",
		scopes: []string{"user:read"}, pkce: true, subject: []string{"user_id"},
		user: func(p oauth.Claims) User {
			return User{Name: p.Text("name"), Email: p.Text("email"), Image: p.Text("profile_picture")}
		},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		answer, err := s.get(ctx, "https://api.kick.com/public/v1/users", t)
		if err != nil {
			return nil, err
		}
		var users []oauth.Claims
		if err := json.Unmarshal(answer["data"], &users); err != nil || len(users) == 0 {
			return nil, err
		}
		return users[0], nil
	}
	return s, nil
}

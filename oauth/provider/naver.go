package provider

import (
	"context"

	"github.com/watchword-auth/watchword/oauth"
)

// naver wraps the profile, and does not say whether addresses are proven.
func naver(*Options) (*spec, error) {
	s := &spec{
		title: "Naver", authorizeURL: "https://nid.naver.com/oauth2.0/authorize", tokenURL: "https://nid.naver.com/oauth2.0/token",
		scopes: []string{"profile", "email"}, subject: []string{"response", "id"},
		user: func(p oauth.Claims) User {
			r := p.In("response")
			return User{Name: r.First("name", "nickname"), Email: r.Text("email"), Image: r.Text("profile_image")}
		},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := s.get(ctx, "https://openapi.naver.com/v1/nid/me", t)
		if err != nil || claims.Text("resultcode") != "00" {
			return nil, err
		}
		return claims, nil
	}
	return s, nil
}

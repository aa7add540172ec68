package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// figma does not say whether addresses are proven.
func figma(*Options) (*spec, error) {
	return &spec{
		title: "Figma", authorizeURL: "https://www.figma.com/oauth", tokenURL: "https://api.figma.com/v1/oauth/token",
		userURL: "https://api.figma.com/v1/me", scopes: []string{"current_user:read"}, pkce: true, secret: true,
		auth: oauth.AuthBasic, subject: []string{"id"},
		user: func(p oauth.Claims) User {
			return User{Name: p.Text("handle"), Email: p.Text("email"), Image: p.Text("img_url")}
		},
	}, nil
}

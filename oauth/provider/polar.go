package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// polar speaks OAuth with names of its own.
func polar(o *Options) (*spec, error) {
	return &spec{
		title: "Polar", authorizeURL: "https://polar.sh/oauth2/authorize", tokenURL: "https://api.polar.sh/v1/oauth2/token",
		userURL: "https://api.polar.sh/v1/oauth2/userinfo", scopes: []string{"openid", "profile", "email"},
		pkce: true, prompt: o.Prompt, subject: []string{"id"},
		user: func(p oauth.Claims) User {
			return User{Name: p.First("public_name", "username"), Email: p.Text("email"),
				Image: p.Text("avatar_url"), EmailVerified: p.True("email_verified")}
		},
	}, nil
}

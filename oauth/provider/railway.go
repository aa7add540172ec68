package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// railway does not say whether addresses are proven.
func railway(*Options) (*spec, error) {
	return &spec{
		title: "Railway", authorizeURL: "https://backboard.railway.com/oauth/auth", tokenURL: "https://backboard.railway.com/oauth/token",
		userURL: "https://backboard.railway.com/oauth/me", scopes: []string{"openid", "email", "profile"},
		pkce: true, auth: oauth.AuthBasic, subject: []string{"sub"},
		user: func(p oauth.Claims) User { return unvouched(standard(p)) },
	}, nil
}

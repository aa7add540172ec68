package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// salesforce has a login host for each world, or one of one's own.
func salesforce(o *Options) (*spec, error) {
	base := "https://login.salesforce.com"
	switch {
	case o.LoginURL != "":
		base = "https://" + o.LoginURL
	case o.Environment == "sandbox":
		base = "https://test.salesforce.com"
	}
	return &spec{
		title: "Salesforce", authorizeURL: base + "/services/oauth2/authorize", tokenURL: base + "/services/oauth2/token",
		userURL: base + "/services/oauth2/userinfo", scopes: []string{"openid", "email", "profile"},
		pkce: true, secret: true, subject: []string{"user_id"},
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Image = p.In("photos").First("picture", "thumbnail")
			return u
		},
	}, nil
}

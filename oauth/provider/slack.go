package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// slack speaks OpenID Connect with claims under its own URL.
func slack(*Options) (*spec, error) {
	return &spec{
		title: "Slack", authorizeURL: "https://slack.com/openid/connect/authorize", tokenURL: "https://slack.com/api/openid.connect.token",
		userURL: "https://slack.com/api/openid.connect.userInfo", scopes: []string{"openid", "profile", "email"}, requestFirst: true,
		subject: []string{"https://slack.com/user_id"},
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Image = p.First("picture", "https://slack.com/user_image_512")
			return u
		},
	}, nil
}

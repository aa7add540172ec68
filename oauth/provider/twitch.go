package provider

import (
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// twitch puts the claims into the ID token that it is asked for.
func twitch(o *Options) (*spec, error) {
	claims := o.Claims
	if len(claims) == 0 {
		claims = []string{"email", "email_verified", "preferred_username", "picture"}
	}
	return &spec{
		title: "Twitch", authorizeURL: "https://id.twitch.tv/oauth2/authorize", tokenURL: "https://id.twitch.tv/oauth2/token",
		scopes: []string{"user:read:email", "openid"}, subject: []string{"sub"},
		request: func(u *oauth.AuthorizationURL) { u.Claims = claims },
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Name = p.Text("preferred_username")
			return u
		},
		idToken: &oauth.IDTokenRule{Keys: oauth.NewKeySet(o.Client, "https://id.twitch.tv/oauth2/keys"),
			Algorithms: []token.Algorithm{token.RS256}, Issuers: []string{"https://id.twitch.tv/oauth2"}, Audience: o.ClientID},
	}, nil
}

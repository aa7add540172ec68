package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// vercel has no default scopes and renews no tokens.
func vercel(o *Options) (*spec, error) {
	s := &spec{
		title: "Vercel", authorizeURL: "https://vercel.com/oauth/authorize", tokenURL: "https://api.vercel.com/login/oauth/token",
		userURL: "https://api.vercel.com/login/oauth/userinfo", pkce: true, noRefresh: true, subject: []string{"sub"},
		auth: oauth.AuthMethod(o.TokenEndpointAuth),
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Name = present(p, "name", "preferred_username")
			return u
		},
	}
	var err error
	if s.assertion, err = o.assertion(); s.assertion != nil && s.auth == "" {
		s.auth = oauth.AuthPrivateKey
	}
	return s, err
}

package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// huggingFace speaks OpenID Connect.
func huggingFace(*Options) (*spec, error) {
	return &spec{
		title: "Hugging Face", authorizeURL: "https://huggingface.co/oauth/authorize", tokenURL: "https://huggingface.co/oauth/token",
		userURL: "https://huggingface.co/oauth/userinfo", scopes: []string{"openid", "profile", "email"},
		pkce: true, subject: []string{"sub"},
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Name = p.First("name", "preferred_username")
			return u
		},
	}, nil
}

package provider

import (
	"cmp"

	"github.com/watchword-auth/watchword/oauth"
)

// roblox tells no address: users get a placeholder.
func roblox(o *Options) (*spec, error) {
	return &spec{
		title: "Roblox", authorizeURL: "https://apis.roblox.com/oauth/v1/authorize", tokenURL: "https://apis.roblox.com/oauth/v1/token",
		userURL: "https://apis.roblox.com/oauth/v1/userinfo", scopes: []string{"openid", "profile"},
		prompt: cmp.Or(o.Prompt, "select_account consent"), subject: []string{"sub"},
		user: func(p oauth.Claims) User {
			return User{Name: p.First("nickname", "preferred_username"), Image: p.Text("picture"), Email: placeholder(p.Text("sub"), "roblox")}
		},
	}, nil
}

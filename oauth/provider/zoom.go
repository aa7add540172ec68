package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// zoom has no scopes in requests: they are chosen in its marketplace. Whether an
// address is proven it says with a number.
func zoom(o *Options) (*spec, error) {
	return &spec{
		title: "Zoom", authorizeURL: "https://zoom.us/oauth/authorize", tokenURL: "https://zoom.us/oauth/token",
		userURL: "https://api.zoom.us/v2/users/me", pkce: o.PKCE == nil || *o.PKCE, verifier: true, subject: []string{"id"},
		request: func(u *oauth.AuthorizationURL) { u.Scopes = nil },
		user: func(p oauth.Claims) User {
			n, _ := p.Number("verified")
			return User{Name: p.Text("display_name"), Email: p.Text("email"), Image: p.Text("pic_url"),
				EmailVerified: n == 1 || string(p["verified"]) == "true"}
		},
	}, nil
}

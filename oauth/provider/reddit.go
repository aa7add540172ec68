package provider

import (
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// reddit tells no address: users get a placeholder, unless the application
// maps the profile to something better.
func reddit(o *Options) (*spec, error) {
	return &spec{
		title: "Reddit", authorizeURL: "https://www.reddit.com/api/v1/authorize", tokenURL: "https://www.reddit.com/api/v1/access_token",
		userURL: "https://oauth.reddit.com/api/v1/me", scopes: []string{"identity"}, auth: oauth.AuthBasic,
		codeHeader: map[string]string{"Accept": "text/plain"}, subject: []string{"id"},
		request: func(u *oauth.AuthorizationURL) { u.Duration = o.Duration },
		user: func(p oauth.Claims) User {
			image, _, _ := strings.Cut(p.Text("icon_img"), "?")
			return User{Name: p.Text("name"), Image: image, Email: placeholder(p.Text("id"), "reddit")}
		},
	}, nil
}

package provider

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/oauth"
)

// spotify does not say whether addresses are proven.
func spotify(*Options) (*spec, error) {
	return &spec{
		title: "Spotify", authorizeURL: "https://accounts.spotify.com/authorize", tokenURL: "https://accounts.spotify.com/api/token",
		userURL: "https://api.spotify.com/v1/me", scopes: []string{"user-read-email"}, pkce: true, subject: []string{"id"},
		user: func(p oauth.Claims) User {
			u := User{Name: p.Text("display_name"), Email: p.Text("email")}
			var images []oauth.Claims
			if json.Unmarshal(p["images"], &images) == nil && len(images) > 0 {
				u.Image = images[0].Text("url")
			}
			return u
		},
	}, nil
}

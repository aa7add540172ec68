package provider

import (
	"cmp"
	"context"

	"github.com/watchword-auth/watchword/oauth"
)

// twitter tells an address only where it is confirmed, at a second request.
// Others get a placeholder.
func twitter(o *Options) (*spec, error) {
	s := &spec{
		title: "Twitter", authorizeURL: "https://x.com/i/oauth2/authorize", tokenURL: "https://api.x.com/2/oauth2/token",
		scopes: []string{"users.read", "tweet.read", "offline.access", "users.email"}, pkce: true, auth: oauth.AuthBasic,
		subject: []string{"data", "id"},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		profile, err := s.get(ctx, "https://api.x.com/2/users/me?user.fields=profile_image_url", t)
		if err != nil {
			return nil, err
		}
		data := profile.In("data")
		delete(data, "email") // only what is confirmed counts
		// An application without the permission for addresses is no failure.
		answer, err := s.get(ctx, "https://api.x.com/2/users/me?user.fields=confirmed_email", t)
		if email := answer.In("data").Text("confirmed_email"); err == nil && email != "" {
			set(data, "email", email)
		}
		set(profile, "data", data)
		return profile, nil
	}
	s.user = func(p oauth.Claims) User {
		data := p.In("data")
		email := data.Text("email")
		return User{Name: data.Text("name"), Image: data.Text("profile_image_url"), EmailVerified: email != "",
			Email: cmp.Or(email, placeholder(data.Text("id"), "twitter"))}
	}
	return s, nil
}

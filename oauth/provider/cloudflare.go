package provider

import (
	"context"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// cloudflare takes public clients too, and names each scope once. It does not
// say whether addresses are proven.
func cloudflare(o *Options) (*spec, error) {
	s := &spec{
		title: "Cloudflare", authorizeURL: "https://dash.cloudflare.com/oauth2/auth", tokenURL: "https://dash.cloudflare.com/oauth2/token",
		scopes: []string{"user-details.read"}, pkce: true, subject: []string{"id"}, auth: oauth.AuthMethod(o.TokenEndpointAuth),
		request: func(u *oauth.AuthorizationURL) { u.Scopes, u.Additional = unique(u.Scopes), nil },
	}
	var err error
	if s.assertion, err = o.assertion(); err != nil {
		return nil, err
	}
	if s.auth == "" {
		s.auth = oauth.AuthNone
		switch {
		case o.ClientSecret != "":
			s.auth = oauth.AuthBasic
		case s.assertion != nil:
			s.auth = oauth.AuthPrivateKey
		}
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		answer, err := s.get(ctx, "https://api.cloudflare.com/client/v4/user", t)
		if err != nil || !answer.True("success") {
			return nil, err
		}
		return answer.In("result"), nil
	}
	s.user = func(p oauth.Claims) User {
		name := strings.TrimSpace(p.Text("first_name") + " " + p.Text("last_name"))
		if name == "" {
			name = p.Text("email")
		}
		return User{Name: name, Email: p.Text("email")}
	}
	return s, nil
}

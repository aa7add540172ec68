package provider

import (
	"context"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// gitlab can be anybody's own. Blocked and locked users do not get in.
func gitlab(o *Options) (*spec, error) {
	base := "https://gitlab.com"
	if o.Issuer != "" {
		base = o.Issuer
	}
	s := &spec{
		title: "Gitlab", authorizeURL: singleSlashes(base + "/oauth/authorize"), tokenURL: singleSlashes(base + "/oauth/token"),
		scopes: []string{"read_user"}, pkce: true, hint: true, subject: []string{"id"},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := s.get(ctx, singleSlashes(base+"/api/v4/user"), t)
		if err != nil || claims.Text("state") != "active" || claims.True("locked") {
			return nil, err
		}
		return claims, nil
	}
	s.user = func(p oauth.Claims) User {
		return User{Name: present(p, "name", "username"), Email: p.Text("email"), Image: p.Text("avatar_url"), EmailVerified: p.True("email_verified")}
	}
	return s, nil
}

// singleSlashes joins what may have been written with a slash at its end.
func singleSlashes(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	for strings.Contains(rest, "//") {
		rest = strings.ReplaceAll(rest, "//", "/")
	}
	return scheme + "://" + rest
}

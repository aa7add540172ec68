package provider

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/oauth"
)

// dropbox calls offline access token_access_type, and wants its question posted.
func dropbox(o *Options) (*spec, error) {
	s := &spec{
		title: "Dropbox", authorizeURL: "https://www.dropbox.com/oauth2/authorize", tokenURL: "https://api.dropboxapi.com/oauth2/token",
		scopes: []string{"account_info.read"}, pkce: true, subject: []string{"account_id"},
		request: func(u *oauth.AuthorizationURL) { before(u, "token_access_type", o.AccessType) },
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		body, err := o.Client.Do(ctx, oauth.Call{Method: http.MethodPost, Bearer: t.AccessToken,
			URL: "https://api.dropboxapi.com/2/users/get_current_account"})
		if err != nil {
			return nil, err
		}
		return oauth.ParseClaims(body)
	}
	s.user = func(p oauth.Claims) User {
		return User{Name: p.In("name").Text("display_name"), Email: p.Text("email"),
			EmailVerified: p.True("email_verified"), Image: p.Text("profile_photo_url")}
	}
	return s, nil
}

package provider

import (
	"context"
	"errors"

	"github.com/watchword-auth/watchword/oauth"
)

// payPal has a world of its own for tests, which is the default. Scopes are
// chosen in its dashboard, not in requests.
func payPal(o *Options) (*spec, error) {
	login, api := "https://www.sandbox.paypal.com", "https://api-m.sandbox.paypal.com"
	if o.Environment != "" && o.Environment != "sandbox" {
		login, api = "https://www.paypal.com", "https://api-m.paypal.com"
	}
	s := &spec{
		title: "PayPal", authorizeURL: login + "/signin/authorize", tokenURL: api + "/v1/oauth2/token",
		pkce: true, secret: true, prompt: o.Prompt, auth: oauth.AuthBasic, subject: []string{"user_id"}, user: standard,
		request: func(u *oauth.AuthorizationURL) { u.Scopes = nil },
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := s.get(ctx, api+"/v1/identity/oauth2/userinfo?schema=paypalv1.1", t)
		if err != nil || t.IDToken == "" {
			return claims, err
		}
		id, err := oauth.DecodeIDToken(t.IDToken)
		if err == nil && (id.Text("sub") == "" || id.Text("sub") != claims.First("sub", "user_id")) {
			err = errors.New("the profile is of another user than the ID token")
		}
		return claims, err
	}
	return s, nil
}

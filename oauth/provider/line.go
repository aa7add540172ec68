package provider

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/oauth"
)

// line verifies its own ID tokens: some are signed with the channel's secret,
// some with keys that change by platform. It does not say whether addresses are
// proven.
func line(o *Options) (*spec, error) {
	s := &spec{
		title: "LINE", authorizeURL: "https://access.line.me/oauth2/v2.1/authorize", tokenURL: "https://api.line.me/oauth2/v2.1/token",
		userURL: "https://api.line.me/oauth2/v2.1/userinfo", scopes: []string{"openid", "profile", "email"},
		pkce: true, hint: true, subject: []string{"sub"},
		user: func(p oauth.Claims) User { return unvouched(standard(p)) },
	}
	s.direct = func(ctx context.Context, idToken, nonce string) error {
		return verifyLine(ctx, o, idToken, nonce, true)
	}
	s.verify = func(ctx context.Context, t *oauth.Tokens, nonce string) error {
		return verifyLine(ctx, o, t.IDToken, nonce, false)
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		if claims, err := oauth.DecodeIDToken(t.IDToken); err == nil {
			return claims, nil
		}
		return s.userInfo(ctx, t)
	}
	return s, nil
}

// verifyLine asks the provider whether it issued an ID token to this client.
func verifyLine(ctx context.Context, o *Options, idToken, nonce string, strict bool) error {
	form := &oauth.Params{}
	form.Set("id_token", idToken)
	form.Set("client_id", o.ClientID.primary())
	form.SetSome("nonce", nonce)
	body, err := o.Client.Do(ctx, oauth.Call{Method: http.MethodPost, URL: "https://api.line.me/oauth2/v2.1/verify", Form: form})
	if err != nil {
		return err
	}
	answer, err := oauth.ParseClaims(body)
	if err != nil {
		return err
	}
	given := answer.Text("nonce")
	if answer.Text("aud") != o.ClientID.primary() || (strict || nonce != "") && given != nonce {
		return oauth.ErrIDToken
	}
	return nil
}

package provider

import (
	"context"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// google signs the profile into the ID token. The hosted domain is more than a
// hint for its login page: a token of another one is refused.
func google(o *Options) (*spec, error) {
	s := &spec{
		title: "Google", authorizeURL: "https://accounts.google.com/o/oauth2/v2/auth", tokenURL: "https://oauth2.googleapis.com/token",
		scopes: []string{"email", "profile", "openid"}, pkce: true, hint: true, secret: true, prompt: o.Prompt,
		subject: []string{"sub"}, user: standard, issuer: "https://accounts.google.com",
	}
	s.request = func(u *oauth.AuthorizationURL) {
		u.AccessType, u.Display, u.HostedDomain = o.AccessType, o.Display, o.HostedDomain
		if o.IncludeGrantedScopes == nil || *o.IncludeGrantedScopes {
			before(u, "include_granted_scopes", "true")
		}
	}
	inDomain := func(claims oauth.Claims) error {
		hd := claims.Text("hd")
		if o.HostedDomain == "" || hd != "" && (o.HostedDomain == "*" || hd == o.HostedDomain) {
			return nil
		}
		return errors.New("it is of another hosted domain")
	}
	s.idToken = &oauth.IDTokenRule{Keys: oauth.NewKeySet(o.Client, "https://www.googleapis.com/oauth2/v3/certs"),
		Algorithms: []token.Algorithm{token.RS256}, Issuers: []string{"https://accounts.google.com", "accounts.google.com"},
		Audience: o.ClientID, MaxAge: time.Hour, Check: inDomain}
	s.takeIDTokens(o.Client)
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := fromIDToken(ctx, t)
		if err == nil {
			err = inDomain(claims)
		}
		return claims, err
	}
	return s, nil
}

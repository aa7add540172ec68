package provider

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// cognito is Amazon's, one domain for each pool of users. Its login page wants
// the scope with its spaces as %20, and so at the end.
func cognito(o *Options) (*spec, error) {
	if o.Domain == "" || o.Region == "" || o.UserPoolID == "" {
		return nil, errors.New("domain, region and userPoolId are needed")
	}
	if o.RequireClientSecret && o.ClientSecret == "" {
		return nil, errClientSecret
	}
	base := "https://" + strings.TrimPrefix(strings.TrimPrefix(o.Domain, "https://"), "http://")
	issuer := "https://cognito-idp." + o.Region + ".amazonaws.com/" + o.UserPoolID
	s := &spec{
		title: "Cognito", authorizeURL: base + "/oauth2/authorize", tokenURL: base + "/oauth2/token", userURL: base + "/oauth2/userinfo",
		scopes: []string{"openid", "profile", "email"}, pkce: true, prompt: o.Prompt, subject: []string{"sub"},
		idToken: &oauth.IDTokenRule{Keys: oauth.NewKeySet(o.Client, issuer+"/.well-known/jwks.json"),
			Algorithms: []token.Algorithm{token.RS256}, Issuers: []string{issuer}, Audience: o.ClientID, MaxAge: time.Hour},
	}
	s.takeIDTokens(o.Client)
	s.authorize = func(r *oauth.AuthorizationRequest, scopes []string) string {
		u := &oauth.AuthorizationURL{Endpoint: s.authorizeURL, ClientID: o.ClientID.primary(), State: r.State, Nonce: r.Nonce,
			RedirectURI: s.redirectURI(r.RedirectURI), CodeVerifier: r.CodeVerifier, Prompt: s.prompt, Additional: r.Additional}
		if o.AuthorizationURL != "" {
			u.Endpoint = o.AuthorizationURL
		}
		before(u, "identity_provider", o.IdentityProvider)
		if len(scopes) == 0 {
			return u.String()
		}
		return u.String() + "&scope=" + strings.ReplaceAll(url.QueryEscape(strings.Join(scopes, " ")), "+", "%20")
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		if t.IDToken != "" {
			return oauth.DecodeIDToken(t.IDToken)
		}
		return s.userInfo(ctx, t)
	}
	s.user = func(p oauth.Claims) User {
		u := standard(p)
		u.Name = p.First("name", "given_name", "username")
		return u
	}
	return s, nil
}

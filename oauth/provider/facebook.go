package provider

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// facebook gives its web clients opaque tokens, which say nothing about whom
// they were issued to: they are inspected before they are believed. The ID
// tokens of its limited login are JWTs.
func facebook(o *Options) (*spec, error) {
	s := &spec{
		title: "Facebook", authorizeURL: "https://www.facebook.com/v24.0/dialog/oauth",
		tokenURL: "https://graph.facebook.com/v24.0/oauth/access_token", scopes: []string{"email", "public_profile"},
		hint: true, secret: true,
		request: func(u *oauth.AuthorizationURL) { before(u, "config_id", o.ConfigID) },
		idToken: &oauth.IDTokenRule{Keys: oauth.NewKeySet(o.Client, "https://limited.facebook.com/.well-known/oauth/openid/jwks/"),
			Algorithms: []token.Algorithm{token.RS256}, Issuers: []string{"https://www.facebook.com"}, Audience: o.ClientID},
	}
	s.takeIDTokens(o.Client)
	signed := s.direct
	s.direct = func(ctx context.Context, idToken, nonce string) error {
		if !isJWT(idToken) {
			return nil // the user is read with the access token, which is inspected
		}
		return signed(ctx, idToken, nonce)
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) { return facebookProfile(ctx, o, t) }
	s.who = func(p oauth.Claims) (string, error) {
		if p.Has("sub") {
			return p.Subject("sub")
		}
		return p.Subject("id")
	}
	s.user = func(p oauth.Claims) User {
		if p.Has("sub") {
			return unvouched(standard(p))
		}
		return User{Name: p.Text("name"), Email: p.Text("email"), EmailVerified: p.True("email_verified"),
			Image: p.In("picture").In("data").Text("url")}
	}
	if own := o.UserInfo; own != nil {
		o.UserInfo = func(ctx context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
			if t.AccessToken != "" || t.IDToken != "" && !isJWT(t.IDToken) {
				if _, err := inspectFacebook(ctx, o, cmp.Or(t.AccessToken, t.IDToken)); err != nil {
					return nil, err
				}
			}
			return own(ctx, t)
		}
	}
	return s, nil
}

func isJWT(text string) bool { return strings.Count(text, ".") == 2 }

func facebookProfile(ctx context.Context, o *Options, t *oauth.Tokens) (oauth.Claims, error) {
	if isJWT(t.IDToken) {
		return oauth.DecodeIDToken(t.IDToken)
	}
	owner, err := inspectFacebook(ctx, o, t.AccessToken)
	if err != nil {
		return nil, err
	}
	fields := strings.Join(append([]string{"id", "name", "email", "picture"}, o.Fields...), ",")
	body, err := o.Client.Do(ctx, oauth.Call{URL: "https://graph.facebook.com/me?fields=" + fields, Bearer: t.AccessToken})
	if err != nil {
		return nil, err
	}
	claims, err := oauth.ParseClaims(body)
	if err == nil && claims.Text("id") != owner {
		err = errForeignToken
	}
	delete(claims, "sub") // the mark of an ID token, which this is not
	return claims, err
}

var errForeignToken = errors.New("the access token is not valid or was issued to another application or user")

// inspectFacebook returns whom an access token of this application stands
// for.
func inspectFacebook(ctx context.Context, o *Options, accessToken string) (string, error) {
	if accessToken == "" {
		return "", errForeignToken
	}
	query := &oauth.Params{}
	query.Set("input_token", accessToken)
	query.Set("access_token", o.ClientID.primary()+"|"+o.ClientSecret)
	body, err := o.Client.Do(ctx, oauth.Call{URL: oauth.AppendQuery("https://graph.facebook.com/debug_token", query)})
	if err != nil {
		return "", err
	}
	answer, err := oauth.ParseClaims(body)
	if err != nil {
		return "", err
	}
	data := answer.In("data")
	app, owner := data.Text("app_id"), data.Text("user_id")
	if string(data["is_valid"]) != "true" || app == "" || owner == "" || !slices.Contains(o.ClientID, app) {
		return "", errForeignToken
	}
	return owner, nil
}

package provider

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// apple signs the profile into the ID token and posts it back by form. The
// name is not in the token: the browser brings it at the first sign-in only.
func apple(o *Options) (*spec, error) {
	audience := o.Audience
	if len(audience) == 0 && o.AppBundleIdentifier != "" {
		audience = []string{o.AppBundleIdentifier}
	}
	if len(audience) == 0 {
		audience = o.ClientID
	}
	s := &spec{
		title: "Apple", authorizeURL: "https://appleid.apple.com/auth/authorize", tokenURL: "https://appleid.apple.com/auth/token",
		scopes: []string{"email", "name"}, pkce: true, secret: true,
		subject: []string{"sub"}, user: standard, fetch: appleProfile,
		request: func(u *oauth.AuthorizationURL) { u.ResponseMode, u.ResponseType = "form_post", "code id_token" },
	}
	keys := oauth.NewKeySet(o.Client, "https://appleid.apple.com/auth/keys")
	direct := &oauth.IDTokenRule{Keys: keys, Algorithms: []token.Algorithm{token.RS256}, Issuers: []string{"https://appleid.apple.com"},
		Audience: audience, Parties: o.ClientID, MaxAge: time.Hour, HashedNonce: true}
	s.idToken = direct
	s.takeIDTokens(o.Client)
	// The token of a code is for the client that redeemed it, whatever
	// audience the tokens of one's apps have.
	code := *direct
	code.Audience = append(slices.Clone(audience), o.ClientID...)
	s.idToken = &code
	return s, nil
}

func appleProfile(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
	claims, err := fromIDToken(ctx, t)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(t.FirstName + " " + t.LastName)
	if name == "" {
		name = claims.Text("name")
	}
	set(claims, "name", name)
	delete(claims, "picture")
	return claims, nil
}

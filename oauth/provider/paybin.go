package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/watchword-auth/watchword/oauth"
)

// paybin signs the profile into the ID token but does not publish where its
// keys are: the token is believed for having come from the token endpoint
// (OpenID Connect Core, section 3.1.3.7), if it is for this client and has not
// expired.
func paybin(o *Options) (*spec, error) {
	issuer := cmp.Or(o.Issuer, "https://idp.paybin.io")
	return &spec{
		title: "Paybin", authorizeURL: issuer + "/oauth2/authorize", tokenURL: issuer + "/oauth2/token",
		scopes: []string{"openid", "email", "profile"}, pkce: true, hint: true, secret: true, prompt: o.Prompt,
		subject: []string{"sub"},
		user: func(p oauth.Claims) User {
			u := standard(p)
			u.Name = p.First("name", "preferred_username")
			return u
		},
		verify: func(_ context.Context, t *oauth.Tokens, nonce string) error {
			return checkUnsigned(t.IDToken, o, nonce)
		},
	}, nil
}

// checkUnsigned looks at what an ID token says where its signature cannot be
// verified.
func checkUnsigned(idToken string, o *Options, nonce string) error {
	claims, err := oauth.DecodeIDToken(idToken)
	if err != nil {
		return err
	}
	audience := append(claims.Texts("aud"), claims.Text("aud"))
	expires, ok := claims.Number("exp")
	if !slices.Contains(audience, o.ClientID.primary()) || !ok || expires < float64(o.Client.Now().Unix()-30) ||
		nonce != "" && claims.Text("nonce") != nonce {
		return oauth.ErrIDToken
	}
	return nil
}

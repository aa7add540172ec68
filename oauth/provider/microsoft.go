package provider

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// microsoft is one provider or as many as there are tenants. The user's name
// for good is oid: sub differs between the applications of one tenant.
func microsoft(o *Options) (*spec, error) {
	tenant, authority := cmp.Or(o.TenantID, "common"), strings.TrimRight(cmp.Or(o.Authority, microsoftAuthority), "/")
	base := authority + "/" + tenant
	s := &spec{
		title: "Microsoft EntraID", authorizeURL: base + "/oauth2/v2.0/authorize", tokenURL: base + "/oauth2/v2.0/token",
		scopes: []string{"openid", "profile", "email", "User.Read", "offline_access"},
		pkce:   true, hint: true, prompt: o.Prompt, refreshScope: true, subject: []string{"oid"}, user: microsoftUser,
	}
	var err error
	if s.assertion, err = o.assertion(); err != nil {
		return nil, err
	}
	if s.assertion != nil {
		s.auth = oauth.AuthPrivateKey
	}
	keys := oauth.NewKeySet(o.Client, base+"/discovery/v2.0/keys")
	direct := &oauth.IDTokenRule{Keys: keys, Algorithms: []token.Algorithm{token.RS256}, Audience: o.ClientID, MaxAge: time.Hour,
		Check: func(c oauth.Claims) error { return checkTenant(c, tenant, authority) }}
	if !severalTenants(tenant) {
		direct.Issuers = []string{base + "/v2.0"}
	}
	s.idToken = direct
	s.takeIDTokens(o.Client)
	// Behind an authority of one's own the issuer is the tenant's, by names
	// that cannot be told from the configuration. The code's token came from
	// the configured endpoint itself.
	code := *direct
	code.Issuers = nil
	if o.Authority != "" {
		code.Check = nil
	}
	s.idToken = &code
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := fromIDToken(ctx, t)
		if err != nil || o.DisableProfilePhoto || t.AccessToken == "" {
			return claims, err
		}
		if _, err := claims.Subject("oid"); err == nil {
			addMicrosoftPhoto(ctx, o, claims, t)
		}
		return claims, nil
	}
	return s, nil
}

const (
	microsoftAuthority = "https://login.microsoftonline.com"
	// microsoftConsumers is the tenant of all personal accounts.
	microsoftConsumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
)

func severalTenants(tenant string) bool {
	return tenant == "common" || tenant == "organizations" || tenant == "consumers"
}

// checkTenant binds a token to its own tenant, and that to the configured
// class of accounts: the tenants share keys, so the signature does not.
func checkTenant(c oauth.Claims, tenant, authority string) error {
	tid := c.Text("tid")
	personal := tid == microsoftConsumers
	switch {
	case tid == "" || c.Text("iss") != authority+"/"+tid+"/v2.0",
		tenant == "organizations" && personal, tenant == "consumers" && !personal,
		isTenantID(tenant) && tid != tenant:
		return errors.New("it is of another tenant")
	}
	return nil
}

// isTenantID tells ids from the domains that may stand for them.
func isTenantID(tenant string) bool { return len(tenant) == 36 && strings.Count(tenant, "-") == 4 }

func microsoftUser(p oauth.Claims) User {
	u := standard(p)
	if !p.Has("email_verified") && u.Email != "" {
		u.EmailVerified = slices.Contains(p.Texts("verified_primary_email"), u.Email) ||
			slices.Contains(p.Texts("verified_secondary_email"), u.Email)
	}
	return u
}

// addMicrosoftPhoto makes the user's photo part of the profile, if there is
// one.
func addMicrosoftPhoto(ctx context.Context, o *Options, claims oauth.Claims, t *oauth.Tokens) {
	size := strconv.Itoa(cmp.Or(o.ProfilePhotoSize, 48))
	photo, err := o.Client.Do(ctx, oauth.Call{Bearer: t.AccessToken,
		URL: "https://graph.microsoft.com/v1.0/me/photos/" + size + "x" + size + "/$value"})
	if err == nil {
		set(claims, "picture", "data:image/jpeg;base64, "+base64.StdEncoding.EncodeToString(photo))
	}
}

package genericoauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

const (
	entraHost     = "https://login.microsoftonline.com/"
	entraUserInfo = "https://graph.microsoft.com/oidc/userinfo"
)

var tenantID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// MicrosoftEntraID is one tenant of Microsoft Entra ID, by its GUID; for
// "common" and the like there is the built-in provider. Users are told apart
// by oid, which stays when addresses change.
func MicrosoftEntraID(tenant string, p Provider) (Provider, error) {
	tenant = strings.ToLower(tenant)
	if !tenantID.MatchString(tenant) {
		return p, errors.New("genericoauth: MicrosoftEntraID needs the GUID of one tenant")
	}
	base := entraHost + tenant
	p = plain(p, "microsoft-entra-id", base+"/oauth2/v2.0/authorize", base+"/oauth2/v2.0/token", "oid", openID...)
	p.DiscoveryURL = cmp.Or(p.DiscoveryURL, base+"/v2.0/.well-known/openid-configuration")
	p.RequireIDTokenVerification = true
	if p.UserInfo == nil {
		p = withClient(p)
		p.UserInfo = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
			return entraProfile(ctx, p.Client, t)
		}
	}
	return p, nil
}

// entraProfile is the ID token's, which has been verified, completed by what
// Graph knows of the same user.
func entraProfile(ctx context.Context, client *oauth.Client, t *oauth.Tokens) (oauth.Claims, error) {
	own, err := oauth.DecodeIDToken(t.IDToken)
	if err != nil {
		return nil, err
	}
	oid := own.Text("oid")
	if strings.TrimSpace(oid) == "" {
		return nil, errProfile
	}
	graph := entraGraph(ctx, client, t.AccessToken, own.Text("sub"))
	profile := maps.Clone(graph)
	if profile == nil {
		profile = oauth.Claims{}
	}
	maps.Copy(profile, own)
	profile["name"] = entraName(own)
	if profile["name"] == nil {
		profile["name"] = entraName(graph)
	}
	email := cmp.Or(own.Text("email"), graph.Text("email"))
	profile["emailVerified"] = truth(email != "" && entraVouches(own, graph, email))
	profile["email"] = quoted(cmp.Or(email, oid+"@microsoft-entra-id.placeholder.invalid"))
	if picture := cmp.Or(own.Text("picture"), graph.Text("picture")); picture != "" {
		profile["image"] = quoted(picture)
	}
	return profile, nil
}

// entraGraph is what Graph tells of the user; nil where it tells nothing, or
// of another one.
func entraGraph(ctx context.Context, client *oauth.Client, accessToken, subject string) oauth.Claims {
	if accessToken == "" || subject == "" {
		return nil
	}
	body, err := client.Do(ctx, oauth.Call{URL: entraUserInfo, Bearer: accessToken})
	if err != nil {
		return nil
	}
	graph, err := oauth.ParseClaims(body)
	if err != nil || graph.Text("sub") != subject {
		return nil
	}
	return graph
}

// entraName is nil where no name is told.
func entraName(profile oauth.Claims) json.RawMessage {
	if name := given(profile, "name"); name != nil {
		return name
	}
	full := profile.First("given_name", "givenname") + " " + profile.First("family_name", "familyname")
	if full = strings.TrimSpace(full); full == "" {
		return nil
	}
	return quoted(full)
}

// entraVouches reports whether an address is proven. Graph's word counts for
// the address that it names itself.
func entraVouches(own, graph oauth.Claims, email string) bool {
	if own.Has("email_verified") {
		return own.True("email_verified")
	}
	return graph.Text("email") == email && graph.True("email_verified")
}

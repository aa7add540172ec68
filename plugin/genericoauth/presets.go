package genericoauth

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/weburl"
)

// The functions below fill in what is known of a provider, and leave what the
// caller has set: at least ClientID and ClientSecret.

var openID = []string{"openid", "profile", "email"}

func discovered(id, issuer string, p Provider) Provider {
	p.ID = cmp.Or(p.ID, id)
	p.DiscoveryURL = cmp.Or(p.DiscoveryURL, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	return scoped(p, openID...)
}

func scoped(p Provider, scopes ...string) Provider {
	if p.Scopes == nil {
		p.Scopes = scopes
	}
	return p
}

// Auth0 is a tenant of Auth0, such as "example.eu.auth0.com".
func Auth0(domain string, p Provider) Provider {
	for _, scheme := range []string{"https://", "http://"} {
		domain = strings.TrimPrefix(domain, scheme)
	}
	host, _, _ := strings.Cut(domain, "/")
	return discovered("auth0", "https://"+host, p)
}

// Keycloak is a realm of Keycloak, such as
// "https://id.example.com/realms/company".
func Keycloak(issuer string, p Provider) Provider { return discovered("keycloak", issuer, p) }

// Okta is an authorization server of Okta, such as
// "https://example.okta.com/oauth2/default".
func Okta(issuer string, p Provider) Provider { return discovered("okta", issuer, p) }

// plain is a provider without a discovery document that is told apart by a
// member of its profile.
func plain(p Provider, id, authorize, token, subject string, scopes ...string) Provider {
	p.ID = cmp.Or(p.ID, id)
	p.AuthorizationURL, p.TokenURL = cmp.Or(p.AuthorizationURL, authorize), cmp.Or(p.TokenURL, token)
	if p.Subject == nil {
		p.Subject = func(profile oauth.Claims, _ *oauth.Tokens) (string, error) { return profile.Subject(subject) }
	}
	return scoped(p, scopes...)
}

func withClient(p Provider) Provider {
	if p.Client == nil {
		p.Client = oauth.NewClient(oauth.ClientOptions{AllowPrivate: p.InsecureAllowPrivate})
	}
	return p
}

// reading makes the profile of what an endpoint answers.
func reading(p Provider, call func(t *oauth.Tokens) oauth.Call, shape func(answer oauth.Claims) oauth.Claims) Provider {
	if p.UserInfo != nil {
		return p
	}
	p = withClient(p)
	client := p.Client
	p.UserInfo = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		body, err := client.Do(ctx, call(t))
		if err != nil {
			return nil, err
		}
		answer, err := oauth.ParseClaims(body)
		if err != nil {
			return nil, err
		}
		return settled(shape(answer)), nil
	}
	return p
}

// settled says that an address is not proven where the provider does not say.
func settled(profile oauth.Claims) oauth.Claims {
	if profile != nil && given(profile, "emailVerified") == nil {
		profile["emailVerified"] = truth(false)
	}
	return profile
}

func bearer(url string) func(t *oauth.Tokens) oauth.Call {
	return func(t *oauth.Tokens) oauth.Call { return oauth.Call{URL: url, Bearer: t.AccessToken} }
}

// members renames members; what is missing is left out.
func members(from oauth.Claims, names ...string) oauth.Claims {
	to := oauth.Claims{}
	for i := 0; i+1 < len(names); i += 2 {
		if raw, ok := from[names[i+1]]; ok {
			to[names[i]] = raw
		}
	}
	return to
}

// given is the first of the members that is there and not null; nil where
// none is.
func given(from oauth.Claims, names ...string) json.RawMessage {
	for _, name := range names {
		if raw := from[name]; raw != nil && string(raw) != "null" {
			return raw
		}
	}
	return nil
}

func quoted(text string) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	return raw
}

// Gumroad does not say whether addresses are proven.
func Gumroad(p Provider) Provider {
	p = plain(p, "gumroad", "https://gumroad.com/oauth/authorize", "https://api.gumroad.com/oauth/token", "id", "view_profile")
	return reading(p, bearer("https://api.gumroad.com/v2/user"), func(answer oauth.Claims) oauth.Claims {
		if !answer.True("success") || answer.In("user") == nil {
			return nil
		}
		return members(answer.In("user"), "id", "user_id", "name", "name", "email", "email", "image", "profile_url")
	})
}

// HubSpot does not say whether addresses are proven. It describes a user by
// what it knows of the access token.
func HubSpot(p Provider) Provider {
	p = plain(p, "hubspot", "https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/v1/token", "id", "oauth")
	call := func(t *oauth.Tokens) oauth.Call {
		return oauth.Call{URL: "https://api.hubapi.com/oauth/v1/access-tokens/" + weburl.EscapeComponent(t.AccessToken),
			Header: map[string]string{"Content-Type": "application/json"}}
	}
	return reading(p, call, func(answer oauth.Claims) oauth.Claims {
		profile := members(answer, "id", "user_id", "name", "user", "email", "user")
		if given(profile, "id") == nil {
			profile["id"] = answer.In("signed_access_token")["userId"]
		}
		return profile
	})
}

// Line is LINE, once for each country's channel: ID tells them apart. It does
// not say whether addresses are proven.
func Line(p Provider) Provider {
	p = plain(p, "line", "https://access.line.me/oauth2/v2.1/authorize", "https://api.line.me/oauth2/v2.1/token", "sub", openID...)
	if p.UserInfo != nil {
		return p
	}
	shape := func(answer oauth.Claims) oauth.Claims {
		return members(answer, "sub", "sub", "name", "name", "email", "email", "image", "picture")
	}
	p = reading(p, bearer("https://api.line.me/oauth2/v2.1/userinfo"), shape)
	fromServer := p.UserInfo
	p.UserInfo = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		if id, err := oauth.DecodeIDToken(t.IDToken); err == nil {
			return settled(shape(id)), nil
		}
		return fromServer(ctx, t)
	}
	return p
}

// Patreon vouches for addresses.
func Patreon(p Provider) Provider {
	p = plain(p, "patreon", "https://www.patreon.com/oauth2/authorize", "https://www.patreon.com/api/oauth2/token", "id", "identity[email]")
	return reading(p, bearer("https://www.patreon.com/api/oauth2/v2/identity?fields[user]=email,full_name,image_url,is_email_verified"),
		func(answer oauth.Claims) oauth.Claims {
			data := answer.In("data")
			profile := members(data.In("attributes"), "name", "full_name", "email", "email", "image", "image_url", "emailVerified", "is_email_verified")
			profile["id"] = data["id"]
			return profile
		})
}

// Slack names users by sub, unlike the built-in provider of that name.
func Slack(p Provider) Provider {
	p = plain(p, "slack", "https://slack.com/openid/connect/authorize", "https://slack.com/api/openid.connect.token", "sub", openID...)
	return reading(p, bearer("https://slack.com/api/openid.connect.userInfo"), func(answer oauth.Claims) oauth.Claims {
		profile := members(answer, "sub", "sub", "name", "name", "email", "email", "image", "picture", "emailVerified", "email_verified")
		if profile.Text("image") == "" {
			profile["image"] = quoted(answer.Text("https://slack.com/user_image_512"))
		}
		return profile
	})
}

// Yandex does not say whether addresses are proven.
func Yandex(p Provider) Provider {
	p = plain(p, "yandex", "https://oauth.yandex.com/authorize", "https://oauth.yandex.com/token", "id",
		"login:info", "login:email", "login:avatar")
	call := func(t *oauth.Tokens) oauth.Call {
		return oauth.Call{URL: "https://login.yandex.ru/info?format=json", Header: map[string]string{"Authorization": "OAuth " + t.AccessToken}}
	}
	return reading(p, call, func(answer oauth.Claims) oauth.Claims {
		email := answer.Text("default_email")
		if all := answer.Texts("emails"); email == "" && len(all) > 0 {
			email = all[0]
		}
		if email == "" {
			return nil
		}
		profile := members(answer, "id", "id")
		profile["email"] = quoted(email)
		profile["name"] = given(answer, "display_name", "real_name", "first_name", "login")
		if avatar := answer.Text("default_avatar_id"); avatar != "" && !answer.True("is_avatar_empty") {
			profile["image"] = quoted("https://avatars.yandex.net/get-yapic/" + avatar + "/islands-200")
		}
		return profile
	})
}

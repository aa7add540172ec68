package provider

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// tikTok calls the client's id client_key and joins scopes by commas. Users
// whose address it does not tell get a placeholder.
func tikTok(o *Options) (*spec, error) {
	if o.ClientKey == "" {
		return nil, errors.New("clientKey is missing")
	}
	s := &spec{
		title: "TikTok", tokenURL: "https://open.tiktokapis.com/v2/oauth/token/", scopes: []string{"user.info.profile"},
		userURL: "https://open.tiktokapis.com/v2/user/info/?fields=open_id,avatar_large_url,display_name,username",
		secret:  true, keyed: true, verifier: true, subject: []string{"data", "user", "open_id"},
		user: func(p oauth.Claims) User {
			inner := p.In("data").In("user")
			return User{Name: inner.First("display_name", "username"), Image: inner.Text("avatar_large_url"),
				Email: cmp.Or(inner.Text("email"), placeholder(inner.Text("open_id"), "tiktok"))}
		},
	}
	s.authorize = func(r *oauth.AuthorizationRequest, scopes []string) string {
		p := &oauth.Params{}
		p.Set("scope", strings.Join(scopes, ","))
		p.Set("response_type", "code")
		p.Set("client_key", o.ClientKey)
		p.Set("redirect_uri", s.redirectURI(r.RedirectURI))
		p.Set("state", r.State)
		addExcept(p, r.Additional, "client_key")
		return oauth.AppendQuery("https://www.tiktok.com/v2/auth/authorize", p)
	}
	redeem := func(ctx context.Context, form *oauth.Params) (*oauth.Tokens, error) {
		form.Set("client_key", o.ClientKey)
		form.Set("client_secret", o.ClientSecret)
		body, err := o.Client.Do(ctx, oauth.Call{Method: http.MethodPost, URL: s.tokenURL, Form: form})
		if err != nil {
			return nil, err
		}
		return oauth.ParseTokens(body, o.Client.Now())
	}
	s.exchange = func(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
		return redeem(ctx, s.codeForm(r))
	}
	s.refresh = func(ctx context.Context, refreshToken string) (*oauth.Tokens, error) {
		return redeem(ctx, oauth.RefreshForm(refreshToken))
	}
	return s, nil
}

// addExcept adds the caller's parameters but the one that is the client's id.
func addExcept(p, more *oauth.Params, id string) {
	if more == nil {
		return
	}
	more.Each(func(name, value string) {
		if !oauth.Reserved(name) && name != id {
			p.Set(name, value)
		}
	})
}

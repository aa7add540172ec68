package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// weChat has names of its own for everything, answers failures with status 200,
// and tells no address: users get a placeholder. Of its two names for a user the
// one that holds for all applications of a developer is taken.
func weChat(o *Options) (*spec, error) {
	s := &spec{title: "WeChat", scopes: []string{"snsapi_login"}, secret: true}
	s.authorize = func(r *oauth.AuthorizationRequest, scopes []string) string {
		p := &oauth.Params{}
		p.Set("scope", strings.Join(scopes, ","))
		p.Set("response_type", "code")
		p.Set("appid", o.ClientID.primary())
		p.Set("redirect_uri", s.redirectURI(r.RedirectURI))
		p.Set("state", r.State)
		p.Set("lang", cmp.Or(o.Lang, "cn"))
		addExcept(p, r.Additional, "appid")
		return oauth.AppendQuery("https://open.weixin.qq.com/connect/qrconnect", p) + "#wechat_redirect"
	}
	s.exchange = func(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
		return weChatTokens(ctx, o, "access_token", "secret", o.ClientSecret, "code", r.Code, "grant_type", "authorization_code")
	}
	s.refresh = func(ctx context.Context, refreshToken string) (*oauth.Tokens, error) {
		return weChatTokens(ctx, o, "refresh_token", "grant_type", "refresh_token", "refresh_token", refreshToken)
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) { return weChatProfile(ctx, o, t) }
	s.who = func(p oauth.Claims) (string, error) {
		if id, err := p.Subject("unionid"); err == nil {
			return id, nil
		}
		return p.Subject("openid")
	}
	s.user = func(p oauth.Claims) User {
		id, _ := s.who(p)
		return User{Name: p.Text("nickname"), Email: cmp.Or(p.Text("email"), placeholder(id, "wechat")), Image: p.Text("headimgurl")}
	}
	return s, nil
}

func weChatTokens(ctx context.Context, o *Options, path string, pairs ...string) (*oauth.Tokens, error) {
	query := &oauth.Params{}
	query.Set("appid", o.ClientID.primary())
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	claims, err := weChatGet(ctx, o, oauth.AppendQuery("https://api.weixin.qq.com/sns/oauth2/"+path, query))
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	t, err := oauth.ParseTokens(raw, o.Client.Now())
	if err != nil {
		return nil, err
	}
	t.Type, t.IDToken, t.Scopes = "Bearer", "", strings.FieldsFunc(claims.Text("scope"), func(r rune) bool { return r == ',' })
	return t, nil
}

func weChatProfile(ctx context.Context, o *Options, t *oauth.Tokens) (oauth.Claims, error) {
	answer, err := oauth.ParseClaims(t.Raw)
	openID := answer.Text("openid")
	if err != nil || openID == "" {
		return nil, nil // stored tokens do not say whose they are
	}
	query := &oauth.Params{}
	query.Set("access_token", t.AccessToken)
	query.Set("openid", openID)
	query.Set("lang", "zh_CN")
	return weChatGet(ctx, o, oauth.AppendQuery("https://api.weixin.qq.com/sns/userinfo", query))
}

func weChatGet(ctx context.Context, o *Options, url string) (oauth.Claims, error) {
	body, err := o.Client.Do(ctx, oauth.Call{URL: url})
	if err != nil {
		return nil, err
	}
	claims, err := oauth.ParseClaims(body)
	if code, failed := claims.Number("errcode"); err == nil && failed && code != 0 {
		err = fmt.Errorf("it answered with error %v", code)
	}
	return claims, err
}

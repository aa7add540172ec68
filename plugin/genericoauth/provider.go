package genericoauth

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/weburl"
)

// endpoints is a provider as it is used, with its document worked in.
type endpoints struct {
	*source
	authorizeURL, tokenURL, userInfoURL, endSessionURL string

	openID bool // names users by sub
	rule   *oauth.IDTokenRule
}

func (s *source) build(d *document, rule *oauth.IDTokenRule) *oauth.Provider {
	own := s.p
	e := &endpoints{
		source: s, rule: rule, openID: len(d.Algorithms) > 0,
		authorizeURL: cmp.Or(own.AuthorizationURL, d.Authorization), tokenURL: cmp.Or(own.TokenURL, d.Token),
		userInfoURL: cmp.Or(own.UserInfoURL, d.UserInfo), endSessionURL: cmp.Or(own.EndSessionURL, d.EndSession),
	}
	p := &oauth.Provider{
		Name: own.ID, Title: s.title(), CallbackPath: s.callbackPath, Issuer: d.Issuer, RequireIssuer: d.SendsIssuer && d.Issuer != "",
		BindNonce: rule != nil && !own.DisableNonce, AllowIDPInitiated: own.AllowIDPInitiated,
		DisableSignUp: own.DisableSignUp, DisableImplicitSignUp: own.DisableImplicitSignUp,
		OverrideUserInfoOnSignIn: own.OverrideUserInfo, RequireEmailVerification: own.RequireEmailVerification,
		Authorize: e.authorize, Exchange: e.exchange, UserInfo: e.identify, Refresh: e.refresh, IDTokens: rule,
	}
	if rule != nil {
		p.VerifyIDToken = func(ctx context.Context, idToken, nonce string) error {
			_, err := rule.Verify(ctx, s.client.Now(), idToken, oauth.IDTokenUse{Nonce: nonce, StrictNonce: true})
			return err
		}
	}
	if e.endSessionURL != "" && !own.DisableLogout {
		p.EndSession = e.endSession
	}
	if e.tokenURL == "" {
		p.Refresh = nil
	}
	return p
}

// add sets parameters by name, in an order that does not change between calls.
func add(p *oauth.Params, more map[string]string, mayReplace bool) {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if mayReplace || !p.Has(name) {
			p.Set(name, more[name])
		}
	}
}

func (e *endpoints) authorize(_ context.Context, r *oauth.AuthorizationRequest) (string, error) {
	own := e.p
	scopes := append(slices.Clone(r.Scopes), own.Scopes...)
	if e.openID && !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	u := &oauth.AuthorizationURL{
		Endpoint: e.authorizeURL, ClientID: own.ClientID, State: r.State, Scopes: scopes,
		RedirectURI: cmp.Or(own.RedirectURI, r.RedirectURI), Nonce: r.Nonce, LoginHint: r.LoginHint, Prompt: own.Prompt,
		AccessType: own.AccessType, ResponseType: own.ResponseType, ResponseMode: own.ResponseMode, Additional: &oauth.Params{},
	}
	if !own.DisablePKCE {
		u.CodeVerifier = r.CodeVerifier
	}
	add(u.Additional, own.AuthorizationParams, true)
	u.Additional.AddUnreserved(r.Additional)
	return u.String(), nil
}

func (e *endpoints) exchange(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
	q := *r
	q.RedirectURI = cmp.Or(e.p.RedirectURI, r.RedirectURI)
	if e.p.DisablePKCE {
		q.CodeVerifier = ""
	}
	var t *oauth.Tokens
	var err error
	if e.p.Token != nil {
		t, err = e.p.Token(ctx, &q)
	} else {
		q.DeviceID = ""
		form := oauth.CodeForm(&q)
		add(form, e.p.TokenParams, false)
		t, err = e.client.Token(ctx, e.tokenURL, form, e.p.auth(), e.p.TokenHeader)
	}
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errors.New("genericoauth: no tokens were returned")
	}
	return t, e.accept(ctx, t, r.Nonce)
}

// accept verifies the ID token of new tokens, and fills in how long they live.
func (e *endpoints) accept(ctx context.Context, t *oauth.Tokens, nonce string) error {
	if t.AccessTokenExpiresAt.IsZero() && e.p.AccessTokenExpiresIn > 0 {
		t.AccessTokenExpiresAt = e.client.Now().Add(e.p.AccessTokenExpiresIn)
	}
	if t.IDToken == "" || e.rule == nil {
		return nil
	}
	if e.p.DisableNonce {
		nonce = ""
	}
	_, err := e.rule.Verify(ctx, e.client.Now(), t.IDToken, oauth.IDTokenUse{Nonce: nonce, AccessToken: t.AccessToken})
	return err
}

func (e *endpoints) refresh(ctx context.Context, refreshToken string) (*oauth.Tokens, error) {
	form, more := oauth.RefreshForm(refreshToken), map[string]string{}
	maps.Copy(more, e.p.RefreshParams)
	if e.p.RefreshParamsFunc != nil {
		own, err := e.p.RefreshParamsFunc(ctx)
		if err != nil {
			return nil, err
		}
		maps.Copy(more, own)
	}
	add(form, more, false)
	t, err := e.client.Token(ctx, e.tokenURL, form, e.p.auth(), e.p.TokenHeader)
	if err != nil {
		return nil, err
	}
	if t.AccessToken == "" {
		return nil, errors.New("genericoauth: no access token was renewed")
	}
	// A refreshed ID token repeats no nonce (OpenID Connect Core, section 12.2).
	return t, e.accept(ctx, t, "")
}

// endSession asks the provider to end its session (OpenID Connect RP-Initiated
// Logout 1.0, section 2).
func (e *endpoints) endSession(r *oauth.EndSessionRequest) string {
	u, err := url.Parse(e.endSessionURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	p := &oauth.Params{}
	p.SetSome("id_token_hint", r.IDToken)
	target := r.RedirectURI
	if target == "" && e.p.PostLogoutRedirectURI != "" {
		target = weburl.Resolve(r.Origin, e.p.PostLogoutRedirectURI)
	}
	if target != "" {
		p.Set("post_logout_redirect_uri", target)
		p.Set("client_id", e.p.ClientID)
		p.SetSome("state", r.State)
	} else if r.IDToken == "" {
		p.Set("client_id", e.p.ClientID)
	}
	return oauth.AppendQuery(e.endSessionURL, p)
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// spec is a provider as its file describes it. What most of them share is
// carried out here.
type spec struct {
	name string
	o    *Options

	title        string
	authorizeURL string
	tokenURL     string
	userURL      string // asked with the access token, answers with the profile

	scopes       []string
	requestFirst bool // the request's scopes come before the options'
	pkce         bool
	verifier     bool // redeems codes with the verifier although requests may have no challenge
	device       bool // names the device with the code, and wants that back
	hint         bool // takes login_hint
	prompt       string
	noRefresh    bool
	secret       bool // cannot do without a client secret
	keyed        bool // knows its clients by a key in place of an id
	auth         oauth.AuthMethod
	refreshAuth  oauth.AuthMethod // as auth where empty
	assertion    Signer
	codeHeader   map[string]string // of the code's redemption
	userHeader   map[string]string
	refreshScope bool // sends the configured scopes along

	subject []string                             // path to the user's permanent name
	who     func(p oauth.Claims) (string, error) // in place of subject
	email   bool                                 // a user without an address is none
	// user maps a profile: the claims of what userURL answers, or of the ID
	// token where there is no userURL. What it changes in them is what the
	// application sees as the profile.
	user func(p oauth.Claims) User

	// request changes the authorization request before it is written.
	request func(u *oauth.AuthorizationURL)
	// authorize replaces writing it.
	authorize func(r *oauth.AuthorizationRequest, scopes []string) string
	// exchange and refresh replace the requests to the token endpoint.
	exchange func(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error)
	refresh  func(ctx context.Context, refreshToken string) (*oauth.Tokens, error)
	// fetch replaces reading the profile. Nil claims: there is no such user.
	fetch func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error)

	// idToken verifies the ID token that comes with the tokens of a code.
	idToken *oauth.IDTokenRule
	// verify replaces idToken where the provider publishes no keys.
	verify func(ctx context.Context, t *oauth.Tokens, nonce string) error
	// direct verifies one that a client got by itself; nil: none is taken.
	direct func(ctx context.Context, idToken, nonce string) error
	issuer string // of iss in answers (RFC 9207), where the provider sends it
}

func (s *spec) check() error {
	if s.secret && s.o.ClientSecret == "" {
		return errClientSecret
	}
	if s.keyed {
		return nil
	}
	if s.o.ClientID.primary() == "" {
		return errClientID
	}
	if s.exchange != nil {
		return nil
	}
	auth := s.clientAuth(s.auth)
	return auth.Check()
}

func (s *spec) clientAuth(method oauth.AuthMethod) oauth.ClientAuth {
	return oauth.ClientAuth{Method: method, ClientID: s.o.ClientID.primary(), Secret: s.o.ClientSecret, Assertion: s.assertion}
}

func (s *spec) provider() *oauth.Provider {
	o := s.o
	p := &oauth.Provider{
		Name: s.name, Title: s.title, Issuer: s.issuer,
		DisableSignUp: o.DisableSignUp, DisableImplicitSignUp: o.DisableImplicitSignUp,
		OverrideUserInfoOnSignIn: o.OverrideUserInfoOnSignIn, RequireEmailVerification: o.RequireEmailVerification,
		Authorize: s.authorizationURL, Exchange: s.redeem, UserInfo: s.identify, Refresh: s.renew,
		VerifyIDToken: s.direct, IDTokens: s.idToken,
	}
	if s.noRefresh {
		p.Refresh = nil
	}
	if o.RefreshAccessToken != nil {
		p.Refresh = o.RefreshAccessToken
	}
	if o.UserInfo != nil {
		p.UserInfo = o.UserInfo
	}
	if o.VerifyIDToken != nil {
		p.VerifyIDToken = o.VerifyIDToken
	}
	if o.DisableIDTokenSignIn {
		p.VerifyIDToken = nil
	}
	return p
}

// configuredScopes are the scopes of a request that asks for more, or of none.
func (s *spec) configuredScopes(more []string) []string {
	var scopes []string
	if !s.o.DisableDefaultScope {
		scopes = append(scopes, s.scopes...)
	}
	if s.requestFirst {
		return append(append(scopes, more...), s.o.Scope...)
	}
	return append(append(scopes, s.o.Scope...), more...)
}

// redirectURI is the configured one, or the one of the request.
func (s *spec) redirectURI(requested string) string {
	if s.o.RedirectURI != "" {
		return s.o.RedirectURI
	}
	return requested
}

func (s *spec) authorizationURL(_ context.Context, r *oauth.AuthorizationRequest) (string, error) {
	scopes := s.configuredScopes(r.Scopes)
	if s.authorize != nil {
		return s.authorize(r, scopes), nil
	}
	u := &oauth.AuthorizationURL{
		Endpoint: s.authorizeURL, ClientID: s.o.ClientID.primary(), State: r.State, Scopes: scopes,
		RedirectURI: s.redirectURI(r.RedirectURI), Nonce: r.Nonce, Prompt: s.prompt, Additional: r.Additional,
	}
	if s.o.AuthorizationURL != "" {
		u.Endpoint = s.o.AuthorizationURL
	}
	if s.pkce {
		u.CodeVerifier = r.CodeVerifier
	}
	if s.hint {
		u.LoginHint = r.LoginHint
	}
	if s.request != nil {
		s.request(u)
	}
	return u.String(), nil
}

func (s *spec) redeem(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error) {
	var t *oauth.Tokens
	var err error
	if s.exchange != nil {
		t, err = s.exchange(ctx, r)
	} else {
		t, err = s.o.Client.Token(ctx, s.tokenURL, s.codeForm(r), s.clientAuth(s.auth), s.codeHeader)
	}
	if err != nil {
		return nil, err
	}
	if t.IDToken == "" {
		return t, nil
	}
	switch {
	case s.verify != nil:
		err = s.verify(ctx, t, r.Nonce)
	case s.idToken != nil:
		use := oauth.IDTokenUse{Nonce: r.Nonce, AccessToken: t.AccessToken}
		_, err = s.idToken.Verify(ctx, s.o.Client.Now(), t.IDToken, use)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (s *spec) codeForm(r *oauth.ExchangeRequest) *oauth.Params {
	q := *r
	q.RedirectURI = s.redirectURI(r.RedirectURI)
	if !s.pkce && !s.verifier {
		q.CodeVerifier = ""
	}
	if !s.device {
		q.DeviceID = ""
	}
	form := oauth.CodeForm(&q)
	form.SetSome("client_key", s.o.ClientKey)
	return form
}

func (s *spec) renew(ctx context.Context, refreshToken string) (*oauth.Tokens, error) {
	if s.refresh != nil {
		return s.refresh(ctx, refreshToken)
	}
	form := oauth.RefreshForm(refreshToken)
	if s.refreshScope {
		form.Set("scope", strings.Join(s.configuredScopes(nil), " "))
	}
	method := s.refreshAuth
	if method == "" {
		method = s.auth
	}
	t, err := s.o.Client.Token(ctx, s.tokenURL, form, s.clientAuth(method), nil)
	if err == nil && t.AccessToken == "" {
		err = fmt.Errorf("provider: %s renewed no access token", s.name)
	}
	return t, err
}

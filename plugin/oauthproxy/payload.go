package oauthproxy

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// statePackage travels in the state parameter: the preview's state, sealed.
type statePackage struct {
	State       string `json:"state"`
	StateCookie string `json:"stateCookie"`
	IsProxy     bool   `json:"isOAuthProxy"`
}

func (x *proxy) wrap(c *core.Context, state *oauth.State) (string, error) {
	inner, err := x.inner.Seal(state.Encode(), c.Random())
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(statePackage{state.ID, inner, true})
	if err != nil {
		return "", err
	}
	return x.packages.Seal(text, c.Random())
}

// unwrap returns the state that another server sealed; ok is false where the
// parameter is something else, such as a state of this server.
func (x *proxy) unwrap(c *core.Context, sent string) (state *oauth.State, id string, ok bool) {
	text, err := x.packages.Open(sent)
	if err != nil {
		return nil, "", false
	}
	var p statePackage
	if json.Unmarshal(text, &p) != nil || !p.IsProxy || p.State == "" {
		return nil, "", false
	}
	inner, err := x.inner.Open(p.StateCookie)
	if err == nil {
		state, err = oauth.ParseState(inner)
	}
	if err != nil {
		c.Log().WarnContext(c, "a state of another server could not be read", "error", err)
		return nil, "", false
	}
	return state, p.State, true
}

// payload is what production passes on, in the reference's form.
type payload struct {
	UserInfo struct {
		ID            string `json:"id"`
		Email         string `json:"email"`
		Name          string `json:"name"`
		Image         string `json:"image,omitempty"`
		EmailVerified bool   `json:"emailVerified"`
	} `json:"userInfo"`
	Profile json.RawMessage `json:"profile,omitempty"`
	Scopes  []string        `json:"scopes"`
	Account struct {
		ProviderID            string     `json:"providerId"`
		AccountID             string     `json:"accountId"`
		AccessToken           string     `json:"accessToken,omitempty"`
		RefreshToken          string     `json:"refreshToken,omitempty"`
		IDToken               string     `json:"idToken,omitempty"`
		AccessTokenExpiresAt  *time.Time `json:"accessTokenExpiresAt,omitempty"`
		RefreshTokenExpiresAt *time.Time `json:"refreshTokenExpiresAt,omitempty"`
		Scope                 string     `json:"scope"`
	} `json:"account"`
	State         string `json:"state"`
	CallbackURL   string `json:"callbackURL"`
	NewUserURL    string `json:"newUserURL,omitempty"`
	ErrorURL      string `json:"errorURL,omitempty"`
	DisableSignUp bool   `json:"disableSignUp,omitempty"`
	Timestamp     int64  `json:"timestamp"` // Unix milliseconds
}

func newPayload(c *core.Context, a *oauth.Arrival, state string) *payload {
	p := &payload{Profile: a.Identity.Profile, Scopes: a.Tokens.Scopes, State: state, CallbackURL: wanted(a.State.CallbackURL),
		NewUserURL: a.State.NewUserURL, ErrorURL: a.State.ErrorURL, Timestamp: c.Now().UnixMilli()}
	if p.Scopes == nil {
		p.Scopes = []string{}
	}
	u, id, t := &p.UserInfo, a.Identity, a.Tokens
	u.ID, u.Email, u.Name, u.Image, u.EmailVerified = id.Subject, id.Email, id.Name, id.Image, id.EmailVerified
	account := &p.Account
	account.ProviderID, account.AccountID, account.Scope = a.Provider.Name, id.Subject, strings.Join(t.Scopes, ",")
	account.AccessToken, account.RefreshToken, account.IDToken = t.AccessToken, t.RefreshToken, t.IDToken
	if !t.AccessTokenExpiresAt.IsZero() {
		account.AccessTokenExpiresAt = &t.AccessTokenExpiresAt
	}
	if !t.RefreshTokenExpiresAt.IsZero() {
		account.RefreshTokenExpiresAt = &t.RefreshTokenExpiresAt
	}
	asked := a.State.RequestSignUp != nil && *a.State.RequestSignUp
	p.DisableSignUp = a.Provider.DisableSignUp || a.Provider.DisableImplicitSignUp && !asked
	return p
}

// wanted returns where the client wanted to go before its callback was
// replaced.
func wanted(callback string) string {
	if u, err := url.Parse(callback); err == nil && u.Query().Get("callbackURL") != "" {
		return u.Query().Get("callbackURL")
	}
	return callback
}

func (p *payload) encode() []byte {
	text, err := json.Marshal(p)
	if err != nil {
		return nil // a profile that is not JSON is opened by nobody
	}
	return text
}

var errPayload = errors.New("oauthproxy: not a profile")

func parsePayload(text []byte) (*payload, error) {
	p := &payload{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, errPayload
	}
	if p.UserInfo.Email == "" || p.Account.ProviderID == "" || p.Account.AccountID == "" || p.State == "" || p.CallbackURL == "" || p.Timestamp == 0 {
		return nil, errPayload
	}
	return p, nil
}

// arrival is the identity that production proved.
func (p *payload) arrival(provider *oauth.Provider, state *oauth.State) *oauth.Arrival {
	t := &oauth.Tokens{AccessToken: p.Account.AccessToken, RefreshToken: p.Account.RefreshToken, IDToken: p.Account.IDToken, Scopes: p.Scopes}
	if p.Scopes == nil && p.Account.Scope != "" {
		t.Scopes = strings.Split(p.Account.Scope, ",")
	}
	if at := p.Account.AccessTokenExpiresAt; at != nil {
		t.AccessTokenExpiresAt = at.UTC()
	}
	if at := p.Account.RefreshTokenExpiresAt; at != nil {
		t.RefreshTokenExpiresAt = at.UTC()
	}
	return &oauth.Arrival{Provider: provider, State: state, Tokens: t, DisableSignUp: p.DisableSignUp,
		Identity: &oauth.Identity{Subject: p.Account.AccountID, Name: p.UserInfo.Name, Email: p.UserInfo.Email, Image: p.UserInfo.Image,
			EmailVerified: p.UserInfo.EmailVerified, Profile: p.Profile}}
}

package genericoauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

// Provider is one OAuth 2 or OpenID Connect provider. ID and ClientID must be
// set, and DiscoveryURL or AuthorizationURL with TokenURL.
type Provider struct {
	ID   string // in requests, paths and accounts
	Name string // for people; ID where empty

	// DiscoveryURL is where the provider describes itself (OpenID Connect
	// Discovery 1.0, section 4). URLs that are set here win over it.
	DiscoveryURL     string
	AuthorizationURL string
	TokenURL         string
	UserInfoURL      string
	// EndSessionURL is where the provider ends its own session (OpenID
	// Connect RP-Initiated Logout 1.0). Signing out leads there unless
	// DisableLogout is set, and back to PostLogoutRedirectURI.
	EndSessionURL         string
	PostLogoutRedirectURI string
	DisableLogout         bool

	ClientID, ClientSecret string
	// Auth is how the client proves itself; empty: by a secret in the form,
	// or not at all where there is no secret.
	Auth oauth.AuthMethod
	// Assertion signs client assertions for oauth.AuthPrivateKey; see
	// [oauth.NewAssertion].
	Assertion provider.Signer

	Scopes       []string
	RedirectURI  string // replaces the one made of the base URL
	ResponseType string // "code" where empty
	ResponseMode string
	Prompt       string
	AccessType   string
	DisablePKCE  bool // for providers that refuse it

	AuthorizationParams map[string]string // of the authorization URL; those the protocol needs are ignored
	TokenParams         map[string]string // of the redemption of codes
	RefreshParams       map[string]string // of refreshes
	// RefreshParamsFunc returns further parameters of refreshes; nil: none.
	// What it takes from the request comes from the client.
	RefreshParamsFunc func(ctx context.Context) (map[string]string, error)
	DiscoveryHeader   map[string]string // also sent for keys of the same origin
	TokenHeader       map[string]string

	// AccessTokenExpiresIn is how long access tokens live where the provider
	// does not say so; 0: unknown.
	AccessTokenExpiresIn time.Duration

	DisableSignUp            bool
	DisableImplicitSignUp    bool // new users only where the request asks for sign-up
	OverrideUserInfo         bool // every sign-in renews the user's name, image and address
	RequireEmailVerification bool
	AllowIDPInitiated        bool
	// RequireIDTokenVerification refuses to work without the provider's keys,
	// so that a discovery document that lacks them weakens nothing.
	RequireIDTokenVerification bool
	// DisableNonce does without the nonce, for providers that do not repeat
	// it. ID tokens can then be replayed.
	DisableNonce bool

	// Token replaces how codes are redeemed. ID tokens it returns are verified
	// like others.
	Token func(ctx context.Context, r *oauth.ExchangeRequest) (*oauth.Tokens, error)
	// UserInfo replaces how the profile is read. Members email, emailVerified,
	// name and image are taken as they are.
	UserInfo func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error)
	// Subject returns the provider's permanent name for the user; nil: the
	// member sub of OpenID Connect providers, id of others.
	Subject func(profile oauth.Claims, t *oauth.Tokens) (string, error)
	// MapProfileToUser changes what becomes of a profile; nil leaves it.
	MapProfileToUser func(profile json.RawMessage, user *provider.User) error

	// InsecureAllowPrivate lets requests go to private addresses and over
	// plain http: for tests and for providers inside of one's own network.
	InsecureAllowPrivate bool
	// Client makes the requests; nil: one that reaches public addresses only.
	Client *oauth.Client
}

func (p *Provider) check() error {
	switch {
	case p.ID == "" || strings.ContainsAny(p.ID, "/?#% "):
		return errors.New("the id is missing, or no part of a path")
	case p.DiscoveryURL == "" && p.AuthorizationURL == "":
		return errors.New("a discovery URL or an authorization URL is needed")
	case p.DiscoveryURL == "" && p.TokenURL == "" && p.Token == nil:
		return errors.New("a discovery URL or a token URL is needed")
	case p.DiscoveryURL == "" && p.RequireIDTokenVerification:
		return errors.New("ID tokens can be verified only with a discovery URL")
	}
	for name, text := range map[string]string{"discovery": p.DiscoveryURL, "authorization": p.AuthorizationURL, "token": p.TokenURL,
		"user info": p.UserInfoURL, "end session": p.EndSessionURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("the %s URL %q is not one", name, text)
		}
	}
	auth := p.auth()
	return auth.Check()
}

func (p *Provider) auth() oauth.ClientAuth {
	return oauth.ClientAuth{Method: p.Auth, ClientID: p.ClientID, Secret: p.ClientSecret, Assertion: p.Assertion}
}

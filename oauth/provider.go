package oauth

import (
	"context"
	"encoding/json"
	"time"
)

// Provider is one place where users can sign in. Name, Authorize, Exchange
// and UserInfo must be set, or Name and Resolve. It must not be changed once it is registered, and
// its functions must be safe for concurrent use.
type Provider struct {
	// Name identifies the provider: in requests, in the path of its callback
	// and in the accounts it proves.
	Name  string
	Title string // for people; Name where empty

	// Issuer is what the provider calls itself in the iss parameter of its
	// answers (RFC 9207); empty: it is not compared. With RequireIssuer an
	// answer without it is refused.
	Issuer        string
	RequireIssuer bool
	// BindNonce puts a nonce into the request that the ID token must repeat.
	BindNonce bool
	// AllowIDPInitiated starts a sign-in anew where the provider sends a
	// browser that had not asked for it.
	AllowIDPInitiated bool
	CallbackPath      string // below the base URL; "/callback/" and Name where empty

	DisableSignUp            bool // sign in known identities only
	DisableImplicitSignUp    bool // new users only where the request asks for sign-up
	OverrideUserInfoOnSignIn bool // every sign-in renews the user's name, image and address
	RequireEmailVerification bool // no session before the address is proven

	// Authorize returns the URL that the browser is sent to.
	Authorize func(ctx context.Context, r *AuthorizationRequest) (string, error)
	// Exchange redeems an authorization code. It verifies the ID token that
	// comes with the tokens, where the provider's tokens can be verified.
	Exchange func(ctx context.Context, r *ExchangeRequest) (*Tokens, error)
	// UserInfo returns whom the tokens belong to. An ID token in them has
	// been verified before.
	UserInfo func(ctx context.Context, t *Tokens) (*Identity, error)
	// Refresh gets new tokens; nil: the provider has no refresh.
	Refresh func(ctx context.Context, refreshToken string) (*Tokens, error)
	// VerifyIDToken checks an ID token that a client got by itself; nil: the
	// provider takes none. A nonce that is empty was not given.
	VerifyIDToken func(ctx context.Context, idToken, nonce string) error
	// IDTokens says which ID tokens of the provider are believed, for plugins
	// that get some in another way; nil: the provider does not tell.
	IDTokens *IDTokenRule
	// EndSession returns the URL that ends the session at the provider, or ""
	// where this session cannot be ended; nil: the provider has no logout.
	EndSession func(r *EndSessionRequest) string

	// Resolve returns the provider with what it says of itself, for those that
	// have to be asked: it is called wherever the provider is used, and keeps
	// what it learned. Only Name and CallbackPath need to be set beside it, and
	// must be the same in what it returns. nil: the provider is as it is.
	Resolve func(ctx context.Context) (*Provider, error)
}

// EndSessionRequest asks a provider to end its session (OpenID Connect
// RP-Initiated Logout 1.0, section 2).
type EndSessionRequest struct {
	IDToken     string // that the session came with; empty: none is kept
	RedirectURI string // where the browser goes afterwards, absolute; empty: the configured place
	State       string // passed along to RedirectURI
	Origin      string // of this server, for configured places that are relative
}

// ID returns the provider's name.
func (p *Provider) ID() string { return p.Name }

// RedirectPath returns the path of the provider's callback below the base
// URL.
func (p *Provider) RedirectPath() string {
	switch {
	case p.CallbackPath == "":
		return "/callback/" + p.Name
	case p.CallbackPath[0] != '/':
		return "/" + p.CallbackPath
	}
	return p.CallbackPath
}

// AuthorizationRequest is what varies between the requests to a provider.
type AuthorizationRequest struct {
	State        string
	CodeVerifier string   // of PKCE (RFC 7636)
	Nonce        string   // empty: none
	RedirectURI  string   // where the provider sends the browser back to
	Scopes       []string // besides the configured ones
	LoginHint    string
	Display      string
	Additional   *Params // further parameters of the caller's; nil: none
}

// ExchangeRequest redeems a code.
type ExchangeRequest struct {
	Code, CodeVerifier, RedirectURI string
	DeviceID                        string // VK's
	Nonce                           string // that the ID token must repeat; empty: it is not compared
}

// Tokens are what a provider hands out. Members are zero where it did not.
type Tokens struct {
	Type                  string
	AccessToken           string
	RefreshToken          string
	IDToken               string
	AccessTokenExpiresAt  time.Time
	RefreshTokenExpiresAt time.Time
	Scopes                []string
	// Raw is the provider's whole answer.
	Raw json.RawMessage
	// FirstName and LastName are what the browser brings along from Apple at
	// the first sign-in, unsigned.
	FirstName, LastName string
}

// Identity is a user as the provider knows them.
type Identity struct {
	// Subject is the provider's permanent name for the user, never empty.
	Subject string
	Name    string
	Email   string // empty where the provider does not tell
	// EmailVerified says that the provider vouches for the address.
	EmailVerified bool
	Image         string
	// Fields are values for columns that were added to users, by name.
	Fields map[string]json.RawMessage
	// Profile is the provider's own description of the user.
	Profile json.RawMessage
}

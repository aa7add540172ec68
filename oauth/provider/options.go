package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// ClientIDs are the ids of one's applications at a provider. The first one is
// used for requests; ID tokens issued to any of them are taken. In JSON it is
// a string or a list.
type ClientIDs []string

// UnmarshalJSON reads a string or a list of strings.
func (c *ClientIDs) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*c = ClientIDs{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(c))
}

func (c ClientIDs) primary() string {
	if len(c) == 0 {
		return ""
	}
	return c[0]
}

// Options configure a provider. JSON names are the reference's. Options that
// only some providers have name them in the tag "only"; [New] refuses them
// for others.
type Options struct {
	ClientID     ClientIDs `json:"clientId"`
	ClientSecret string    `json:"clientSecret"`
	ClientKey    string    `json:"clientKey"` // TikTok's client id; others send it along when it is set

	Scope               []string `json:"scope"` // besides the default ones
	DisableDefaultScope bool     `json:"disableDefaultScope"`
	RedirectURI         string   `json:"redirectURI"`           // replaces the one made of the base URL
	AuthorizationURL    string   `json:"authorizationEndpoint"` // replaces the provider's
	Prompt              string   `json:"prompt"`

	DisableSignUp            bool `json:"disableSignUp"`
	DisableImplicitSignUp    bool `json:"disableImplicitSignUp"`
	DisableIDTokenSignIn     bool `json:"disableIdTokenSignIn"`
	OverrideUserInfoOnSignIn bool `json:"overrideUserInfoOnSignIn"`
	RequireEmailVerification bool `json:"requireEmailVerification"`

	AccessType            string   `json:"accessType" only:"dropbox google"`
	AppBundleIdentifier   string   `json:"appBundleIdentifier" only:"apple"`
	Audience              []string `json:"audience" only:"apple"`
	Authority             string   `json:"authority" only:"microsoft"`
	Claims                []string `json:"claims" only:"twitch"`
	ConfigID              string   `json:"configId" only:"facebook"`
	DisableProfilePhoto   bool     `json:"disableProfilePhoto" only:"microsoft"`
	Display               string   `json:"display" only:"google"`
	Domain                string   `json:"domain" only:"cognito"`
	Duration              string   `json:"duration" only:"reddit"`
	Environment           string   `json:"environment" only:"paypal salesforce"`
	Fields                []string `json:"fields" only:"facebook"`
	HostedDomain          string   `json:"hd" only:"google"`
	IdentityProvider      string   `json:"identityProvider" only:"cognito"`
	IncludeGrantedScopes  *bool    `json:"includeGrantedScopes" only:"google"` // nil: true
	Issuer                string   `json:"issuer" only:"gitlab paybin"`
	Lang                  string   `json:"lang" only:"wechat"`
	LoginURL              string   `json:"loginUrl" only:"salesforce"`
	Permissions           *int64   `json:"permissions" only:"discord"`
	PKCE                  *bool    `json:"pkce" only:"zoom"` // nil: true
	ProfilePhotoSize      int      `json:"profilePhotoSize" only:"microsoft"`
	Region                string   `json:"region" only:"cognito"`
	RequireClientSecret   bool     `json:"requireClientSecret" only:"cognito"`
	TenantID              string   `json:"tenantId" only:"microsoft"`
	TokenEndpointAuth     string   `json:"tokenEndpointAuthMethod" only:"cloudflare vercel"`
	UserPoolID            string   `json:"userPoolId" only:"cognito"`
	ClientAssertionKey    string   `json:"clientAssertionKey" only:"cloudflare microsoft vercel"` // JWK or PEM, for private_key_jwt
	ClientAssertionKeyID  string   `json:"clientAssertionKeyId" only:"cloudflare microsoft vercel"`
	ClientAssertionAlg    string   `json:"clientAssertionAlgorithm" only:"cloudflare microsoft vercel"`
	ClientAssertionSigner Signer   `json:"-" only:"cloudflare microsoft vercel"` // instead of a key

	// MapProfileToUser changes what becomes of a profile; nil leaves it.
	MapProfileToUser func(profile json.RawMessage, user *User) error `json:"-"`
	// UserInfo replaces how the user is found out.
	UserInfo func(ctx context.Context, t *oauth.Tokens) (*oauth.Identity, error) `json:"-"`
	// RefreshAccessToken replaces how tokens are renewed.
	RefreshAccessToken func(ctx context.Context, refreshToken string) (*oauth.Tokens, error) `json:"-"`
	// VerifyIDToken replaces how ID tokens that a client got by itself are
	// verified, and lets a provider take them that takes none.
	VerifyIDToken func(ctx context.Context, idToken, nonce string) error `json:"-"`

	// Client makes the requests; nil: a client that reaches public addresses
	// only.
	Client *oauth.Client `json:"-"`
}

// Signer returns a fresh client assertion (RFC 7523) for an endpoint.
type Signer func(ctx context.Context, endpoint string) (string, error)

// User is what becomes of a profile in the table of users.
type User struct {
	Name, Email, Image string
	EmailVerified      bool
	Fields             map[string]json.RawMessage // for added columns, by name
}

// New returns the provider of that name. It returns an error for an unknown
// name, missing credentials, and options that the provider does not have.
func New(name string, o Options) (*oauth.Provider, error) {
	build, ok := builtin[name]
	if !ok {
		return nil, fmt.Errorf("provider: there is no provider %q; there are %s", name, strings.Join(Names(), ", "))
	}
	if err := o.check(name); err != nil {
		return nil, fmt.Errorf("provider: %s: %w", name, err)
	}
	if o.Client == nil {
		o.Client = oauth.NewClient(oauth.ClientOptions{})
	}
	s, err := build(&o)
	if err == nil {
		s.name, s.o = name, &o
		err = s.check()
	}
	if err != nil {
		return nil, fmt.Errorf("provider: %s: %w", name, err)
	}
	return s.provider(), nil
}

// Names returns the names of all providers, sorted.
func Names() []string {
	names := make([]string, 0, len(builtin))
	for name := range builtin {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check refuses options of other providers: whoever sets one expects that it
// does something.
func (o *Options) check(name string) error {
	value := reflect.ValueOf(o).Elem()
	for i := range value.NumField() {
		field := value.Type().Field(i)
		only := field.Tag.Get("only")
		if only != "" && !value.Field(i).IsZero() && !slices.Contains(strings.Fields(only), name) {
			option, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if option == "-" {
				option = field.Name
			}
			return fmt.Errorf("it has no option %q", option)
		}
	}
	return nil
}

// assertion returns what signs client assertions, or nil where none is
// configured.
func (o *Options) assertion() (Signer, error) {
	switch {
	case o.ClientAssertionSigner != nil:
		return o.ClientAssertionSigner, nil
	case o.ClientAssertionKey == "":
		return nil, nil
	}
	key, err := oauth.ParsePrivateKey([]byte(o.ClientAssertionKey), token.Algorithm(o.ClientAssertionAlg), o.ClientAssertionKeyID)
	if err != nil {
		return nil, err
	}
	return oauth.NewAssertion(o.ClientID.primary(), key, o.Client.Now), nil
}

var (
	errClientID     = errors.New("clientId is missing")
	errClientSecret = errors.New("clientSecret is missing")
)

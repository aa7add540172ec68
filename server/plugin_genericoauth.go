package server

import (
	"net/url"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/origin"
	"github.com/watchword-auth/watchword/plugin/genericoauth"
	"github.com/watchword-auth/watchword/server/config"
	"github.com/watchword-auth/watchword/token"
)

// genericProvider is an entry of genericOAuth.config. Preset names a function
// of the reference in place of its call.
type genericProvider struct {
	Preset   string `key:"preset"`
	Domain   string `key:"domain"`
	Issuer   string `key:"issuer"`
	TenantID string `key:"tenantId"`

	ProviderID                 string            `key:"providerId"`
	Name                       string            `key:"name"`
	DiscoveryURL               string            `key:"discoveryUrl"`
	AuthorizationURL           string            `key:"authorizationUrl"`
	TokenURL                   string            `key:"tokenUrl"`
	UserInfoURL                string            `key:"userInfoUrl"`
	EndSessionEndpoint         string            `key:"endSessionEndpoint"`
	PostLogoutRedirectURI      string            `key:"postLogoutRedirectURI"`
	DisableProviderLogout      bool              `key:"disableProviderLogout"`
	ClientID                   string            `key:"clientId"`
	ClientSecret               string            `key:"clientSecret"`
	Authentication             string            `key:"authentication"`
	TokenEndpointAuth          tokenEndpointAuth `key:"tokenEndpointAuth"`
	Scopes                     []string          `key:"scopes"`
	RedirectURI                string            `key:"redirectURI"`
	ResponseType               string            `key:"responseType"`
	ResponseMode               string            `key:"responseMode"`
	Prompt                     string            `key:"prompt"`
	PKCE                       *bool             `key:"pkce"`
	AccessType                 string            `key:"accessType"`
	AccessTokenExpiresIn       *config.Seconds   `key:"accessTokenExpiresIn"`
	AuthorizationURLParams     map[string]string `key:"authorizationUrlParams"`
	TokenURLParams             map[string]string `key:"tokenUrlParams"`
	RefreshTokenParams         map[string]string `key:"refreshTokenParams"`
	DiscoveryHeaders           map[string]string `key:"discoveryHeaders"`
	AuthorizationHeaders       map[string]string `key:"authorizationHeaders"`
	DisableImplicitSignUp      bool              `key:"disableImplicitSignUp"`
	DisableSignUp              bool              `key:"disableSignUp"`
	OverrideUserInfo           bool              `key:"overrideUserInfo"`
	RequireEmailVerification   bool              `key:"requireEmailVerification"`
	AllowIDPInitiated          bool              `key:"allowIdpInitiated"`
	RequireIDTokenVerification bool              `key:"requireIdTokenVerification"`
	DisableIDTokenNonceBinding bool              `key:"disableIdTokenNonceBinding"`
	AllowPrivateAddresses      bool              `key:"allowPrivateAddresses"`
}

type tokenEndpointAuth struct {
	Method               string `key:"method"`
	ClientAssertionKey   string `key:"clientAssertionKey"`
	ClientAssertionKeyID string `key:"clientAssertionKeyId"`
	ClientAssertionAlg   string `key:"clientAssertionAlgorithm"`
}

func newGenericOAuth(in pluginInput) (core.Plugin, error) {
	var o struct {
		Config []genericProvider `key:"config"`
		Legacy bool              `key:"legacyRoutes"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	options := genericoauth.Options{Legacy: o.Legacy}
	for i := range o.Config {
		g := &o.Config[i]
		g.AllowPrivateAddresses = g.AllowPrivateAddresses || atHome(in.options.BaseURL) && g.atHome()
		p, err := g.provider(in.client)
		if err != nil {
			return nil, in.Errorf("config", "%s", strings.TrimPrefix(err.Error(), "genericoauth: "))
		}
		options.Providers = append(options.Providers, p)
	}
	p, err := genericoauth.New(options)
	if err != nil {
		return nil, in.Errorf("config", "%s", strings.TrimPrefix(err.Error(), "genericoauth: "))
	}
	return p, nil
}

// atHome reports whether the file itself names the provider on this machine. An
// instance that is there too is one that somebody develops with.
func (g *genericProvider) atHome() bool {
	return slices.ContainsFunc([]string{g.DiscoveryURL, g.AuthorizationURL, g.TokenURL, g.UserInfoURL, g.Issuer}, atHome)
}

func atHome(address string) bool {
	u, err := url.Parse(address)
	return err == nil && origin.IsLoopback(u.Host)
}

func (g *genericProvider) provider(client *oauth.Client) (genericoauth.Provider, error) {
	p := genericoauth.Provider{
		ID: g.ProviderID, Name: g.Name, DiscoveryURL: g.DiscoveryURL, AuthorizationURL: g.AuthorizationURL, TokenURL: g.TokenURL,
		UserInfoURL: g.UserInfoURL, EndSessionURL: g.EndSessionEndpoint, PostLogoutRedirectURI: g.PostLogoutRedirectURI,
		DisableLogout: g.DisableProviderLogout, ClientID: g.ClientID, ClientSecret: g.ClientSecret,
		Auth: oauth.AuthMethod(g.TokenEndpointAuth.Method), Scopes: g.Scopes, RedirectURI: g.RedirectURI,
		ResponseType: g.ResponseType, ResponseMode: g.ResponseMode, Prompt: g.Prompt, DisablePKCE: !isTrue(g.PKCE, true),
		AccessType: g.AccessType, AccessTokenExpiresIn: g.AccessTokenExpiresIn.Duration(),
		AuthorizationParams: g.AuthorizationURLParams, TokenParams: g.TokenURLParams, RefreshParams: g.RefreshTokenParams,
		DiscoveryHeader: g.DiscoveryHeaders, TokenHeader: g.AuthorizationHeaders,
		DisableImplicitSignUp: g.DisableImplicitSignUp, DisableSignUp: g.DisableSignUp, OverrideUserInfo: g.OverrideUserInfo,
		RequireEmailVerification: g.RequireEmailVerification, AllowIDPInitiated: g.AllowIDPInitiated,
		RequireIDTokenVerification: g.RequireIDTokenVerification, DisableNonce: g.DisableIDTokenNonceBinding,
		InsecureAllowPrivate: g.AllowPrivateAddresses,
	}
	if !p.InsecureAllowPrivate {
		p.Client = client // one's own network is not behind the proxy
	}
	if p.Auth == "" && g.Authentication == "basic" {
		p.Auth = oauth.AuthBasic
	}
	if a := g.TokenEndpointAuth; a.ClientAssertionKey != "" {
		key, err := oauth.ParsePrivateKey([]byte(a.ClientAssertionKey), token.Algorithm(a.ClientAssertionAlg), a.ClientAssertionKeyID)
		if err != nil {
			return p, err
		}
		p.Assertion = oauth.NewAssertion(p.ClientID, key, nil)
	}
	return g.preset(p)
}

func (g *genericProvider) preset(p genericoauth.Provider) (genericoauth.Provider, error) {
	switch g.Preset {
	case "":
		return p, nil
	case "auth0":
		return genericoauth.Auth0(g.Domain, p), nil
	case "keycloak":
		return genericoauth.Keycloak(g.Issuer, p), nil
	case "okta":
		return genericoauth.Okta(g.Issuer, p), nil
	case "microsoftEntraId":
		return genericoauth.MicrosoftEntraID(g.TenantID, p)
	case "gumroad":
		return genericoauth.Gumroad(p), nil
	case "hubspot":
		return genericoauth.HubSpot(p), nil
	case "line":
		return genericoauth.Line(p), nil
	case "patreon":
		return genericoauth.Patreon(p), nil
	case "slack":
		return genericoauth.Slack(p), nil
	case "yandex":
		return genericoauth.Yandex(p), nil
	}
	return p, unknownPreset(g.Preset)
}

type unknownPreset string

// Error names the presets there are.
func (u unknownPreset) Error() string {
	return "there is no preset " + string(u) +
		"; there are auth0, gumroad, hubspot, keycloak, line, microsoftEntraId, okta, patreon, slack, yandex"
}

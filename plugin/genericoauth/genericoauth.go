// Package genericoauth lets users sign in at any OAuth 2 or OpenID Connect
// provider.
//
//	p, err := genericoauth.New(genericoauth.Options{Providers: []genericoauth.Provider{{
//		ID: "company", DiscoveryURL: "https://id.example.com/.well-known/openid-configuration",
//		ClientID: …, ClientSecret: …, Scopes: []string{"openid", "profile", "email"},
//	}}})
//	o.Plugins = append(o.Plugins, p)
//
// The providers are social providers like the built-in ones: POST
// /sign-in/social, GET /callback/{id} and POST /link-social are their routes.
// Functions such as [Okta] and [Keycloak] fill in what is known of a provider.
//
// A provider with a discovery document is asked for it when it is first used,
// and again now and then; one that does not answer is there again as soon as
// it does. Where the document names keys, every ID token must be signed with
// one of them, and repeat the nonce of the request. Requests go to public
// addresses over https only, unless [Provider.InsecureAllowPrivate] is set.
package genericoauth

import (
	"fmt"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// Options configure the plugin.
type Options struct {
	Providers []Provider
	// Legacy adds the routes that clients of Better Auth 1.6 use: POST
	// /sign-in/oauth2, GET /oauth2/callback/{providerId} and POST
	// /oauth2/link. Providers then send browsers to the second one, which is
	// what was registered with them.
	Legacy bool
}

// Plugin is the generic-oauth plugin.
type Plugin struct {
	o         Options
	providers []*oauth.Provider
}

// New makes the plugin. It returns an error for a provider that lacks what it
// needs, or has options that exclude each other.
func New(o Options) (*Plugin, error) {
	p := &Plugin{o: o}
	for i := range o.Providers {
		config := o.Providers[i]
		if err := config.check(); err != nil {
			return nil, fmt.Errorf("genericoauth: provider %q: %w", config.ID, err)
		}
		s := newSource(&config)
		if o.Legacy {
			s.callbackPath = "/oauth2/callback/" + config.ID
		}
		p.providers = append(p.providers, s.provider())
	}
	return p, nil
}

// ID names the plugin.
func (*Plugin) ID() string { return "generic-oauth" }

// Register adds the providers, and the older routes where they are wanted.
func (p *Plugin) Register(r *core.Registrar) error {
	for _, provider := range p.providers {
		r.SocialProvider(provider)
	}
	if p.o.Legacy {
		p.registerLegacy(r)
	}
	return nil
}

package server

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/server/config"
)

// providers makes the social providers the file names, in its order.
func (f *file) providers(o *core.Options) error {
	if f.SocialProviders == nil {
		return nil
	}
	client := f.providerClient()
	var faults []error
	err := f.SocialProviders.Members(func(key, value *config.Node) error {
		p, err := socialProvider(key, value, client)
		if faults = append(faults, err); p != nil {
			o.SocialProviders = append(o.SocialProviders, p)
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

// proxyURL is the URL of an HTTP proxy; nil: none.
type proxyURL struct{ url *url.URL }

// DecodeConfig takes an http or https URL.
func (p *proxyURL) DecodeConfig(n *config.Node) error {
	var text string
	if err := config.Decode(n, &text); err != nil || text == "" {
		return err
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return n.Errorf("expected the URL of an HTTP proxy, such as http://proxy.example.com:3128")
	}
	p.url = u
	return nil
}

// providerClient makes the requests to providers on the public internet; nil
// where they need no client of their own.
func (f *file) providerClient() *oauth.Client {
	if f.OutboundProxy.url == nil {
		return nil
	}
	return oauth.NewClient(oauth.ClientOptions{Proxy: f.OutboundProxy.url})
}

// socialProvider returns nil for one that is switched off.
func socialProvider(key, value *config.Node, client *oauth.Client) (core.SocialProvider, error) {
	if names := provider.Names(); !slices.Contains(names, key.Name()) {
		return nil, key.Unknown(names)
	}
	var in struct {
		provider.Options
		Enabled *bool `key:"enabled"`
		// ResponseMode is taken and, as in the reference, of no effect.
		ResponseMode string `key:"responseMode"`
	}
	if err := config.Decode(value, &in); err != nil {
		return nil, err
	}
	if !isTrue(in.Enabled, true) {
		return nil, nil
	}
	in.Client = client
	p, err := provider.New(key.Name(), in.Options)
	if err != nil {
		return nil, value.Errorf("%s", strings.TrimPrefix(err.Error(), "provider: "+key.Name()+": "))
	}
	return p, nil
}

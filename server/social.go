package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/server/config"
)

// providers makes the social providers the file names, in its order.
func (f *file) providers(o *core.Options) error {
	if f.SocialProviders == nil {
		return nil
	}
	var faults []error
	err := f.SocialProviders.Members(func(key, value *config.Node) error {
		p, err := socialProvider(key, value)
		if faults = append(faults, err); p != nil {
			o.SocialProviders = append(o.SocialProviders, p)
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

// socialProvider returns nil for one that is switched off.
func socialProvider(key, value *config.Node) (core.SocialProvider, error) {
	if names := provider.Names(); !slices.Contains(names, key.Name()) {
		return nil, key.Unknown(names)
	}
	var in struct {
		provider.Options
		Enabled *bool `key:"enabled"`
	}
	if err := config.Decode(value, &in); err != nil {
		return nil, err
	}
	if !isTrue(in.Enabled, true) {
		return nil, nil
	}
	p, err := provider.New(key.Name(), in.Options)
	if err != nil {
		return nil, value.Errorf("%s", strings.TrimPrefix(err.Error(), "provider: "+key.Name()+": "))
	}
	return p, nil
}

package oauth

import (
	"github.com/watchword-auth/watchword/core"
)

// Find returns the provider of that name as it is now, or
// [core.ErrProviderNotFound]: also where what it says of itself cannot be had,
// as nothing can be done with it then.
func Find(c *core.Context, name string) (*Provider, error) {
	registered, ok := c.Kernel().SocialProvider(name)
	p, isOurs := registered.(*Provider)
	if !ok || !isOurs {
		return nil, core.ErrProviderNotFound
	}
	if p.Resolve == nil {
		return p, nil
	}
	resolved, err := p.Resolve(c)
	if err != nil {
		c.Log().ErrorContext(c, "a provider cannot be used", "provider", name, "error", err)
		return nil, core.ErrProviderNotFound.Wrap(err)
	}
	return resolved, nil
}

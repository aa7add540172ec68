package core

import "time"

// CacheSigner signs the cached copies of sessions in place of the
// deployment's secret, so that others can verify them who must not know it.
// Both functions are needed.
type CacheSigner struct {
	// Sign returns the cookie's value for a JSON object with the session and
	// its user, valid for age.
	Sign func(c *Context, current *Current, payload []byte, age time.Duration) (string, error)
	// Open returns the object of a value that still holds.
	Open func(c *Context, value string) (payload []byte, ok bool)
}

// SignSessionCache makes a signer that of the cookie cache, whose strategy
// must be [CacheJWT].
func (r *Registrar) SignSessionCache(s CacheSigner) {
	switch {
	case r.k.options.Session.CookieCache.Strategy != CacheJWT:
		r.fail("Options.Session.CookieCache.Strategy must be %q for another signer", CacheJWT)
	case r.k.cache.signer.Sign != nil:
		r.fail("another plugin signs the session cache already")
	}
	r.k.cache.signer = s
}

func (cc *cookieCache) sign(c *Context, current *Current, payload []byte, age time.Duration) (string, error) {
	if cc.signer.Sign != nil {
		return cc.signer.Sign(c, current, payload, age)
	}
	return cc.seal(payload, c.Now(), age)
}

func (cc *cookieCache) verify(c *Context, value string) ([]byte, bool) {
	if cc.signer.Open != nil {
		return cc.signer.Open(c, value)
	}
	return cc.open(value, c.Now())
}

package core

import (
	"fmt"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/cachecookie"
)

// cookieCache writes and reads the session_data cookie: session and user
// under a signature, so that a request needs no storage.
type cookieCache struct {
	k      *Kernel
	codec  cachecookie.Codec
	signer CacheSigner // of a plugin; its functions are nil where there is none
	after  []func(c *Context, current *Current)
}

func newCookieCache(k *Kernel) (*cookieCache, error) {
	codec, err := cachecookie.New(k.options.Session.CookieCache.Strategy, k.ring, k.random)
	if err != nil {
		return nil, fmt.Errorf("watchword: Options.Session.CookieCache.Strategy: %w", err)
	}
	return &cookieCache{k: k, codec: codec}, nil
}

// write sets the cache cookies of a session.
func (cc *cookieCache) write(c *Context, current *Current, dontRemember bool) {
	o := &cc.k.options.Session.CookieCache
	if !o.Enabled {
		return
	}
	t, now := cc.k.tables, c.Now()
	payload := append(make([]byte, 0, 1024), `{"session":`...)
	payload = t.Sessions.AppendJSON(payload, current.Session)
	payload = append(payload, `,"user":`...)
	payload = t.Users.AppendJSON(payload, current.User)
	payload = append(payload, `,"updatedAt":`...)
	payload = strconv.AppendInt(payload, now.UnixMilli(), 10)
	payload = append(payload, `,"version":`...)
	payload = append(db.AppendJSONString(payload, cc.version(current)), '}')
	age, cookieAge := o.MaxAge, o.MaxAge
	if own, ok := cc.k.cookies.data.MaxAge(); ok {
		age = own
	}
	if dontRemember {
		age, cookieAge = cc.shortAge(), cookie.Session
	}
	value, err := cc.sign(c, current, payload, age)
	if err != nil {
		c.Log().ErrorContext(c, "the session cache cookie could not be made", "error", err)
		return
	}
	cc.setChunks(c, value, cookieAge)
	for _, f := range cc.after {
		f(c, current)
	}
}

// shortAge is how long a copy holds that ends with the browser.
func (cc *cookieCache) shortAge() time.Duration {
	if cc.k.options.Session.CookieCache.Strategy == CacheCompact {
		return time.Minute
	}
	return 5 * time.Minute
}

// renew writes a copy anew that is about to end, where sessions have no store
// to be read from. The session itself is not prolonged.
func (cc *cookieCache) renew(c *Context, current *Current, until time.Time) {
	o := &cc.k.options.Session
	if o.CookieCache.RefreshCache == nil || !*o.CookieCache.RefreshCache ||
		until.Sub(c.Now()) >= *o.CookieCache.RefreshUpdateAge {
		return
	}
	cc.write(c, current, false)
	age := o.ExpiresIn
	if c.dontRemember() {
		age = cookie.Session
	}
	c.Cookies().SetSigned(cc.k.cookies.token, current.Session.Token, age)
}

func (cc *cookieCache) version(current *Current) string {
	o := &cc.k.options.Session.CookieCache
	if o.VersionFunc != nil {
		return o.VersionFunc(current.Session, current.User)
	}
	return o.Version
}

func (cc *cookieCache) setChunks(c *Context, value string, age time.Duration) {
	if !c.Cookies().SetChunked(cc.k.cookies.data, value, age) {
		c.Log().WarnContext(c, "the session does not fit into cookies; it is not cached", "bytes", len(value))
	}
}

// read returns the session of the cache cookies if they hold for the token, and
// until when they do.
func (cc *cookieCache) read(c *Context, sessionToken string) (found *Current, until time.Time) {
	value, ok := c.Cookies().GetChunked(cc.k.cookies.data)
	if !ok || value == "" {
		return nil, until
	}
	now := c.Now()
	payload, until, ok := cc.verify(c, value)
	if !ok {
		return nil, until
	}
	current, version, err := cc.k.tables.parseCurrent(payload)
	if err != nil {
		return nil, until
	}
	if current.Session.Token != sessionToken || current.Session.ExpiresAt.Before(now) ||
		current.User.ID == "" || current.User.ID != current.Session.UserID ||
		or(version, "1") != cc.version(current) {
		return nil, until
	}
	return current, until
}

// present reports whether the request carries any cache cookie.
func (cc *cookieCache) present(c *Context) bool {
	_, ok := c.Cookies().GetChunked(cc.k.cookies.data)
	return ok
}

// clearPresent expires what the request carries, for caches that were written
// before they were switched off.
func (cc *cookieCache) clearPresent(c *Context) { c.Cookies().ExpirePresent(cc.k.cookies.data) }

// clear expires the cookie and all of its chunks.
func (cc *cookieCache) clear(c *Context) { c.Cookies().ExpireChunked(cc.k.cookies.data) }

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

// AfterSessionCache calls f whenever an answer writes the cached copy of a
// session, for what is kept in the browser as long as that.
func (r *Registrar) AfterSessionCache(f func(c *Context, current *Current)) {
	r.k.cache.after = append(r.k.cache.after, f)
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
	return cc.codec.Seal(payload, c.Now(), age)
}

func (cc *cookieCache) verify(c *Context, value string) (payload db.Valid, until time.Time, ok bool) {
	if cc.signer.Open == nil {
		return cc.codec.Open(value, c.Now())
	}
	data, ok := cc.signer.Open(c, value)
	payload, err := db.Check(data)
	return payload, cachecookie.Expiry(payload), ok && err == nil
}

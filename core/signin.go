package core

import "time"

// SignIn creates a session for a user, sets its cookies and makes it the
// call's own. Every way to sign in ends here, so that hooks that watch for
// new sessions see all of them.
func (c *Context) SignIn(u *User, options NewSession) (*Current, error) {
	session, err := c.Sessions().Create(u, options)
	if err != nil {
		return nil, err
	}
	current := &Current{session, u}
	c.SetSession(current, options.DontRemember)
	return current, nil
}

// SetSession sets the cookies of a session that exists and makes it the
// call's own.
func (c *Context) SetSession(current *Current, dontRemember bool) {
	c.setSessionCookies(current, dontRemember)
	c.call.newSession = current
	c.UseSession(current)
}

// ReplaceSession is [Context.SetSession] for a session that takes the place of
// the browser's: whether it ends with the browser stays.
func (c *Context) ReplaceSession(current *Current) { c.SetSession(current, c.dontRemember()) }

// NewSession returns the session this call signed in, or nil. Hooks that
// intercept sign-ins look here.
func (c *Context) NewSession() *Current { return c.call.newSession }

// ForgetNewSession takes a sign-in back: the call then has no new session.
// The session itself and its cookies are the caller's to remove.
func (c *Context) ForgetNewSession() {
	c.call.newSession = nil
	c.UseSession(nil)
}

// RefreshSessionCookies sets the cookies of the session anew, so that what
// they cache is what was just changed. Whether it ends with the browser stays.
func (c *Context) RefreshSessionCookies(current *Current) {
	c.setSessionCookies(current, c.dontRemember())
}

// ClearSession expires all cookies of the session and leaves the call without
// one. Storage is not touched.
func (c *Context) ClearSession() {
	c.clearSessionCookies()
	c.UseSession(nil)
}

func (c *Context) setSessionCookies(current *Current, dontRemember bool) {
	s, k := c.Cookies(), &c.k.cookies
	age := int64(c.k.options.Session.ExpiresIn / time.Second)
	if dontRemember {
		age = -1
	}
	// The session's own lifetime wins over one that an option gives the cookie.
	f := s.form(k.token)
	s.set(f.name, c.k.ring.Sign(current.Session.Token), f.tail, age)
	if dontRemember {
		s.SetSigned(k.dontRemember, "true", SessionCookie)
	} else if c.dontRemember() {
		s.Expire(k.dontRemember)
	}
	c.k.cache.write(c, current, dontRemember)
}

func (c *Context) clearSessionCookies() {
	c.expireSessionCookies()
	c.Cookies().Expire(c.k.cookies.dontRemember)
}

// expireSessionCookies leaves the note whether sessions end with the browser.
func (c *Context) expireSessionCookies() {
	s, k := c.Cookies(), &c.k.cookies
	s.Expire(k.token)
	c.k.cache.clear(c)
	if c.k.options.Account.StoreAccountCookie {
		s.ExpireChunked(k.account)
	}
	if c.k.options.Account.StoreStateStrategy == StateInCookie {
		s.Expire(k.oauthState)
	}
}

// EndsWithBrowser reports whether the session the request was made in is to
// end with the browser.
func (c *Context) EndsWithBrowser() bool { return c.dontRemember() }

func (c *Context) dontRemember() bool {
	value, ok := c.Cookies().GetSigned(c.k.cookies.dontRemember)
	return ok && value != ""
}

// SessionCookieDef returns the cookie that carries the session token.
func (c *Context) SessionCookieDef() *CookieDef { return c.k.cookies.token }

// ForgetEndsWithBrowser drops the browser's note that its session is to end
// with it.
func (c *Context) ForgetEndsWithBrowser() { c.Cookies().Expire(c.k.cookies.dontRemember) }

// RefreshSessionCache sets the cached copy of the session anew, where there is
// a cookie cache, and no other cookie.
func (c *Context) RefreshSessionCache(current *Current) {
	c.k.cache.write(c, current, c.dontRemember())
}

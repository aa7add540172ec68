package core

import (
	"github.com/watchword-auth/watchword/cookie"
)

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
	age := c.k.options.Session.ExpiresIn
	if dontRemember {
		age = cookie.Session
	}
	s.SetSigned(k.token, current.Session.Token, age)
	if dontRemember {
		s.SetSigned(k.dontRemember, "true", cookie.Session)
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
func (c *Context) SessionCookieDef() *cookie.Def { return c.k.cookies.token }

// ForgetEndsWithBrowser drops the browser's note that its session is to end
// with it.
func (c *Context) ForgetEndsWithBrowser() { c.Cookies().Expire(c.k.cookies.dontRemember) }

// RefreshSessionCache sets the cached copy of the session anew, where there is
// a cookie cache, and no other cookie.
func (c *Context) RefreshSessionCache(current *Current) {
	c.k.cache.write(c, current, c.dontRemember())
}

// InterceptSignIn adds an after hook that runs before those of everybody else,
// whatever order the plugins are given in: for plugins that ask for more
// before somebody is signed in. What it takes back with
// [Context.TakeBackSignIn] no other hook sees.
func (r *Registrar) InterceptSignIn(match Matcher, hook AfterHook) {
	r.k.intercept = append(r.k.intercept, matched[AfterHook]{match, hook})
}

// TakeBackSignIn undoes the sign-in of this call: the session ends, its cookies
// are withdrawn, and the call has no new session. Whether the session was to
// end with the browser is kept in the browser, for the sign-in that follows.
func (c *Context) TakeBackSignIn() error {
	current := c.call.newSession
	if current == nil {
		return nil
	}
	c.expireSessionCookies()
	c.ForgetNewSession()
	return c.Sessions().Delete(current.Session.Token)
}

// RotateSession gives the browser a session in place of its own after the
// user's rights or proofs changed: with another token, and what the old one
// was otherwise. It does not become fresh and does not live longer. The old
// token is worth nothing afterwards.
func (c *Context) RotateSession(old *Session, u *User) (*Current, error) {
	var current *Current
	err := c.Transaction(func(c *Context) error {
		session, err := c.Sessions().Create(u, NewSession{Shape: func(s *Session) {
			s.IPAddress, s.UserAgent = old.IPAddress, old.UserAgent
			s.CreatedAt, s.ExpiresAt, s.Extra = old.CreatedAt, old.ExpiresAt, old.Clone()
		}})
		if err != nil {
			return err
		}
		current = &Current{session, u}
		c.ReplaceSession(current)
		return c.Sessions().Delete(old.Token)
	})
	return current, err
}

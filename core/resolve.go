package core

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/kv"
)

// Resolve says how a session is to be read.
type Resolve struct {
	SkipCache   bool // read storage even where the cookie cache holds
	SkipRefresh bool // leave the expiry as it is
	ReadOnly    bool // write nothing to storage: report NeedsRefresh instead
}

// Resolved is what [Context.ResolveSession] found. Current is nil where there
// is no session.
type Resolved struct {
	Current      *Current
	Cached       bool // the cookie cache answered: storage may know better
	Deferred     bool // storage was read and not written: NeedsRefresh is known
	NeedsRefresh bool // the session is due to be prolonged
}

// ResolveSession reads the session the request was made in: from the cookie
// cache if that holds, else from storage. It prolongs the session when it is
// due, rewrites its cookies, and clears those of a session that is gone.
func (c *Context) ResolveSession(how Resolve) (Resolved, error) {
	token, ok := c.Cookies().GetSigned(c.k.cookies.token)
	ok = ok && token != ""
	cache := c.k.cache
	switch enabled := c.k.options.Session.CookieCache.Enabled; {
	case !enabled:
		cache.clearPresent(c)
	case ok && !how.SkipCache && cache.present(c):
		if current, until := cache.read(c, token); current != nil {
			holds, err := c.vet(current, true)
			if holds && err == nil {
				cache.renew(c, current, until)
			}
			if holds || err != nil {
				return Resolved{Current: current, Cached: true}, err
			}
		}
		c.Cookies().Expire(c.k.cookies.data)
	}
	if !ok {
		return Resolved{}, nil
	}
	find := c.Sessions().findCached
	if how.SkipCache {
		find = c.Sessions().Find
	}
	current, err := find(token)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Resolved{}, err
	}
	found := err == nil
	holds := found && !current.Session.ExpiresAt.Before(c.Now())
	if holds {
		if holds, err = c.vet(current, false); err != nil {
			return Resolved{}, err
		}
	}
	if !holds {
		c.clearSessionCookies()
		if found && !how.ReadOnly {
			return Resolved{}, c.Sessions().Delete(token)
		}
		return Resolved{}, nil
	}
	if remembered := !c.dontRemember(); !remembered || how.SkipRefresh {
		return Resolved{Current: current}, nil
	}
	return c.refresh(current, how)
}

// refresh prolongs the session when it is due and rewrites the cache.
func (c *Context) refresh(current *Current, how Resolve) (Resolved, error) {
	o, now := &c.k.options.Session, c.Now()
	due := current.Session.ExpiresAt.Add(-o.ExpiresIn).Add(*o.UpdateAge)
	needed := !due.After(now) && !o.DisableSessionRefresh && c.k.prolongs(current.Session)
	if how.ReadOnly || !needed {
		c.k.cache.write(c, current, false)
		return Resolved{Current: current, Deferred: how.ReadOnly, NeedsRefresh: how.ReadOnly && needed}, nil
	}
	session, err := c.Sessions().update(&Changes[Session]{Key: current.Session.Token, Row: current.Session,
		Set: []db.Assign[Session]{c.k.tables.Sessions.ExpiresAt.To(now.Add(o.ExpiresIn))}})
	if errors.Is(err, db.ErrNotFound) {
		c.clearSessionCookies()
		return Resolved{}, ErrFailedToGetSession.WithStatus(http.StatusUnauthorized)
	}
	if errors.Is(err, kv.ErrUnavailable) && c.k.sessionsInDatabase() {
		return Resolved{Current: current}, nil // found all the same; a later call prolongs it
	}
	if err != nil {
		return Resolved{}, err
	}
	current = &Current{session, current.User}
	c.setSessionCookies(current, false)
	return Resolved{Current: current}, nil
}

// Session returns the session the call was made in, or nil. It is read once
// per call; the cookie cache may answer.
func (c *Context) Session() (*Current, error) {
	if c.call.resolved {
		return c.call.current, nil
	}
	r, err := c.ResolveSession(Resolve{ReadOnly: c.k.options.Session.DeferSessionRefresh})
	if err != nil {
		return nil, err
	}
	c.call.current, c.call.resolved, c.call.cached = r.Current, true, r.Cached
	c.call.stored = !r.Cached && c.k.reads.stored == nil
	return r.Current, nil
}

// StoredSession is [Context.Session] read from storage: for what must not
// rest on a cached copy. Where sessions have no store, the cookie is the
// session itself, and is what is read.
func (c *Context) StoredSession() (*Current, error) {
	if c.call.stored {
		return c.call.current, nil
	}
	r, err := c.ResolveSession(Resolve{SkipCache: c.k.Stateful(), ReadOnly: c.k.options.Session.DeferSessionRefresh})
	if err != nil {
		return nil, err
	}
	c.call.current, c.call.resolved, c.call.cached, c.call.stored = r.Current, true, r.Cached, true
	return r.Current, nil
}

// RequireSession is [Context.Session] that refuses with [ErrUnauthorized]
// where there is none.
func (c *Context) RequireSession() (*Current, error) { return required(c.Session()) }

// RequireStoredSession is [Context.StoredSession] that refuses with
// [ErrUnauthorized] where there is none.
func (c *Context) RequireStoredSession() (*Current, error) { return required(c.StoredSession()) }

// RequireConfirmedSession is [Context.RequireSession] that refuses a session
// that storage does not have any more. Unlike [Context.RequireStoredSession] it
// does not write the cookie cache anew.
func (c *Context) RequireConfirmedSession() (*Current, error) {
	current, err := c.RequireSession()
	if err == nil && !c.call.stored && c.k.Stateful() {
		current, err = c.confirm(current)
	}
	return current, err
}

// RequireFreshSession is [Context.RequireConfirmedSession] that refuses with
// [ErrSessionNotFresh] a session that is not fresh.
func (c *Context) RequireFreshSession() (*Current, error) {
	current, err := c.RequireConfirmedSession()
	if err == nil && !c.IsFresh(current.Session) {
		err = ErrSessionNotFresh
	}
	return current, err
}

// confirm reads a session that was cached from storage, and leaves its cookies
// alone where it is still there.
func (c *Context) confirm(cached *Current) (*Current, error) {
	current, err := c.Sessions().Find(cached.Session.Token)
	if errors.Is(err, db.ErrNotFound) {
		return c.RequireStoredSession()
	}
	if err != nil {
		return nil, err
	}
	holds, err := c.Holds(current)
	switch {
	case err != nil:
		return nil, err
	case !holds:
		return c.RequireStoredSession()
	}
	c.UseSession(current)
	return current, nil
}

// IsFresh reports whether a session was created so recently that it may do
// what needs a recent proof of identity.
func (c *Context) IsFresh(s *Session) bool {
	age := *c.k.options.Session.FreshAge
	return age == 0 || c.Now().Sub(s.CreatedAt) < age
}

func required(current *Current, err error) (*Current, error) {
	if err == nil && current == nil {
		err = ErrUnauthorized
	}
	return current, err
}

// require checks an endpoint's rule before its handler runs.
func (c *Context) require(rule SessionRule) (err error) {
	switch rule {
	case SessionRequired:
		_, err = c.RequireSession()
	case SessionStored:
		_, err = c.RequireStoredSession()
	case SessionConfirmed:
		_, err = c.RequireConfirmedSession()
	case SessionFresh:
		_, err = c.RequireFreshSession()
	case SessionIgnored:
	}
	return err
}

// UseSession makes a session the call's own: for plugins that prove one by
// other means than a cookie.
func (c *Context) UseSession(current *Current) {
	c.call.current, c.call.resolved, c.call.cached, c.call.stored = current, true, false, true
}

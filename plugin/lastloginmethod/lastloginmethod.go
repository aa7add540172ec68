// Package lastloginmethod remembers how somebody signed in last, so that a page
// can offer that way first.
//
//	o.Plugins = append(o.Plugins, lastloginmethod.New(lastloginmethod.Options{}))
//
// The browser keeps it in a cookie that scripts read, and the user's row with
// StoreInDatabase. It is no proof of anything: whoever has the browser can
// change it.
package lastloginmethod

import (
	"cmp"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	// CookieName is the cookie's whole name, which nothing is put before; empty:
	// "better-auth.last_used_login_method".
	CookieName string
	// MaxAge is how long the cookie lives, cut to seconds; 0: 30 days.
	MaxAge time.Duration
	// StoreInDatabase keeps the method in the user's column lastLoginMethod too.
	StoreInDatabase bool
	// Resolve names the method of a call, such as "saml"; nil, and "", leave it
	// to the endpoint. It is asked at every call that makes a session or a user,
	// or sets or withdraws the session's cookie.
	Resolve func(c *core.Context) string
	// BeforeStoreCookie says whether the browser may be given the cookie, for
	// consent to cookies. Its error means no, and is logged. Nil allows it.
	BeforeStoreCookie func(c *core.Context, method string) (bool, error)
}

const (
	defaultName = "better-auth.last_used_login_method"
	defaultAge  = 30 * 24 * time.Hour
)

// Plugin is the last-login-method plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	o.CookieName = cmp.Or(o.CookieName, defaultName)
	o.MaxAge = cmp.Or(o.MaxAge, defaultAge)
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "last-login-method" }

// instance is the plugin within one instance.
type instance struct {
	Options
	cookie *cookie.Def
	column db.Field[core.User, string] // with StoreInDatabase
}

// Register adds the hook that sets the cookie, and the column with those that
// fill it.
func (p *Plugin) Register(r *core.Registrar) error {
	if p.o.MaxAge < time.Second || p.o.MaxAge > cookie.MaxLife {
		return errors.New("last-login-method: MaxAge must be between a second and 400 days, for which browsers keep cookies")
	}
	i := &instance{Options: p.o, cookie: r.OpenCookie(p.o.CookieName)}
	match := core.OnPrefix(entrances...)
	if p.o.Resolve != nil {
		match = core.OnPrefix("/")
	}
	r.After(match, i.remember)
	if p.o.StoreInDatabase {
		i.column = core.AddField[string](r, r.Tables().Users.Table, "lastLoginMethod", db.Input(db.InputRule{Refuse: true}))
		r.OnUser(core.EntityHooks[core.User]{BeforeCreate: i.fill})
		r.OnSession(core.EntityHooks[core.Session]{AfterCreate: i.store})
	}
	return nil
}

// remember gives the browser the cookie with every answer that touches the
// session's: also where a second factor is asked for, which is where the way in
// is known.
func (i *instance) remember(c *core.Context, _ *core.Result) error {
	if !c.Cookies().Sets(c.SessionCookieDef()) {
		return nil
	}
	method := i.method(c)
	if method == "" {
		return nil
	}
	if i.BeforeStoreCookie != nil {
		allowed, err := i.BeforeStoreCookie(c, method)
		if err != nil {
			c.Log().ErrorContext(c, "whether the last login method may be kept in a cookie is not known", "error", err)
		}
		if err != nil || !allowed {
			return nil
		}
	}
	c.Cookies().Set(i.cookie, method, i.MaxAge)
	return nil
}

func (i *instance) fill(c *core.Context, u *core.User) error {
	if method := i.method(c); method != "" {
		i.column.Set(u, method)
	}
	return nil
}

func (i *instance) store(c *core.Context, s *core.Session) error {
	method := i.method(c)
	if method == "" {
		return nil
	}
	_, err := c.Users().Update(s.UserID, i.column.To(method))
	return err
}

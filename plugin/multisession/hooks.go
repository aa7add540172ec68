package multisession

import (
	"errors"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
)

// keep gives the browser the cookie of a session that the call made. What fails
// here fails no sign-in.
func (p *Plugin) keep(c *core.Context, _ *core.Result) error {
	current := c.NewSession()
	if current == nil {
		return nil
	}
	if _, given := c.Cookies().Given(c.SessionCookieDef()); !given {
		return nil
	}
	token := current.Session.Token
	if _, kept := signed(c, token); kept {
		return nil
	}
	if kept := p.replace(c, current); kept >= p.o.MaximumSessions {
		return nil
	}
	age := c.Options().Session.ExpiresIn
	if endsWithBrowser(c, current.Session) {
		age = cookie.Session
	}
	c.Cookies().SetSigned(cookieOf(c, token), token, age)
	return nil
}

// replace ends the browser's other sessions of the user, withdraws the cookies
// of sessions that have ended, and returns how many it keeps.
func (*Plugin) replace(c *core.Context, current *core.Current) (kept int) {
	for _, token := range tokens(c) {
		before, err := find(c, token)
		if err == nil && before != nil && before.User.ID == current.User.ID {
			before, err = nil, c.Sessions().Delete(token)
		}
		switch {
		case err != nil:
			c.Log().ErrorContext(c, "an older session of a browser could not be looked at or ended", "error", err)
			kept++
		case before == nil:
			c.Cookies().Expire(cookieOf(c, token))
		default:
			kept++
		}
	}
	return kept
}

// leave ends every session of the browser with the active one. The cookies go
// in any case; whoever leaves a shared computer learns of a session that may
// still be alive.
func leave(c *core.Context, _ *core.Result) error {
	var faults []error
	for _, token := range tokens(c) {
		c.Cookies().Expire(cookieOf(c, token))
		faults = append(faults, c.Sessions().Delete(token))
	}
	return errors.Join(faults...)
}

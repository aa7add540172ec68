package core

import (
	"errors"
	"sync"

	"github.com/watchword-auth/watchword/db"
)

// Leaving is a sign-out, as those see it who may have to send the browser
// somewhere else to end a session there too.
type Leaving struct {
	CallbackURL string // where the client wants to go afterwards; may be relative or empty
	State       string // passed along; may be empty

	current func() (*Current, error)
}

// Current returns the session that is about to end, read when it is asked
// for; nil where there is none.
func (l *Leaving) Current() (*Current, error) { return l.current() }

// EndSessionElsewhere adds a place that may have a session of its own to end
// when somebody signs out. It returns the URL that does, or "". It runs before
// the session ends; an error is logged and keeps nobody signed in.
func (r *Registrar) EndSessionElsewhere(f func(c *Context, leaving *Leaving) (url string, err error)) {
	r.k.elsewhere = append(r.k.elsewhere, f)
}

// EndSessionElsewhere returns where the browser should be sent to end the
// session of that token at the place it came from, or "".
func (c *Context) EndSessionElsewhere(token, callbackURL, state string) string {
	leaving := &Leaving{CallbackURL: callbackURL, State: state, current: sync.OnceValues(func() (*Current, error) {
		current, err := c.Sessions().Find(token)
		if errors.Is(err, db.ErrNotFound) {
			return nil, nil
		}
		return current, err
	})}
	for _, f := range c.k.elsewhere {
		url, err := f(c, leaving)
		if err != nil {
			c.Log().ErrorContext(c, "a session elsewhere cannot be ended", "error", err)
			continue
		}
		if url != "" {
			return url
		}
	}
	return ""
}

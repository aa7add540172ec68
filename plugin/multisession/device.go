package multisession

import (
	"errors"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// mark stands between the name of the active session's cookie and a token.
const mark = "_multi-"

// cookieOf returns the cookie that keeps a session in the browser.
func cookieOf(c *core.Context, token string) *cookie.Def {
	return c.SessionCookieDef().Suffixed(mark + strings.ToLower(token))
}

// signed returns the token of which the browser holds the cookie: signed, and
// under its own name.
func signed(c *core.Context, token string) (string, bool) {
	value, ok := c.Cookies().GetSigned(cookieOf(c, token))
	return value, ok && value != "" && strings.EqualFold(value, token)
}

// maxCookies bounds how many sessions one request is asked about.
const maxCookies = 100

// tokens returns the tokens of the browser's cookies, in their order.
func tokens(c *core.Context) []string {
	prefix := c.Cookies().Name(c.SessionCookieDef()) + mark
	var found []string
	c.Cookies().All(func(name, _ string) {
		lower, ok := strings.CutPrefix(name, prefix)
		if !ok || len(found) == maxCookies {
			return
		}
		if token, ok := signed(c, lower); ok && !slices.Contains(found, token) {
			found = append(found, token)
		}
	})
	return found
}

// find returns the session of a token that the browser has proven, or nil where
// it has ended.
func find(c *core.Context, token string) (*core.Current, error) {
	current, err := c.Sessions().Find(token)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	holds, err := c.Holds(current)
	if err != nil || !holds {
		return nil, err
	}
	return current, nil
}

// endsWithBrowser reports whether a session was made to end with the browser:
// it was not given the life of others.
func endsWithBrowser(c *core.Context, s *core.Session) bool {
	return s.ExpiresAt.Sub(s.CreatedAt) < c.Options().Session.ExpiresIn
}

// activate makes a session of the browser the active one. It ends with the
// browser if it was made to.
func activate(c *core.Context, current *core.Current) {
	c.SetSession(current, endsWithBrowser(c, current.Session))
}

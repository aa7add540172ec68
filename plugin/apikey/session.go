package apikey

import (
	"errors"
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// signIn makes the session of a key in a header the call's own, where such a
// session may do what is asked. Elsewhere the call has none, whatever its
// cookies say.
func (a *apiKey) signIn(c *core.Context) (*core.Response, error) {
	plain, f := a.presented(c)
	if plain == "" {
		return nil, nil
	}
	if length(plain) < f.KeyLength {
		return nil, ErrInvalidKey.WithStatus(http.StatusForbidden)
	}
	if f.Validate != nil {
		if ok, err := f.Validate(c, plain); err != nil {
			return nil, err
		} else if !ok {
			return nil, ErrInvalidKey.WithStatus(http.StatusForbidden)
		}
	}
	k, _, err := a.validate(c, plain, f, question{})
	if err != nil {
		return nil, err
	}
	a.sweep(c)
	current, err := a.session(c, k, f, plain)
	if err != nil {
		return nil, err
	}
	switch path := c.Endpoint().Path; {
	case path == "/get-session":
		return core.JSON(http.StatusOK, &sessionOutput{current.User, current.Session})
	case f.SessionAllows(path):
		c.Tables().Sessions.Bind(current.Session) // what plugins keep in a session is empty here
		c.UseSession(current)
	default:
		c.UseSession(nil)
	}
	return nil, nil
}

type sessionOutput struct {
	User    *core.User    `json:"user"`
	Session *core.Session `json:"session"`
}

// presented returns the key that the request carries, of the first
// configuration that makes sessions and finds one.
func (a *apiKey) presented(c *core.Context) (string, *Config) {
	if c.Request() == nil {
		return "", nil
	}
	for i := range a.configs {
		f := &a.configs[i]
		if !f.Sessions {
			continue
		}
		if f.KeyFrom != nil {
			if plain := f.KeyFrom(c); plain != "" {
				return plain, f
			}
			continue
		}
		for _, name := range f.Headers {
			if plain := c.Header(name); plain != "" {
				return plain, f
			}
		}
	}
	return "", nil
}

// session is one that is nowhere stored, as old as its key, so that it is never
// fresh for long. It must hold like any other: not of a
// user who is banned or gone.
func (a *apiKey) session(c *core.Context, k *Key, f *Config, plain string) (*core.Current, error) {
	if f.ForOrganizations {
		return nil, ErrInvalidReference
	}
	u, err := c.Users().ByID(k.ReferenceID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrInvalidReference
	}
	if err != nil {
		return nil, err
	}
	now := c.Now()
	s := &core.Session{ID: k.ID, Token: plain, UserID: u.ID, CreatedAt: k.CreatedAt, UpdatedAt: now, ExpiresAt: now.Add(c.Options().Session.ExpiresIn)}
	if agent := c.Header("User-Agent"); agent != "" {
		s.UserAgent = &agent
	}
	if ip := c.ClientIP(); ip != "" {
		s.IPAddress = &ip
	}
	if k.ExpiresAt != nil {
		s.ExpiresAt = *k.ExpiresAt
	}
	c.Tables().Sessions.OmitEmpty(s) // it is no row
	current := &core.Current{Session: s, User: u}
	holds, err := c.Holds(current)
	if err == nil && !holds {
		err = ErrUnauthorizedSession
	}
	return current, err
}

// allowsSession keeps a key from making itself more than it is: what changes
// keys, passwords, addresses, factors, sessions and other users needs somebody
// signed in.
func allowsSession(path string) bool {
	switch path {
	case "/api-key/create", "/api-key/update", "/api-key/delete", "/change-password", "/set-password", "/verify-password",
		"/change-email", "/delete-user", "/link-social", "/unlink-account", "/revoke-session", "/revoke-sessions",
		"/revoke-other-sessions", "/list-sessions", "/update-session", "/get-access-token", "/refresh-token",
		"/one-time-token/generate", "/device/approve", "/phone-number/verify":
		return false
	}
	return !strings.HasPrefix(path, "/admin/") && !strings.HasPrefix(path, "/two-factor/") && !strings.HasPrefix(path, "/passkey/") &&
		!strings.HasPrefix(path, "/multi-session/")
}

package multisession

import (
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints.
const (
	List      core.Ref[NoInput, ListOutput]       = "listDeviceSessions"
	SetActive core.Ref[TokenInput, DeviceSession] = "setActiveSession"
	Revoke    core.Ref[TokenInput, core.Status]   = "revokeDeviceSession"
)

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// TokenInput names a session of the browser.
type TokenInput struct {
	SessionToken string `json:"sessionToken"`
}

// Bind reads the body.
func (in *TokenInput) Bind(b *input.Binder) {
	b.Body().Text("sessionToken", &in.SessionToken).Describe("The token of a session of this browser")
}

// DeviceSession is a session of the browser.
type DeviceSession struct {
	Session *core.Session `json:"session"`
	User    *core.User    `json:"user"`
}

// ListOutput are the sessions of the browser that hold, one of each user, in
// the order of its cookies.
type ListOutput []DeviceSession

func list(c *core.Context, _ *NoInput) (*ListOutput, error) {
	out := ListOutput{}
	for _, token := range tokens(c) {
		current, err := find(c, token)
		if err != nil {
			return nil, err
		}
		known := func(d DeviceSession) bool { return d.User.ID == current.User.ID }
		if current != nil && !slices.ContainsFunc(out, known) {
			out = append(out, DeviceSession{current.Session, current.User})
		}
	}
	return &out, nil
}

func setActive(c *core.Context, in *TokenInput) (*DeviceSession, error) {
	token, ok := signed(c, in.SessionToken)
	if !ok {
		return nil, ErrInvalidSessionToken
	}
	current, err := find(c, token)
	if err != nil {
		return nil, err
	}
	if current == nil {
		c.Cookies().Expire(cookieOf(c, token))
		return nil, ErrInvalidSessionToken
	}
	activate(c, current)
	return &DeviceSession{current.Session, current.User}, nil
}

// revoke ends a session of the browser. Where it was the active one, the next
// one becomes active.
func revoke(c *core.Context, in *TokenInput) (*core.Status, error) {
	own, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	token, ok := signed(c, in.SessionToken)
	if !ok {
		return nil, ErrInvalidSessionToken
	}
	active := own.Session.Token == token
	var next *core.Current
	if active { // looked for before the session ends: who is left without one cannot try again
		if next, err = other(c, token); err != nil {
			return nil, err
		}
	}
	if err := c.Sessions().Delete(token); err != nil {
		return nil, err
	}
	c.Cookies().Expire(cookieOf(c, token))
	switch {
	case next != nil:
		activate(c, next)
	case active:
		c.ClearSession()
	}
	return &core.Status{Status: true}, nil
}

// other returns a session of the browser that holds, besides that of the
// token, or nil.
func other(c *core.Context, than string) (*core.Current, error) {
	for _, token := range tokens(c) {
		if token == than {
			continue
		}
		if current, err := find(c, token); current != nil || err != nil {
			return current, err
		}
	}
	return nil, nil
}

package anonymous

import (
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/oauth"
)

// former returns the anonymous session of whoever was just signed in, or nil.
func (a *anonymous) former(c *core.Context) (*core.Current, error) {
	for _, find := range []func(*core.Context) (*core.Current, error){a.session, a.remembered, a.departed} {
		if current, err := find(c); current != nil || err != nil {
			return current, err
		}
	}
	return nil, nil
}

// session returns the anonymous session the request was made in, or nil. It
// reads storage, not what the call has made of the session since, and leaves
// cookies and expiry as they are.
func (a *anonymous) session(c *core.Context) (*core.Current, error) {
	answer := c.Cookies().Answer()
	r, err := c.ResolveSession(core.Resolve{SkipCache: c.Kernel().Stateful(), SkipRefresh: true, ReadOnly: true})
	c.Cookies().Restore(answer)
	if err != nil || r.Current == nil || !a.is(r.Current.User) {
		return nil, err
	}
	return r.Current, nil
}

// userMember names the anonymous user in the state of a sign-in at a provider,
// as the reference does.
const userMember = "anonymousUserId"

// depart writes the anonymous user into the state: in-app browsers bring the
// state back, and not the session's cookie.
func (a *anonymous) depart(c *core.Context) (*core.Response, error) {
	current, err := a.session(c)
	if err != nil || current == nil {
		return nil, err
	}
	id, err := json.Marshal(current.User.ID)
	if err == nil {
		oauth.Remember(c, oauth.Member{Name: userMember, Value: id})
	}
	return nil, err
}

// departed returns a session of the anonymous user that the state names.
func (a *anonymous) departed(c *core.Context) (*core.Current, error) {
	state := oauth.CurrentState(c)
	if state == nil {
		return nil, nil
	}
	var id string
	for _, m := range state.Server {
		if m.Name == userMember && json.Unmarshal(m.Value, &id) != nil {
			return nil, nil
		}
	}
	if id == "" {
		return nil, nil
	}
	u, err := c.Users().ByID(id)
	if err != nil || !a.is(u) {
		return nil, unlessMissing(err)
	}
	sessions, err := c.Sessions().List(u.ID)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	return &core.Current{Session: sessions[0], User: u}, nil
}

// unlessMissing is nil where there is nothing: somebody else linked first.
func unlessMissing(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}

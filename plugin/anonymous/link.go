package anonymous

import (
	"errors"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
)

// arrive links the anonymous session that the request was made in to the
// session that the call made.
func (a *anonymous) arrive(c *core.Context, r *core.Result) error {
	account := c.NewSession()
	if account == nil {
		return a.leave(c, r)
	}
	former, err := a.former(c)
	if err == nil && former != nil && former.User.ID != account.User.ID {
		err = a.link(c, &Link{former, account})
	}
	if err != nil {
		undo(c)
	}
	return err
}

func (a *anonymous) link(c *core.Context, l *Link) error {
	u := l.Anonymous.User
	if mine, err := a.move(c, l); err != nil || !mine {
		return err
	}
	if a.DisableDelete || a.is(l.Account.User) {
		return nil
	}
	if err := c.Users().Delete(u); err != nil {
		// What there was has been moved; only an empty user is left.
		c.Log().ErrorContext(c, "an anonymous user who was linked could not be deleted", "user", u.ID, "error", err)
	}
	return nil
}

// moveOnce outlasts every call that saw the anonymous session.
const moveOnce = time.Minute

// move runs OnLinkAccount, and reports false where another call does.
func (a *anonymous) move(c *core.Context, l *Link) (mine bool, err error) {
	if a.OnLinkAccount == nil {
		return true, nil
	}
	claim, owner := "anonymous-link-"+l.Anonymous.User.ID, l.Account.Session.ID
	if mine, err = c.Verifications().Reserve(claim, owner, moveOnce); err == nil && !mine {
		return false, nil
	}
	if err == nil {
		err = a.OnLinkAccount(c, l)
	}
	if err != nil {
		// Another attempt may come at once. The claim may have been made although storage said otherwise.
		if v, missing := c.Verifications().Find(claim); missing == nil && v.Value == owner {
			missing = c.Verifications().Delete(claim)
			return false, errors.Join(err, missing)
		}
	}
	return mine, err
}

// undo takes the sign-in of the call back, and leaves the browser the session
// it came with. The new session's token is told to nobody.
func undo(c *core.Context) {
	account := c.NewSession()
	c.Cookies().Restore(cookie.Answer{})
	c.ForgetNewSession()
	if err := c.Sessions().Delete(account.Session.Token); err != nil {
		c.Log().ErrorContext(c, "a session that nobody has could not be deleted", "user", account.User.ID, "error", err)
	}
}

const (
	// leaveAge is how long the second factor may take.
	leaveAge = 10 * time.Minute
	// leftMark keeps the signed token from being a session's cookie.
	leftMark = "anonymous:"
)

// leave remembers the anonymous session where a sign-in was taken back to ask
// for a second factor, which takes the session's own cookie away.
func (a *anonymous) leave(c *core.Context, r *core.Result) error {
	session := c.SessionCookieDef()
	if _, given := c.Cookies().Given(session); given || r.Err != nil || !c.Cookies().Sets(session) {
		return nil
	}
	former, err := a.session(c)
	_, stale := c.Cookies().Get(a.left)
	switch {
	case err != nil:
		c.Cookies().Restore(cookie.Answer{}) // another attempt is made in the same session
	case former != nil:
		c.Cookies().SetSigned(a.left, leftMark+former.Session.Token, leaveAge)
	case stale:
		c.Cookies().Expire(a.left) // it is somebody else's who signs in here
	}
	return err
}

// remembered returns the session that was left when the factor was asked for.
func (a *anonymous) remembered(c *core.Context) (*core.Current, error) {
	if !strings.HasPrefix(c.Endpoint().Path, secondFactor) {
		return nil, nil
	}
	value, _ := c.Cookies().GetSigned(a.left)
	token, ok := strings.CutPrefix(value, leftMark)
	if !ok {
		return nil, nil
	}
	c.Cookies().Expire(a.left)
	current, err := c.Sessions().Find(token)
	if err != nil {
		return nil, unlessMissing(err)
	}
	holds, err := c.Holds(current)
	if err != nil || !holds || !a.is(current.User) {
		return nil, err
	}
	return current, nil
}

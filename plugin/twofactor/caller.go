package twofactor

import (
	"errors"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// caller is who proves a factor: somebody signed in, or somebody on the way.
type caller struct {
	user      *core.User
	session   *core.Session // nil at sign-in
	challenge string        // "" while signed in
	key       string        // what codes that are sent belong to
}

// VerifiedOutput is the user and the session's token.
type VerifiedOutput struct {
	Token string     `json:"token,omitempty"`
	User  *core.User `json:"user"`
}

func (t *twoFactor) caller(c *core.Context) (*caller, error) {
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if current != nil {
		return &caller{user: current.User, session: current.Session, key: current.User.ID + "!" + current.Session.ID}, nil
	}
	id, _ := c.Cookies().GetSigned(t.challenge)
	if id == "" {
		return nil, ErrInvalidCookie
	}
	v, err := c.Verifications().Find(id)
	if err != nil {
		return nil, missing(err)
	}
	// Codes by mail have a count of their own.
	if _, n, err := t.attempts(c, id); n > maxAttempts || err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, missing(err)
	}
	u, err := c.Users().ByID(v.Value)
	if err != nil {
		return nil, missing(err)
	}
	return &caller{user: u, challenge: id, key: id}, nil
}

// missing words what is not there, or spent, as a challenge that does not hold.
func missing(err error) error {
	if err == nil || errors.Is(err, db.ErrNotFound) {
		return ErrInvalidCookie
	}
	return err
}

// maxAttempts is how many guesses one challenge takes.
const maxAttempts = 5

// attempt counts a guess at a challenge before it is looked at. The challenge
// is worth nothing after one too many, but left to expire, as a right guess may
// still be on its way.
func (t *twoFactor) attempt(c *core.Context, who *caller) error {
	if who.challenge == "" {
		return nil
	}
	// Every swap that fails is one that another guess won, and those are few.
	for range maxAttempts + 2 {
		v, n, err := t.attempts(c, who.challenge)
		if err != nil {
			return missing(err)
		}
		if n > maxAttempts {
			return ErrInvalidCookie
		}
		counted, err := c.Verifications().Replace(v, strconv.Itoa(n+1))
		if err != nil {
			return err
		}
		if counted && n < maxAttempts {
			return nil
		}
		if counted {
			break
		}
	}
	c.Cookies().Expire(t.challenge)
	return ErrTooManyAttempts
}

// attempts returns how many guesses were counted. What is no count is the last
// one.
func (t *twoFactor) attempts(c *core.Context, challenge string) (*core.Verification, int, error) {
	v, err := c.Verifications().Find(attemptsOf(challenge))
	if err != nil {
		return nil, 0, err
	}
	n, err := strconv.Atoi(v.Value)
	if err != nil || n < 0 {
		n = maxAttempts
	}
	return v, n, nil
}

// end uses the challenge up: of racing callers one succeeds.
func (t *twoFactor) end(c *core.Context, who *caller) error {
	v, err := c.Verifications().Take(who.challenge)
	if err != nil {
		return missing(err)
	}
	if v.Value != who.user.ID {
		return ErrInvalidCookie
	}
	return c.Verifications().Delete(attemptsOf(who.challenge))
}

// finish answers somebody who has proven a factor, and signs in who was on the
// way.
func (t *twoFactor) finish(c *core.Context, who *caller, trust bool) (*VerifiedOutput, error) {
	if who.session != nil {
		return &VerifiedOutput{who.session.Token, who.user}, nil
	}
	c.Cookies().Expire(t.challenge)
	if err := t.end(c, who); err != nil {
		return nil, err
	}
	current, err := c.SignIn(who.user, core.NewSession{DontRemember: c.EndsWithBrowser()})
	if err != nil {
		return nil, err
	}
	if trust {
		if err := t.trust(c, who.user); err != nil {
			return nil, err
		}
		c.ForgetEndsWithBrowser()
	}
	return &VerifiedOutput{current.Session.Token, who.user}, nil
}

// enroll marks the user as one with a second factor, and gives the browser
// another session: the old one was made without.
func (t *twoFactor) enroll(c *core.Context, session *core.Session, userID string) (current *core.Current, err error) {
	err = c.Transaction(func(c *core.Context) error {
		u, err := c.Users().Update(userID, t.enabled.To(true))
		if err == nil {
			current, err = c.RotateSession(session, u)
		}
		return err
	})
	return current, err
}

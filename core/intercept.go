package core

// InterceptSignIn adds an after hook that runs before those of everybody else,
// whatever order the plugins are given in: for plugins that ask for more
// before somebody is signed in. What it takes back with
// [Context.TakeBackSignIn] no other hook sees.
func (r *Registrar) InterceptSignIn(match Matcher, hook AfterHook) {
	r.k.intercept = append(r.k.intercept, matched[AfterHook]{match, hook})
}

// TakeBackSignIn undoes the sign-in of this call: the session ends, its cookies
// are withdrawn, and the call has no new session. Whether the session was to
// end with the browser is kept in the browser, for the sign-in that follows.
func (c *Context) TakeBackSignIn() error {
	current := c.call.newSession
	if current == nil {
		return nil
	}
	c.expireSessionCookies()
	c.ForgetNewSession()
	return c.Sessions().Delete(current.Session.Token)
}

// RotateSession gives the browser a session in place of its own after the
// user's rights or proofs changed: with another token, and what the old one
// was otherwise. It does not become fresh and does not live longer. The old
// token is worth nothing afterwards.
func (c *Context) RotateSession(old *Session, u *User) (*Current, error) {
	var current *Current
	err := c.Transaction(func(c *Context) error {
		session, err := c.Sessions().Create(u, NewSession{Shape: func(s *Session) {
			s.IPAddress, s.UserAgent = old.IPAddress, old.UserAgent
			s.CreatedAt, s.ExpiresAt, s.Extra = old.CreatedAt, old.ExpiresAt, old.Clone()
		}})
		if err != nil {
			return err
		}
		current = &Current{session, u}
		c.ReplaceSession(current)
		return c.Sessions().Delete(old.Token)
	})
	return current, err
}

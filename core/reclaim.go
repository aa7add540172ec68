package core

import (
	"errors"

	"github.com/watchword-auth/watchword/db"
)

// OnReclaim adds what a plugin removes when [Users.Reclaim] gives a user to
// its owner: whatever of the plugin's own lets somebody in, such as passkeys
// or keys. It runs in the transaction of the change.
func (r *Registrar) OnReclaim(remove func(c *Context, u *User) error) {
	r.k.onReclaim = append(r.k.onReclaim, remove)
}

// Reclaim marks a user's address as proven by somebody who showed that it is
// theirs, such as by a link or a code that was sent there. Where it was not
// proven before, whoever made the user may have been somebody else: every way
// to sign in and every session from before is removed. It returns the user as
// it is then, or [db.ErrNotFound] where it is gone or has another address.
func (s Users) Reclaim(u *User) (*User, error) {
	if u.EmailVerified {
		return u, nil
	}
	t := s.c.k.tables.Users
	var proven *User
	err := s.c.Transaction(func(c *Context) (err error) {
		where := []db.Where[User]{t.Email.Eq(u.Email), t.EmailVerified.Eq(false)}
		if proven, err = c.Users().UpdateWhere(u.ID, where, t.EmailVerified.To(true)); err != nil {
			return err
		}
		accounts, err := c.Accounts().ByUser(u.ID)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := c.Accounts().Delete(a); err != nil {
				return err
			}
		}
		for _, remove := range c.k.onReclaim {
			if err := remove(c, proven); err != nil {
				return err
			}
		}
		return c.Sessions().DeleteAll(u.ID)
	})
	if !errors.Is(err, db.ErrNotFound) {
		return proven, err
	}
	// Another call was faster, or the address was changed.
	return db.One(s.c, s.c.x, t.Table, t.ID.Eq(u.ID), t.Email.Eq(u.Email), t.EmailVerified.Eq(true))
}

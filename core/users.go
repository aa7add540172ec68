package core

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Users reads and changes users.
type Users struct{ c *Context }

// Users returns the store of users.
func (c *Context) Users() Users { return Users{c} }

func (s Users) entity() entity[User] {
	return entity[User]{s.c, s.c.k.tables.Users.Table, s.c.k.userHooks}
}

// ByID returns the user, or [db.ErrNotFound].
func (s Users) ByID(id string) (*User, error) {
	t := s.c.k.tables.Users
	return db.One(s.c, s.c.x, t.Table, t.ID.Eq(id))
}

// ByEmail returns the user with that address in whatever case, or
// [db.ErrNotFound].
func (s Users) ByEmail(email string) (*User, error) {
	t := s.c.k.tables.Users
	return db.One(s.c, s.c.x, t.Table, t.Email.Eq(NormalEmail(email)))
}

// NormalEmail returns an address as it is stored: in lower case. Letters whose
// lower case is an ASCII letter, though they are none themselves (the Kelvin
// sign), stay: else they would spell another person's address.
func NormalEmail(email string) string {
	return strings.Map(func(r rune) rune {
		if lower := unicode.ToLower(r); lower >= utf8.RuneSelf || r < utf8.RuneSelf {
			return lower
		}
		return r
	}, email)
}

// Create stores a user. Key, times and added columns with a default are filled
// where they are empty. An address that is taken is refused with
// [ErrUserAlreadyExists].
func (s Users) Create(u *User) error {
	now := s.c.Now()
	u.ID, u.Email = or(u.ID, s.c.NewID("user")), NormalEmail(u.Email)
	u.CreatedAt, u.UpdatedAt = or(u.CreatedAt, now), or(u.UpdatedAt, now)
	input.FillDefaults(s.c.k.tables.Users.Table, u)
	return addressTaken(s.entity().create(u))
}

// addressTaken words a broken unique rule of addresses.
func addressTaken(err error) error {
	var conflict *db.ConflictError
	if errors.As(err, &conflict) && (conflict.Column == "email" || conflict.Column == "") {
		return ErrUserAlreadyExists.Wrap(err)
	}
	return err
}

// Update changes a user and returns it as it is then, or [db.ErrNotFound].
// Sessions kept outside of the database show the change at once. An address
// that is taken is refused with [ErrUserAlreadyExists].
func (s Users) Update(id string, set ...db.Assign[User]) (*User, error) {
	return s.UpdateWhere(id, nil, set...)
}

// UpdateWhere is [Users.Update] of a user that still meets the conditions, or
// [db.ErrNotFound]: of racing callers whose change ends a condition one wins.
func (s Users) UpdateWhere(id string, where []db.Where[User], set ...db.Assign[User]) (*User, error) {
	t := s.c.k.tables.Users
	changes := &Changes[User]{Key: id, Set: append(set, t.UpdatedAt.To(s.c.Now()))}
	u, err := s.entity().update(t.ID, changes, where...)
	if err != nil {
		return nil, addressTaken(err)
	}
	s.c.userChanged(u)
	if s.c.done == nil {
		return u, s.c.Sessions().refreshUser(u)
	}
	outer := s.c.outer()
	s.c.AfterCommit(func() {
		if err := outer.Sessions().refreshUser(u); err != nil {
			outer.Log().ErrorContext(outer, "sessions still show a user as before a change", "user", u.ID, "error", err)
		}
	})
	return u, nil
}

// userChanged keeps the call's own session in step.
func (c *Context) userChanged(u *User) {
	if cur := c.call.current; cur != nil && cur.User.ID == u.ID {
		c.call.current = &Current{cur.Session, u}
	}
}

// Delete removes a user with all of its sessions and accounts.
func (s Users) Delete(u *User) error {
	e := s.entity()
	if err := e.beforeDelete(u); err != nil {
		return err
	}
	return s.c.Transaction(func(c *Context) error {
		if err := c.Sessions().DeleteAll(u.ID); err != nil {
			return err
		}
		a, t := c.k.tables.Accounts, c.k.tables.Users
		if _, err := db.Delete(c, c.x, a.Table, a.UserID.Eq(u.ID)); err != nil {
			return err
		}
		if _, err := db.Delete(c, c.x, t.Table, t.ID.Eq(u.ID)); err != nil {
			return err
		}
		c.Users().entity().deleted(u)
		return nil
	})
}

// OnReclaim adds what a plugin removes when [Users.Disown] takes a user away
// from whoever made it: whatever of the plugin's own lets somebody in, such as
// passkeys or keys. It runs in the transaction of the change.
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
		return c.Users().Disown(proven)
	})
	if !errors.Is(err, db.ErrNotFound) {
		return proven, err
	}
	// Another call was faster, or the address was changed.
	return db.One(s.c, s.c.x, t.Table, t.ID.Eq(u.ID), t.Email.Eq(u.Email), t.EmailVerified.Eq(true))
}

// Disown takes a user away from whoever registered an address without proving
// it: every way to sign in and every session goes. It belongs into the
// transaction that gives the user to its owner.
func (s Users) Disown(u *User) error {
	accounts, err := s.c.Accounts().ByUser(u.ID)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := s.c.Accounts().Delete(a); err != nil {
			return err
		}
	}
	for _, remove := range s.c.k.onReclaim {
		if err := remove(s.c, u); err != nil {
			return err
		}
	}
	return s.c.Sessions().DeleteAll(u.ID)
}

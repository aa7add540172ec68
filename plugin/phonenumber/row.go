package phonenumber

import (
	"errors"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// addFields adds the columns. A client may clear a number; the hooks see to it
// that it sets none.
func (n *numbers) addFields(r *core.Registrar) {
	users := r.Tables().Users.Table
	n.number = core.AddField[string](r, users, column, db.Input(db.InputRule{Accept: true}),
		func(c *db.Column) { c.Unique, c.Sortable = true, true })
	n.verified = core.AddField[bool](r, users, "phoneNumberVerified")
}

const column = "phoneNumber"

// byNumber returns the user of a number, or db.ErrNotFound. Engines may take
// numbers for one that only look alike.
func (n *numbers) byNumber(c *core.Context, number string) (*core.User, error) {
	u, err := db.One(c, c.DB(), c.Tables().Users.Table, n.number.Eq(number))
	if err == nil {
		if has, _ := n.number.Get(u); has != number {
			return nil, db.ErrNotFound
		}
	}
	return u, err
}

// isProven reports whether a user's number was proven.
func (n *numbers) isProven(u *core.User) bool {
	proven, _ := n.verified.Get(u)
	return proven
}

// refuseUpdate keeps users from giving themselves a number. They may do
// without one.
func refuseUpdate(c *core.Context) (*core.Response, error) {
	if raw, given := c.Input().Get(column); given && string(raw) != "null" {
		return nil, ErrCannotBeUpdated
	}
	return nil, nil
}

// beforeCreate keeps a number out of a new user that nobody has proven, and
// refuses whoever sent it.
func (n *numbers) beforeCreate(c *core.Context, u *core.User) error {
	if _, given := n.number.Get(u); !given || n.isProven(u) {
		return nil
	}
	raw, sent := c.Input().Get(column)
	if administered := strings.HasPrefix(c.Endpoint().Path, "/admin/"); sent && input.Truthy(raw) && !administered {
		return ErrCannotBeSet
	}
	n.number.Clear(u)
	n.verified.Set(u, false)
	return nil
}

// beforeUpdate lets a proof go with its number, and no number come without
// one, unless an administrator or the application itself sets it.
func (n *numbers) beforeUpdate(c *core.Context, set *core.Changes[core.User]) error {
	i := slices.IndexFunc(set.Set, func(a db.Assign[core.User]) bool { return a.Column == n.number.Column() })
	if i < 0 {
		return nil
	}
	if set.Set[i].Value == nil {
		set.Add(n.verified.To(false))
		return nil
	}
	path := c.Endpoint().Path
	if proven, _ := core.Assigned(set.Set, n.verified); !proven && path != "" && path != "/admin/update-user" {
		set.Set = slices.Delete(slices.Clone(set.Set), i, i+1)
	}
	return nil
}

// release takes the number from a user whose address turned out to be somebody
// else's: it is that of whoever registered the address.
func (n *numbers) release(c *core.Context, u *core.User) error {
	if _, has := n.number.Get(u); !has {
		return nil
	}
	n.number.Clear(u)
	n.verified.Set(u, false)
	_, err := c.Users().Update(u.ID, n.number.ToNull())
	return err
}

// taken words the database's refusal of a number that was free when it was
// looked up.
func taken(err error) error {
	var conflict *db.ConflictError
	if errors.As(err, &conflict) && conflict.Column == column {
		return ErrPhoneNumberExists.Wrap(err)
	}
	return err
}

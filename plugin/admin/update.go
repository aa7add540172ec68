package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// UpdateUser is POST /admin/update-user.
const UpdateUser core.Ref[UpdateUserInput, core.User] = "adminUpdateUser"

// UpdateUserInput holds new values of a user's columns, of those too that
// users may not set. Members that are no column are left out.
type UpdateUserInput struct {
	UserID string                     `json:"userId"`
	Data   map[string]json.RawMessage `json:"data"`
}

// Bind reads the body.
func (in *UpdateUserInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Coerced("userId", &in.UserID)
	body.Members("data", &in.Data)
}

var banColumns = []string{"banned", "banReason", "banExpires"}

// protected are columns that take a permission of their own.
func (a *admin) protected() []struct {
	columns []string
	action  string
	refusal *core.Error
} {
	return []struct {
		columns []string
		action  string
		refusal *core.Error
	}{
		{[]string{"role"}, "set-role", ErrChangeRole},
		{banColumns, "ban", ErrBanUsers},
		{[]string{"email", "emailVerified"}, "set-email", ErrSetEmail},
		{[]string{"phoneNumber", "phoneNumberVerified"}, "set-phone", ErrSetPhone},
	}
}

func (a *admin) updateUser(c *core.Context, in *UpdateUserInput) (*core.User, error) {
	caller, err := a.allow(c, "user", "update", ErrUpdateUsers)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.Data) == 0:
		return nil, ErrNoData
	case hasAny(in.Data, "password"):
		return nil, ErrPasswordByUpdate
	case hasAny(in.Data, "id"):
		return nil, ErrUserIDByUpdate
	}
	for _, p := range a.protected() {
		if !hasAny(in.Data, p.columns...) {
			continue
		}
		if !a.can(caller, "user", p.action) {
			return nil, p.refusal
		}
		if err := a.checkProtected(c, caller, in, p.columns[0]); err != nil {
			return nil, err
		}
	}
	if _, err := a.user(c, caller, in.UserID, ErrUpdateUsers); err != nil {
		return nil, err
	}
	delete(in.Data, "updatedAt") // says when this happens
	set, err := input.AnyFields(c.Tables().Users.Table, in.Data)
	if err != nil {
		return nil, err
	}
	u, err := a.change(c, in.UserID, set)
	return u, taken(err)
}

// change updates a user; one that is banned by it loses its sessions.
func (a *admin) change(c *core.Context, id string, set []db.Assign[core.User]) (u *core.User, err error) {
	banned, _ := core.Assigned(set, a.banned)
	err = c.Transaction(func(c *core.Context) error {
		if u, err = c.Users().Update(id, set...); err != nil {
			return err
		}
		a.changed(c, id)
		if banned {
			return c.Sessions().DeleteAll(id)
		}
		return nil
	})
	return u, err
}

func (a *admin) checkProtected(c *core.Context, caller *core.User, in *UpdateUserInput, column string) (err error) {
	switch raw := in.Data[column]; column {
	case "role":
		roles, ok := rolesOf(raw)
		if !ok {
			return ErrInvalidRoleType
		}
		role, err := a.grantable(caller, roles)
		if err != nil {
			return err
		}
		in.Data[column], err = json.Marshal(role)
		return err
	case "banned":
		if string(raw) == "true" && in.UserID == caller.ID {
			return ErrBanYourself
		}
	case "email":
		if raw != nil {
			in.Data[column], err = a.freeAddress(c, raw, in.UserID)
		}
	}
	return err
}

// freeAddress returns an address as it is stored, if no other user has it.
func (a *admin) freeAddress(c *core.Context, raw json.RawMessage, userID string) (json.RawMessage, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil || !input.ValidEmail(core.NormalEmail(text)) {
		return nil, core.ErrInvalidEmail
	}
	known, err := c.Users().ByEmail(text)
	if err == nil && known.ID != userID {
		return nil, core.ErrUserExistsUseAnotherEmail.WithStatus(http.StatusBadRequest)
	}
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	return json.Marshal(core.NormalEmail(text))
}

package admin

import (
	"errors"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// HasPermission is POST /admin/has-permission. A program may ask about a user
// or a role without a session; clients are told about themselves.
const HasPermission core.Ref[HasPermissionInput, HasPermissionOutput] = "userHasPermission"

// HasPermissionInput asks for actions by resource; all must be allowed.
type HasPermissionInput struct {
	UserID      input.Opt[string]   `json:"userId,omitzero"`
	Role        input.Opt[string]   `json:"role,omitzero"`
	Permissions map[string][]string `json:"permissions,omitempty"`
	permission  map[string][]string // the former name, which is taken and refused
}

// Bind reads the body.
func (in *HasPermissionInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptCoerced("userId", &in.UserID)
	body.OptText("role", &in.Role)
	body.EitherLists("permission", "permissions", &in.permission, &in.Permissions)
}

// HasPermissionOutput is the answer. Error is always null.
type HasPermissionOutput struct {
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

func (a *admin) hasPermission(c *core.Context, in *HasPermissionInput) (*HasPermissionOutput, error) {
	if in.Permissions == nil {
		return nil, errNoPermissions
	}
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	id, role := in.UserID.Or(""), in.Role.Or("")
	switch {
	case current != nil:
		id, role = current.User.ID, a.roleOf(current.User)
	case c.Request() != nil:
		return nil, errUnauthorized
	case id == "" && role == "":
		return nil, errNobody
	case role == "":
		u, err := c.Users().ByID(id)
		if errors.Is(err, db.ErrNotFound) {
			return nil, errNoSuchUser
		}
		if err != nil {
			return nil, err
		}
		role = a.roleOf(u)
	}
	return &HasPermissionOutput{Success: a.permits(id, role, access.Statements(in.Permissions))}, nil
}

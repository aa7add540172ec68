package organization

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// RoleUpdated is a role as it is now.
type RoleUpdated struct {
	Role *Role
}

// AppendJSON writes the output.
func (out *RoleUpdated) AppendJSON(b []byte) []byte {
	return append(out.Role.AppendJSON(append(b, `{"success":true,"roleData":`...)), '}')
}

// UpdateRoleInput gives a role another name or other permissions.
type UpdateRoleInput struct {
	RoleInput
	Data UpdateRoleData `json:"data"`
}

// UpdateRoleData holds new values; what is absent stays.
type UpdateRoleData struct {
	Permission map[string][]string        `json:"permission,omitempty"`
	RoleName   input.Opt[string]          `json:"roleName,omitzero"`
	Fields     map[string]json.RawMessage `json:"-"` // values of added columns

	stored string
}

// MarshalJSON writes the data as a client would send it.
func (d UpdateRoleData) MarshalJSON() ([]byte, error) {
	type members UpdateRoleData
	return input.MarshalFields(members(d), d.Fields)
}

// Bind reads the body.
func (in *UpdateRoleInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("organizationId", &in.OrganizationID)
	body.Nested("data", func(data *input.Object) {
		data.OptLists("permission", &in.Data.Permission)
		in.Data.stored = string(data.All()["permission"])
		data.OptText("roleName", &in.Data.RoleName)
		in.Data.Fields = maps.Clone(data.All())
	})
	body.EitherText("roleName", "roleId", &in.RoleName, &in.RoleID)
}

func (o *organization) updateRole(c *core.Context, in *UpdateRoleInput) (*RoleUpdated, error) {
	fields, err := input.StrictFields(o.roles.Table, "body.data", in.Data.Fields, true)
	if err != nil {
		return nil, err
	}
	in.Data.Fields = fields
	if o.AccessControl == nil {
		return nil, ErrMissingAccessControl
	}
	current, id, err := o.actor(c, in.OrganizationID, ErrNoActiveOrganization)
	if err != nil {
		return nil, err
	}
	out := &RoleUpdated{}
	return out, o.locked(c, id, func(c *core.Context, _ *Organization) error {
		m, err := o.allowed(c, id, current, "update", ErrUpdateRole)
		if err != nil {
			return err
		}
		r, err := o.named(c, id, &in.RoleInput)
		if err != nil {
			return err
		}
		if in.Data.Permission != nil {
			if err := o.mayGrant(c, m, in.Data.Permission, ErrUpdateRole); err != nil {
				return err
			}
			r.Permission = in.Data.stored
		}
		if err := o.rename(c, r, in.Data.RoleName.Or("")); err != nil {
			return err
		}
		set, err := input.UpdateFields(o.roles.Table, in.Data.Fields)
		if err != nil {
			return err
		}
		if err := apply(o.roles.Table, r, set); err != nil {
			return err
		}
		now, before := c.Now(), r.UpdatedAt
		r.UpdatedAt = &now
		_, err = db.Update(c, c.DB(), o.roles.Table, columns(o.roles.Table, r), o.roles.ID.Eq(r.ID), o.roles.OrganizationID.Eq(id))
		r.UpdatedAt, out.Role = before, r // the answer has the time of the change before this one, as the reference's
		return err
	})
}

// rename gives a role another name in memory, if it is free. Members that hold
// the role under its old name would lose it, and whoever takes that name later
// would give them another.
func (o *organization) rename(c *core.Context, r *Role, name string) error {
	if name = strings.ToLower(name); name == "" {
		return nil
	}
	if o.staticRoles()[name] != nil {
		return ErrRoleNameTaken
	}
	if err := o.nameIsFree(c, r.OrganizationID, name); err != nil {
		return err
	}
	r.Role = name
	return nil
}

package organization

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// RoleInput names a role by name or key; the name wins.
type RoleInput struct {
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
	RoleName       string            `json:"roleName,omitempty"`
	RoleID         string            `json:"roleId,omitempty"`
}

// Bind reads the body.
func (in *RoleInput) Bind(b *input.Binder) { in.bind(b.Body()) }

func (in *RoleInput) bind(from *input.Object) {
	from.OptText("organizationId", &in.OrganizationID)
	from.EitherText("roleName", "roleId", &in.RoleName, &in.RoleID)
}

// GetRoleInput is [RoleInput] in the query.
type GetRoleInput struct{ RoleInput }

// Bind reads the query.
func (in *GetRoleInput) Bind(b *input.Binder) { in.bind(b.Query()) }

// named returns the role of an organization that is asked for.
func (o *organization) named(c *core.Context, id string, in *RoleInput) (*Role, error) {
	which := o.roles.ID.Eq(in.RoleID)
	if in.RoleName != "" {
		which = o.roles.Role.Eq(in.RoleName)
	}
	r, err := orNil(db.One(c, c.DB(), o.roles.Table, o.roles.OrganizationID.Eq(id), which))
	if err == nil && r == nil {
		err = ErrRoleNotFound
	}
	return r, err
}

func (o *organization) listRoles(c *core.Context, in *ListInvitationsInput) (*RoleList, error) {
	current, id, err := o.actor(c, in.OrganizationID, ErrNoActiveOrganization)
	if err != nil {
		return nil, err
	}
	if _, err := o.allowed(c, id, current, "read", ErrListRole); err != nil {
		return nil, err
	}
	list, err := db.All(c, c.DB(), o.roles.Table, db.Query[Role]{Where: []db.Where[Role]{o.roles.OrganizationID.Eq(id)}, Limit: listLimit})
	return (*RoleList)(&list), err
}

func (o *organization) getRole(c *core.Context, in *GetRoleInput) (*Role, error) {
	current, id, err := o.actor(c, in.OrganizationID, ErrNoActiveOrganization)
	if err != nil {
		return nil, err
	}
	if _, err := o.allowed(c, id, current, "read", ErrReadRole); err != nil {
		return nil, err
	}
	return o.named(c, id, &in.RoleInput)
}

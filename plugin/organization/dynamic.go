package organization

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about roles that organizations make.
const (
	CreateRole core.Ref[CreateRoleInput, RoleCreated]   = "createOrganizationRole"
	DeleteRole core.Ref[RoleInput, RoleDeleted]         = "deleteOrganizationRole"
	ListRoles  core.Ref[ListInvitationsInput, RoleList] = "listOrganizationRoles"
	GetRole    core.Ref[GetRoleInput, Role]             = "getOrganizationRole"
	UpdateRole core.Ref[UpdateRoleInput, RoleUpdated]   = "updateOrganizationRole"
)

// CreateRoleInput is a new role.
type CreateRoleInput struct {
	OrganizationID input.Opt[string]   `json:"organizationId,omitzero"`
	Role           string              `json:"role"`
	Permission     map[string][]string `json:"permission"`
	// Fields holds values of added columns.
	Fields map[string]json.RawMessage `json:"additionalFields,omitempty"`

	stored string // Permission in the order it was sent in
}

// Bind reads the body.
func (in *CreateRoleInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("organizationId", &in.OrganizationID)
	body.Text("role", &in.Role)
	body.Lists("permission", &in.Permission)
	in.stored = string(body.All()["permission"])
	body.OptObject("additionalFields", func(fields *input.Object) { in.Fields = fields.All() })
}

// RoleCreated is a new role and what it may do.
type RoleCreated struct {
	Role *Role
}

// AppendJSON writes the output.
func (out *RoleCreated) AppendJSON(b []byte) []byte {
	b = out.Role.AppendJSON(append(b, `{"success":true,"roleData":`...))
	b = append(append(b, `,"statements":`...), out.Role.Permission...)
	return append(b, '}')
}

// RoleUpdated is a role as it is now.
type RoleUpdated struct {
	Role *Role
}

// AppendJSON writes the output.
func (out *RoleUpdated) AppendJSON(b []byte) []byte {
	return append(out.Role.AppendJSON(append(b, `{"success":true,"roleData":`...)), '}')
}

// RoleDeleted says that the role is gone.
type RoleDeleted struct {
	Success bool `json:"success"`
}

// actor returns the caller's membership in the organization that is asked for.
func (o *organization) actor(c *core.Context, named input.Opt[string], none *core.Error) (*core.Current, string, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, "", err
	}
	id := named.Value
	if !named.Given() {
		id = o.activeOf(current)
	}
	if id == "" {
		return nil, "", none
	}
	return current, id, nil
}

// allowed refuses callers that are no members or may not do the action.
func (o *organization) allowed(c *core.Context, id string, current *core.Current, action string, refusal *core.Error) (*Member, error) {
	m, err := o.member(c, id, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, ErrYouAreNotMember)
	}
	return m, o.allow(c, m, "ac", action, refusal)
}

func (o *organization) createRole(c *core.Context, in *CreateRoleInput) (*RoleCreated, error) {
	if o.AccessControl == nil {
		c.Log().ErrorContext(c, "dynamic roles need Options.AccessControl of the organization plugin")
		return nil, ErrMissingAccessControl
	}
	current, id, err := o.actor(c, in.OrganizationID, ErrNoOrganizationForRole)
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(in.Role)
	if o.staticRoles()[name] != nil {
		return nil, ErrRoleNameTaken
	}
	out := &RoleCreated{}
	return out, o.locked(c, id, func(c *core.Context, _ *Organization) error {
		m, err := o.allowed(c, id, current, "create", ErrCreateRole)
		if err != nil {
			return err
		}
		if err := o.roomForRole(c, id); err != nil {
			return err
		}
		if err := o.mayGrant(c, m, in.Permission, ErrCreateRole); err != nil {
			return err
		}
		if err := o.nameIsFree(c, id, name); err != nil {
			return err
		}
		out.Role = &Role{ID: c.NewID("organizationRole"), OrganizationID: id, Role: name, Permission: in.stored, CreatedAt: c.Now()}
		if err := input.CreateFields(o.roles.Table, out.Role, in.Fields); err != nil {
			return err
		}
		return db.Create(c, c.DB(), o.roles.Table, out.Role)
	})
}

func (o *organization) roomForRole(c *core.Context, id string) error {
	limit := o.DynamicRoles.MaximumRolesPerOrganization
	if f := o.DynamicRoles.MaximumRolesPerOrganizationFunc; f != nil {
		n, err := f(c, id)
		if err != nil {
			return err
		}
		limit = &n
	}
	if limit == nil {
		return nil
	}
	n, err := db.Count(c, c.DB(), o.roles.Table, o.roles.OrganizationID.Eq(id))
	if err == nil && n >= int64(*limit) {
		err = ErrTooManyRoles
	}
	return err
}

// mayGrant refuses resources that are not there and permissions the member
// does not have itself.
func (o *organization) mayGrant(c *core.Context, m *Member, permission access.Statements, refusal *core.Error) error {
	for resource := range permission {
		if !o.AccessControl.Has(resource) {
			return ErrInvalidResource
		}
	}
	roles, err := o.rolesOf(c, m.OrganizationID)
	if err != nil {
		return err
	}
	if missing := access.Missing(permission, roles.Statements(splitRoles(m.Role))); len(missing) > 0 {
		return refusal.With("missingPermissions", missing)
	}
	return nil
}

func (o *organization) nameIsFree(c *core.Context, id, name string) error {
	known, err := orNil(db.One(c, c.DB(), o.roles.Table, o.roles.OrganizationID.Eq(id), o.roles.Role.Eq(name)))
	if err == nil && known != nil {
		err = ErrRoleNameTaken
	}
	return err
}

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

func (o *organization) deleteRole(c *core.Context, in *RoleInput) (*RoleDeleted, error) {
	current, id, err := o.actor(c, in.OrganizationID, ErrNoActiveOrganization)
	if err != nil {
		return nil, err
	}
	return &RoleDeleted{true}, o.locked(c, id, func(c *core.Context, _ *Organization) error {
		if _, err := o.allowed(c, id, current, "delete", ErrDeleteRole); err != nil {
			return err
		}
		if in.RoleName != "" && o.staticRoles()[in.RoleName] != nil {
			return ErrPredefinedRole
		}
		r, err := o.named(c, id, in)
		if err != nil {
			return err
		}
		holders, err := db.All(c, c.DB(), o.members.Table, db.Query[Member]{Where: []db.Where[Member]{
			o.members.OrganizationID.Eq(id), db.Contains(o.members.Role, r.Role)}})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(holders, func(m *Member) bool { return slices.Contains(splitRoles(m.Role), r.Role) }) {
			return ErrRoleAssigned
		}
		_, err = db.Delete(c, c.DB(), o.roles.Table, o.roles.ID.Eq(r.ID), o.roles.OrganizationID.Eq(id))
		return err
	})
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
		now := c.Now()
		r.UpdatedAt, out.Role = &now, r
		_, err = db.Update(c, c.DB(), o.roles.Table, columns(o.roles.Table, r), o.roles.ID.Eq(r.ID), o.roles.OrganizationID.Eq(id))
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

package organization

import (
	"encoding/json"
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
	fields, err := input.StrictFields(o.roles.Table, "body.additionalFields", in.Fields, in.Fields == nil)
	if err != nil {
		return nil, err
	}
	in.Fields = fields
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

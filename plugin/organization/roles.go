package organization

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Statements are all built-in actions.
func Statements() access.Statements {
	return access.Statements{
		"organization": {"update", "delete"}, "member": {"create", "update", "delete"},
		"invitation": {"create", "cancel"}, "team": {"create", "update", "delete"},
		"ac": {"create", "read", "update", "delete"},
	}
}

// DefaultRoles are the built-in roles: an owner may do everything, an admin
// everything but delete the organization, a member read roles.
func DefaultRoles() access.Roles {
	admin := Statements()
	admin["organization"] = []string{"update"}
	return access.Roles{
		"owner": access.NewRole(Statements()), "admin": access.NewRole(admin),
		"member": access.NewRole(access.Statements{"organization": nil, "member": nil, "invitation": nil, "team": nil, "ac": {"read"}}),
	}
}

// splitRoles returns the trimmed names of roles that were given or stored.
func splitRoles(lists ...string) []string {
	var names []string
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// creates reports whether a stored role is, among others, the creator's.
func (o *organization) creates(role string) bool {
	return slices.Contains(splitRoles(role), o.CreatorRole)
}

func (o *organization) staticRoles() access.Roles {
	if o.Roles != nil {
		return o.Roles
	}
	return DefaultRoles()
}

// rolesOf returns the roles there are in an organization, its own included.
func (o *organization) rolesOf(c *core.Context, organizationID string) (access.Roles, error) {
	roles := maps.Clone(o.staticRoles())
	if !o.DynamicRoles.Enabled || o.AccessControl == nil {
		return roles, nil
	}
	own, err := db.All(c, c.DB(), o.roles.Table, db.Query[Role]{Where: []db.Where[Role]{o.roles.OrganizationID.Eq(organizationID)}})
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		var may access.Statements
		if err := json.Unmarshal([]byte(r.Permission), &may); err != nil {
			return nil, fmt.Errorf("organization: the permission of role %s: %w", r.ID, err)
		}
		roles[r.Role] = access.NewRole(roles[r.Role].Statements().Merge(may))
	}
	return roles, nil
}

// can reports whether a member's role allows an action.
func (o *organization) can(c *core.Context, m *Member, resource, action string) (bool, error) {
	roles, err := o.rolesOf(c, m.OrganizationID)
	if err != nil {
		return false, err
	}
	return roles.Authorize(splitRoles(m.Role), access.Statements{resource: {action}}), nil
}

// Allows tells other plugins whether a user is a member of an organization, and
// whether its role there allows the action on the resource; the creator's role
// allows everything. It is safe for concurrent use.
func (p *Plugin) Allows(c *core.Context, userID, organizationID, resource, action string) (member, allowed bool, err error) {
	found, ok := p.instances.Load(c.Tables())
	if !ok {
		return false, false, errors.New("organization: the plugin is not among those of this instance")
	}
	o := found.(*organization)
	m, err := o.member(c, organizationID, userID)
	if err != nil || m == nil {
		return false, false, err
	}
	if o.creates(m.Role) {
		return true, true, nil
	}
	allowed, err = o.can(c, m, resource, action)
	return true, allowed, err
}

// allow refuses a member whose role does not allow an action.
func (o *organization) allow(c *core.Context, m *Member, resource, action string, refusal *core.Error) error {
	ok, err := o.can(c, m, resource, action)
	if err == nil && !ok {
		err = refusal
	}
	return err
}

// unknownRoles returns the names that are no role of the organization.
func (o *organization) unknownRoles(c *core.Context, organizationID string, names []string) ([]string, error) {
	known := DefaultRoles()
	maps.Copy(known, o.Roles)
	unknown := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return known[name] != nil })
	if len(unknown) == 0 || !o.DynamicRoles.Enabled {
		return unknown, nil
	}
	own, err := db.All(c, c.DB(), o.roles.Table, db.Query[Role]{Where: []db.Where[Role]{
		o.roles.OrganizationID.Eq(organizationID), o.roles.Role.In(unknown...)}})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(unknown, func(name string) bool {
		return slices.ContainsFunc(own, func(r *Role) bool { return r.Role == name })
	}), nil
}

// HasPermission is POST /organization/has-permission.
const HasPermission core.Ref[HasPermissionInput, HasPermissionOutput] = "hasOrganizationPermission"

// HasPermissionInput asks for actions by resource; all must be allowed.
type HasPermissionInput struct {
	OrganizationID input.Opt[string]   `json:"organizationId,omitzero"`
	Permissions    map[string][]string `json:"permissions,omitempty"`
	permission     map[string][]string // the former name: taken, and never allowed
}

// Bind reads the body.
func (in *HasPermissionInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("organizationId", &in.OrganizationID)
	body.EitherLists("permission", "permissions", &in.permission, &in.Permissions)
}

// HasPermissionOutput is the answer. Error is always null.
type HasPermissionOutput struct {
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

func (o *organization) hasPermission(c *core.Context, in *HasPermissionInput) (*HasPermissionOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	m, err := o.member(c, id, current.User.ID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ErrNotMember.WithStatus(401)
	}
	roles, err := o.rolesOf(c, id)
	if err != nil {
		return nil, err
	}
	return &HasPermissionOutput{Success: roles.Authorize(splitRoles(m.Role), in.Permissions)}, nil
}

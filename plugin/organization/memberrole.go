package organization

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// UpdateMemberRoleInput gives a member one role or several.
type UpdateMemberRoleInput struct {
	Role           []string          `json:"role"`
	MemberID       string            `json:"memberId"`
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the body.
func (in *UpdateMemberRoleInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Names("role", &in.Role)
	body.Text("memberId", &in.MemberID)
	body.OptText("organizationId", &in.OrganizationID)
}

func (o *organization) updateMemberRole(c *core.Context, in *UpdateMemberRoleInput) (*Member, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	if len(in.Role) == 1 && in.Role[0] == "" {
		return nil, errBad
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	names := splitRoles(in.Role...)
	if len(names) == 0 {
		return nil, errBad
	}
	var changed *Member
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		actor, err := o.member(c, id, current.User.ID)
		if err != nil || actor == nil || org == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		target, err := orNil(db.One(c, c.DB(), o.members.Table, o.members.ID.Eq(in.MemberID)))
		if err != nil || target == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		if err := o.mayChange(c, actor, target, names); err != nil {
			return err
		}
		changed = target
		return o.changeRole(c, org, target, strings.Join(names, ","))
	})
	return changed, err
}

// mayChange refuses a change of roles the actor may not make, or that would
// leave nobody who owns the organization, which is locked.
func (o *organization) mayChange(c *core.Context, actor, target *Member, names []string) error {
	if target.OrganizationID != actor.OrganizationID {
		return ErrUpdateMember
	}
	sets := o.creates(strings.Join(names, ","))
	if (o.creates(target.Role) || sets) && !o.creates(actor.Role) {
		return ErrUpdateMember
	}
	if o.creates(target.Role) && !sets {
		if n, err := o.owners(c, actor.OrganizationID); err != nil || n <= 1 {
			return orRefuse(err, ErrWithoutOwner)
		}
	}
	if !o.creates(actor.Role) {
		if err := o.allow(c, actor, "member", "update", ErrUpdateMember); err != nil {
			return err
		}
	}
	unknown, err := o.unknownRoles(c, actor.OrganizationID, names)
	if err == nil && len(unknown) > 0 {
		err = ErrRoleNotFound.Say("ROLE_NOT_FOUND: " + strings.Join(unknown, ", "))
	}
	return err
}

func (o *organization) changeRole(c *core.Context, org *Organization, m *Member, role string) error {
	u, err := user(c, m.UserID)
	if err != nil || u == nil {
		return orRefuse(err, errNoSuchUser)
	}
	e := &Event{Organization: org, Member: m, User: u, PreviousRole: m.Role}
	m.Role = role
	if err := before(c, o.Hooks.BeforeUpdateMemberRole, e); err != nil {
		return err
	}
	n, err := db.Update(c, c.DB(), o.members.Table, []db.Assign[Member]{o.members.Role.To(m.Role)},
		o.members.ID.Eq(m.ID), o.members.OrganizationID.Eq(org.ID))
	if err != nil || n == 0 {
		return orRefuse(err, ErrMemberNotFound)
	}
	after(c, o.Hooks.AfterUpdateMemberRole, e)
	return nil
}

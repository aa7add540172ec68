package organization

import (
	"encoding/json"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that change memberships. AddMember has no route.
const (
	AddMember        core.Ref[AddMemberInput, Member]          = "addMember"
	RemoveMember     core.Ref[RemoveMemberInput, MemberOutput] = "removeOrganizationMember"
	UpdateMemberRole core.Ref[UpdateMemberRoleInput, Member]   = "updateOrganizationMemberRole"
	Leave            core.Ref[DeleteInput, MemberWithUser]     = "leaveOrganization"
)

// MemberOutput is a member.
type MemberOutput struct {
	Member *MemberWithUser
}

// AppendJSON writes the output.
func (out *MemberOutput) AppendJSON(b []byte) []byte {
	return append(out.Member.AppendJSON(append(b, `{"member":`...)), '}')
}

// AddMemberInput makes a user a member, and puts it into a team.
type AddMemberInput struct {
	UserID         string                     `json:"userId"`
	Role           []string                   `json:"role"`
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	TeamID         input.Opt[string]          `json:"teamId,omitzero"`
	Fields         map[string]json.RawMessage `json:"-"` // values of added columns
}

// Bind reads the input.
func (in *AddMemberInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Coerced("userId", &in.UserID)
	body.Names("role", &in.Role)
	body.OptText("organizationId", &in.OrganizationID)
	body.OptText("teamId", &in.TeamID)
	in.Fields = body.All()
}

// MarshalJSON writes the input as a client would send it.
func (in *AddMemberInput) MarshalJSON() ([]byte, error) {
	type members AddMemberInput
	return input.MarshalFields((*members)(in), in.Fields)
}

func (o *organization) addMember(c *core.Context, in *AddMemberInput) (*Member, error) {
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	id, teamID := o.chosen(in.OrganizationID, current), in.TeamID.Or("")
	switch {
	case id == "":
		return nil, ErrNoActiveOrganization
	case teamID != "" && !o.Teams.Enabled:
		return nil, errTeamsDisabled
	}
	u, err := user(c, in.UserID)
	if err != nil || u == nil {
		return nil, orRefuse(err, core.ErrUserNotFound)
	}
	m := &Member{}
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		known, err := o.member(c, id, u.ID)
		switch {
		case err != nil:
			return err
		case known != nil:
			return ErrAlreadyMember
		case org == nil:
			return ErrOrganizationNotFound
		}
		if teamID != "" {
			if t, err := o.team(c, teamID, id); err != nil || t == nil {
				return orRefuse(err, ErrTeamNotFound)
			}
		}
		if err := o.roomForMember(c, org, u); err != nil {
			return err
		}
		*m = Member{OrganizationID: id, UserID: u.ID, Role: strings.Join(splitRoles(in.Role...), ",")}
		if err := o.storeMember(c, org, u, m, in.Fields); err != nil || teamID == "" {
			return err
		}
		_, err = o.joinLimited(c, teamID, org.ID, u.ID, current)
		return err
	})
	return m, err
}

// roomForMember refuses where an organization, which is locked, is full.
func (o *organization) roomForMember(c *core.Context, org *Organization, u *core.User) error {
	limit := o.MembershipLimit
	if o.MembershipLimitFunc != nil {
		var err error
		if limit, err = o.MembershipLimitFunc(c, u, org); err != nil {
			return err
		}
	}
	n, err := db.Count(c, c.DB(), o.members.Table, o.members.OrganizationID.Eq(org.ID))
	if err == nil && n >= int64(limit) {
		err = ErrMembershipLimit
	}
	return err
}

// RemoveMemberInput names a member by its key or by its user's address.
type RemoveMemberInput struct {
	MemberIDOrEmail string            `json:"memberIdOrEmail"`
	OrganizationID  input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the body.
func (in *RemoveMemberInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("memberIdOrEmail", &in.MemberIDOrEmail)
	body.OptText("organizationId", &in.OrganizationID)
}

func (o *organization) removeMember(c *core.Context, in *RemoveMemberInput) (*MemberOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	out := &MemberOutput{}
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		actor, err := o.member(c, id, current.User.ID)
		if err != nil || actor == nil || org == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		target, err := o.target(c, in.MemberIDOrEmail, id)
		if err != nil || target == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		if o.creates(target.Member.Role) {
			if !o.creates(actor.Role) {
				return ErrOnlyOwner
			}
			if n, err := o.owners(c, id); err != nil || n <= 1 {
				return orRefuse(err, ErrOnlyOwner)
			}
		}
		if err := o.allow(c, actor, "member", "delete", ErrDeleteMember.WithStatus(401)); err != nil {
			return err
		}
		e := &Event{Organization: org, Member: target.Member, User: target.User}
		if err := before(c, o.Hooks.BeforeRemoveMember, e); err != nil {
			return err
		}
		if err := o.dropMember(c, target.Member); err != nil {
			return err
		}
		after(c, o.Hooks.AfterRemoveMember, e)
		out.Member = &MemberWithUser{Member: target.Member}
		if strings.Contains(in.MemberIDOrEmail, "@") {
			out.Member.User = target.User
		}
		if target.User.ID == current.User.ID && o.activeOf(current) == id {
			return o.leaveActive(c, current)
		}
		return nil
	})
	return out, err
}

// target returns a member of the organization by key or address, with its
// user, or nil.
func (o *organization) target(c *core.Context, keyOrEmail, organizationID string) (*MemberWithUser, error) {
	where := []db.Where[Member]{o.members.OrganizationID.Eq(organizationID)}
	if strings.Contains(keyOrEmail, "@") {
		u, err := orNil(c.Users().ByEmail(keyOrEmail))
		if err != nil || u == nil {
			return nil, err
		}
		where = append(where, o.members.UserID.Eq(u.ID))
	} else {
		where = append(where, o.members.ID.Eq(keyOrEmail))
	}
	rows, err := o.withUsers(c, db.Query[Member]{Where: where, Limit: 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// dropMember ends a membership and those in the organization's teams.
func (o *organization) dropMember(c *core.Context, m *Member) error {
	if _, err := db.Delete(c, c.DB(), o.members.Table, o.members.ID.Eq(m.ID), o.members.OrganizationID.Eq(m.OrganizationID)); err != nil {
		return err
	}
	if !o.Teams.Enabled {
		return nil
	}
	teams, err := db.All(c, c.DB(), o.teams.Table, db.Query[Team]{Where: []db.Where[Team]{o.teams.OrganizationID.Eq(m.OrganizationID)}})
	if err != nil {
		return err
	}
	for _, t := range teams {
		if err := o.part(c, t.ID, m.UserID); err != nil {
			return err
		}
	}
	return nil
}

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

func (o *organization) leave(c *core.Context, in *DeleteInput) (*MemberWithUser, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	out := &MemberWithUser{User: current.User}
	err = o.locked(c, in.OrganizationID, func(c *core.Context, _ *Organization) error {
		m, err := o.member(c, in.OrganizationID, current.User.ID)
		if err != nil || m == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		if o.creates(m.Role) {
			if n, err := o.owners(c, m.OrganizationID); err != nil || n <= 1 {
				return orRefuse(err, ErrOnlyOwner)
			}
		}
		out.Member = m
		if err := o.dropMember(c, m); err != nil {
			return err
		}
		if o.activeOf(current) == in.OrganizationID {
			return o.leaveActive(c, current)
		}
		return nil
	})
	return out, err
}

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

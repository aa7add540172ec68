package organization

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// MemberOutput is a member.
type MemberOutput struct {
	Member *MemberWithUser
}

// AppendJSON writes the output.
func (out *MemberOutput) AppendJSON(b []byte) []byte {
	return append(out.Member.AppendJSON(append(b, `{"member":`...)), '}')
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

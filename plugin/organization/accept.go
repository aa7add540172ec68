package organization

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// AnsweredOutput is an invitation that was answered, and the new member.
type AnsweredOutput struct {
	Invitation *Invitation `json:"invitation"`
	Member     *Member     `json:"member"`
}

func (o *organization) accept(c *core.Context, in *InvitationInput) (*AnsweredOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	i, err := o.mine(c, current.User, in.InvitationID, true, ErrInvitationNotFound, ErrVerifyBeforeAnswering)
	if err != nil {
		return nil, err
	}
	out := &AnsweredOutput{}
	return out, o.locked(c, i.OrganizationID, func(c *core.Context, org *Organization) error {
		if org == nil {
			return ErrOrganizationNotFound
		}
		if err := o.mayJoin(c, org, current.User, i); err != nil {
			return err
		}
		e := &Event{Organization: org, Invitation: i, User: current.User}
		if err := before(c, o.Hooks.BeforeAcceptInvitation, e); err != nil {
			return err
		}
		t := o.invitations
		n, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{t.Status.To(Accepted)},
			t.ID.Eq(i.ID), t.Status.Eq(Pending), t.ExpiresAt.Gte(c.Now()))
		if err != nil || n == 0 {
			return orRefuse(err, ErrInvitationNotFound)
		}
		if out.Invitation, err = o.find(c, i.ID); err != nil {
			return err
		}
		if out.Member, err = o.joinInvited(c, current, org, out.Invitation); err != nil {
			return err
		}
		after(c, o.Hooks.AfterAcceptInvitation, &Event{Organization: org, Invitation: out.Invitation, User: current.User, Member: out.Member})
		return nil
	})
}

// mayJoin refuses where the organization is full, the user is in it already,
// or the inviter is no longer.
func (o *organization) mayJoin(c *core.Context, org *Organization, u *core.User, i *Invitation) error {
	if err := o.roomForMember(c, org, u); err != nil {
		return err
	}
	known, err := o.member(c, org.ID, u.ID)
	if err != nil || known != nil {
		return orRefuse(err, ErrAlreadyMember)
	}
	inviter, err := o.member(c, org.ID, i.InviterID)
	if err == nil && inviter == nil {
		err = ErrInviterGone
	}
	return err
}

// joinInvited makes the invited user a member, also of the teams, and the
// organization the session's active one.
func (o *organization) joinInvited(c *core.Context, current *core.Current, org *Organization, i *Invitation) (*Member, error) {
	set := []db.Assign[core.Session]{o.activeOrganization.To(org.ID)}
	var teams []string
	if o.Teams.Enabled && deref(i.TeamID) != "" {
		teams = strings.Split(*i.TeamID, ",")
	}
	for _, id := range teams {
		t, err := o.team(c, id, org.ID)
		if err != nil || t == nil {
			return nil, orRefuse(err, ErrTeamNotFound)
		}
		if _, err := o.joinLimited(c, id, org.ID, current.User.ID, current); err != nil {
			return nil, err
		}
	}
	m := &Member{ID: c.NewID("member"), OrganizationID: org.ID, UserID: current.User.ID, CreatedAt: c.Now(),
		Role: strings.Join(splitRoles(deref(i.Role)), ",")}
	if err := input.CreateFields(o.members.Table, m, nil); err != nil {
		return nil, err
	}
	if err := db.Create(c, c.DB(), o.members.Table, m); err != nil {
		return nil, err
	}
	if len(teams) == 1 {
		set = append(set, o.activeTeam.To(teams[0]))
	}
	after, err := setSession(c, current, set...)
	if err == nil && len(teams) == 1 {
		c.RefreshSessionCookies(after)
	}
	return m, err
}

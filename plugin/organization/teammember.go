package organization

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about teams and who is in them.
const (
	SetActiveTeam    core.Ref[SetActiveTeamInput, Team]          = "setActiveTeam"
	ListUserTeams    core.Ref[ListUserTeamsInput, TeamList]      = "listUserTeams"
	ListTeamMembers  core.Ref[ListTeamMembersInput, TeamMembers] = "listTeamMembers"
	AddTeamMember    core.Ref[TeamMemberInput, TeamMember]       = "addTeamMember"
	RemoveTeamMember core.Ref[TeamMemberInput, Message]          = "removeTeamMember"
)

// SetActiveTeamInput names a team. Null leaves the active one; nothing
// confirms it.
type SetActiveTeamInput struct {
	TeamID input.Opt[string] `json:"teamId,omitzero"`
}

// Bind reads the body.
func (in *SetActiveTeamInput) Bind(b *input.Binder) { b.Body().NullText("teamId", &in.TeamID) }

func (o *organization) setActiveTeam(c *core.Context, in *SetActiveTeamInput) (*Team, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	active := o.activeTeamOf(current)
	set, team := o.activeTeam.ToNull(), (*Team)(nil)
	if !in.TeamID.Set || !in.TeamID.Null {
		id := in.TeamID.Or("")
		if id == "" {
			id = active
		}
		if id == "" {
			return nil, nil
		}
		if team, err = o.myTeam(c, current, id); err != nil {
			return nil, err
		}
		set = o.activeTeam.To(id)
	} else if active == "" {
		return nil, nil
	}
	if current, err = setSession(c, current, set); err != nil {
		return nil, err
	}
	c.RefreshSessionCookies(current)
	return team, nil
}

// myTeam returns a team of the active organization that the caller is in.
func (o *organization) myTeam(c *core.Context, current *core.Current, id string) (*Team, error) {
	org := o.activeOf(current)
	if org == "" {
		return nil, ErrNoActiveOrganization
	}
	team, err := o.team(c, id, org)
	if err != nil || team == nil {
		return nil, orRefuse(err, ErrTeamNotFound)
	}
	m, err := o.teamMember(c, id, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, ErrNotTeamMember.WithStatus(403))
	}
	return team, nil
}

// TeamMemberInput names a user and a team.
type TeamMemberInput struct {
	TeamID         string            `json:"teamId"`
	UserID         string            `json:"userId"`
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the body.
func (in *TeamMemberInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("teamId", &in.TeamID)
	body.Coerced("userId", &in.UserID)
	body.OptText("organizationId", &in.OrganizationID)
}

// inTeam runs fn for a team and a member that the caller may put into it or
// take out of it.
func (o *organization) inTeam(c *core.Context, in *TeamMemberInput, action string, refusal *core.Error, fn func(c *core.Context, e *Event, current *core.Current) error) error {
	current, err := c.RequireSession()
	if err != nil {
		return err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return ErrNoActiveOrganization
	}
	return o.locked(c, id, func(c *core.Context, org *Organization) error {
		actor, err := o.member(c, id, current.User.ID)
		if err != nil || actor == nil || org == nil {
			return orRefuse(err, ErrNotMember.WithStatus(400))
		}
		if err := o.allow(c, actor, "member", action, refusal); err != nil {
			return err
		}
		m, err := o.member(c, id, in.UserID)
		if err != nil || m == nil {
			return orRefuse(err, ErrNotMember.WithStatus(400))
		}
		team, err := o.team(c, in.TeamID, id)
		if err != nil || team == nil {
			return orRefuse(err, ErrTeamNotFound)
		}
		u, err := user(c, in.UserID)
		if err != nil || u == nil {
			return orRefuse(err, errNoSuchUser)
		}
		return fn(c, &Event{Organization: org, Team: team, User: u}, current)
	})
}

func (o *organization) addTeamMember(c *core.Context, in *TeamMemberInput) (m *TeamMember, err error) {
	err = o.inTeam(c, in, "update", ErrCreateNewTeamMember, func(c *core.Context, e *Event, current *core.Current) error {
		e.TeamMember = &TeamMember{TeamID: e.Team.ID, UserID: e.User.ID}
		if err := before(c, o.Hooks.BeforeAddTeamMember, e); err != nil {
			return err
		}
		if m, err = o.joinLimited(c, e.Team.ID, e.Organization.ID, e.User.ID, current); err != nil {
			return err
		}
		e.TeamMember = m
		after(c, o.Hooks.AfterAddTeamMember, e)
		return nil
	})
	return m, err
}

func (o *organization) removeTeamMember(c *core.Context, in *TeamMemberInput) (*Message, error) {
	return &Message{"Team member removed successfully."}, o.inTeam(c, in, "delete", ErrRemoveTeamMember,
		func(c *core.Context, e *Event, _ *core.Current) (err error) {
			if e.TeamMember, err = o.teamMember(c, e.Team.ID, e.User.ID); err != nil || e.TeamMember == nil {
				return orRefuse(err, ErrNotTeamMember)
			}
			if err := before(c, o.Hooks.BeforeRemoveTeamMember, e); err != nil {
				return err
			}
			if err := o.part(c, e.Team.ID, e.User.ID); err != nil {
				return err
			}
			after(c, o.Hooks.AfterRemoveTeamMember, e)
			return nil
		})
}

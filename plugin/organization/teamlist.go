package organization

import (
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// ListUserTeamsInput names a user, else the caller, and an organization.
type ListUserTeamsInput struct {
	UserID         input.Opt[string] `json:"userId,omitzero"`
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the query.
func (in *ListUserTeamsInput) Bind(b *input.Binder) {
	query := b.Query()
	query.OptText("userId", &in.UserID)
	query.OptText("organizationId", &in.OrganizationID)
}

func (o *organization) listUserTeams(c *core.Context, in *ListUserTeamsInput) (*TeamList, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	userID, id := current.User.ID, in.OrganizationID.Or("")
	if other := in.UserID.Or(""); other != "" && other != userID {
		if id = o.chosen(in.OrganizationID, current); id == "" {
			return nil, ErrNoActiveOrganization
		}
		if err := o.mayAsk(c, current, id, other); err != nil {
			return nil, err
		}
		userID = other
	} else if id != "" {
		if m, err := o.member(c, id, userID); err != nil || m == nil {
			return nil, orRefuse(err, ErrYouAreNotMember)
		}
	}
	teams, err := o.teamsOfUser(c, userID, id)
	return (*TeamList)(&teams), err
}

// mayAsk refuses who may not see the teams of another member.
func (o *organization) mayAsk(c *core.Context, current *core.Current, organizationID, userID string) error {
	m, err := o.member(c, organizationID, current.User.ID)
	if err != nil || m == nil {
		return orRefuse(err, ErrYouAreNotMember)
	}
	if err := o.allow(c, m, "member", "update", ErrUpdateMember); err != nil {
		return err
	}
	if m, err = o.member(c, organizationID, userID); err != nil || m == nil {
		return orRefuse(err, ErrNotMember.WithStatus(400))
	}
	return nil
}

// teamsOfUser returns a user's teams in one organization, or in all that it is
// a member of.
func (o *organization) teamsOfUser(c *core.Context, userID, organizationID string) ([]*Team, error) {
	pairs, err := db.AllJoined(c, c.DB(), db.LinkOf(o.teamMembers.Table, o.teamMembers.TeamID, o.teams.Table, o.teams.ID),
		db.Query[TeamMember]{Where: []db.Where[TeamMember]{o.teamMembers.UserID.Eq(userID)}, Limit: listLimit})
	if err != nil {
		return nil, err
	}
	var teams []*Team
	in := map[string]bool{}
	for _, p := range pairs {
		id := p.Right.OrganizationID
		if organizationID != "" && id != organizationID {
			continue
		}
		if _, asked := in[id]; !asked {
			m, err := o.member(c, id, userID)
			if err != nil {
				return nil, err
			}
			in[id] = m != nil
		}
		if in[id] {
			teams = append(teams, p.Right)
		}
	}
	return teams, nil
}

// ListTeamMembersInput names a team, else the active one.
type ListTeamMembersInput struct {
	TeamID input.Opt[string] `json:"teamId,omitzero"`
}

// Bind reads the query.
func (in *ListTeamMembersInput) Bind(b *input.Binder) { b.Query().OptText("teamId", &in.TeamID) }

func (o *organization) listTeamMembers(c *core.Context, in *ListTeamMembersInput) (*TeamMembers, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := in.TeamID.Or("")
	if id == "" {
		id = o.activeTeamOf(current)
	}
	if id == "" {
		return nil, ErrNoActiveTeam
	}
	team, err := orNil(db.One(c, c.DB(), o.teams.Table, o.teams.ID.Eq(id)))
	if err != nil || team == nil {
		return nil, orRefuse(err, ErrTeamNotFound)
	}
	m, err := o.member(c, team.OrganizationID, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, ErrNotTeamMember)
	}
	list, err := db.All(c, c.DB(), o.teamMembers.Table, db.Query[TeamMember]{
		Where: []db.Where[TeamMember]{o.teamMembers.TeamID.Eq(id)}, Limit: 1000})
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(m *TeamMember) bool { return m.UserID == current.User.ID }) {
		return nil, ErrNotTeamMember
	}
	return (*TeamMembers)(&list), nil
}

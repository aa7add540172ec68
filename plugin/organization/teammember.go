package organization

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
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

// membershipKey is the same for every attempt to put a user into a team.
func membershipKey(teamID, userID string) string {
	pair := db.AppendJSONString([]byte{'['}, teamID)
	pair = append(db.AppendJSONString(append(pair, ','), userID), ']')
	sum := sha256.Sum256(pair)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (o *organization) teamMember(c *core.Context, teamID, userID string) (*TeamMember, error) {
	return orNil(db.One(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(teamID), o.teamMembers.UserID.Eq(userID)))
}

// teamLimit returns how many may be in a team, or nil.
func (o *organization) teamLimit(c *core.Context, teamID, organizationID string, current *core.Current) (*int, error) {
	if f := o.Teams.MaximumMembersPerTeamFunc; f != nil {
		limit, err := f(c, teamID, organizationID, current)
		return &limit, err
	}
	return o.Teams.MaximumMembersPerTeam, nil
}

func (o *organization) joinLimited(c *core.Context, teamID, organizationID, userID string, current *core.Current) (*TeamMember, error) {
	limit, err := o.teamLimit(c, teamID, organizationID, current)
	if err != nil {
		return nil, err
	}
	return o.join(c, teamID, userID, limit)
}

// join puts a user into a team, where it may be already. It is called in a
// transaction and waits for others who join.
func (o *organization) join(c *core.Context, teamID, userID string, limit *int) (*TeamMember, error) {
	t := o.teamMembers
	if _, err := db.First(c, c.DB(), o.teams.Table, db.Query[Team]{Where: []db.Where[Team]{o.teams.ID.Eq(teamID)}, Lock: true}); err != nil {
		return nil, err
	}
	known, err := o.teamMember(c, teamID, userID)
	if err != nil || known != nil {
		return known, err
	}
	n, err := db.Count(c, c.DB(), t.Table, t.TeamID.Eq(teamID))
	if err != nil {
		return nil, err
	}
	if limit != nil && n >= int64(*limit) {
		return nil, ErrTeamMemberLimit
	}
	now, key := c.Now(), membershipKey(teamID, userID)
	m := &TeamMember{ID: c.NewID("teamMember"), TeamID: teamID, UserID: userID, MembershipKey: &key, CreatedAt: &now}
	if err := input.CreateFields(t.Table, m, nil); err != nil {
		return nil, err
	}
	if err := db.Create(c, c.DB(), t.Table, m); err != nil {
		return nil, err
	}
	return m, o.count(c, teamID)
}

// part takes a user out of a team.
func (o *organization) part(c *core.Context, teamID, userID string) error {
	n, err := db.Delete(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(teamID), o.teamMembers.UserID.Eq(userID))
	if err != nil || n == 0 {
		return err
	}
	return o.count(c, teamID)
}

// count keeps the number of members that the reference looks at.
func (o *organization) count(c *core.Context, teamID string) error {
	n, err := db.Count(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(teamID))
	if err != nil {
		return err
	}
	_, err = db.Update(c, c.DB(), o.teams.Table, []db.Assign[Team]{o.teams.MemberCount.To(n)}, o.teams.ID.Eq(teamID))
	return err
}

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

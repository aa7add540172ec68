package organization

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about teams.
const (
	CreateTeam core.Ref[CreateTeamInput, Team]          = "createTeam"
	RemoveTeam core.Ref[RemoveTeamInput, Message]       = "removeTeam"
	UpdateTeam core.Ref[UpdateTeamInput, Team]          = "updateTeam"
	ListTeams  core.Ref[ListInvitationsInput, TeamList] = "listOrganizationTeams"
)

// Message is an output that only says something.
type Message struct {
	Message string `json:"message"`
}

// team returns a team of an organization, or nil.
func (o *organization) team(c *core.Context, id, organizationID string) (*Team, error) {
	return orNil(db.One(c, c.DB(), o.teams.Table, o.teams.ID.Eq(id), o.teams.OrganizationID.Eq(organizationID)))
}

func (o *organization) teamsOf(c *core.Context, organizationID string) ([]*Team, error) {
	return db.All(c, c.DB(), o.teams.Table, db.Query[Team]{
		Where: []db.Where[Team]{o.teams.OrganizationID.Eq(organizationID)}, Limit: listLimit})
}

// CreateTeamInput is a new team.
type CreateTeamInput struct {
	Name           string                     `json:"name"`
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	Fields         map[string]json.RawMessage `json:"-"` // values of added columns
}

// Bind reads the body.
func (in *CreateTeamInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("name", &in.Name)
	body.OptText("organizationId", &in.OrganizationID)
	in.Fields = body.All()
}

// MarshalJSON writes the input as a client would send it.
func (in *CreateTeamInput) MarshalJSON() ([]byte, error) {
	type members CreateTeamInput
	return input.MarshalFields((*members)(in), in.Fields)
}

// orProgram returns the caller's session, or nil for a program without one.
func orProgram(c *core.Context) (*core.Current, error) {
	current, err := c.Session()
	if err == nil && current == nil && c.Request() != nil {
		err = errUnauthorized
	}
	return current, err
}

func (o *organization) createTeam(c *core.Context, in *CreateTeamInput) (*Team, error) {
	fields, err := input.StrictFields(o.teams.Table, "body", in.Fields, false)
	if err != nil {
		return nil, err
	}
	in.Fields = fields
	current, err := orProgram(c)
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	var team *Team
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		var u *core.User
		if current != nil {
			u = current.User
			m, err := o.member(c, id, u.ID)
			if err != nil || m == nil {
				return orRefuse(err, ErrInviteUsersOrganization)
			}
			if err := o.allow(c, m, "team", "create", ErrCreateTeamsInOrganization); err != nil {
				return err
			}
		}
		if err := o.roomForTeam(c, id, current); err != nil {
			return err
		}
		if org == nil {
			return ErrOrganizationNotFound
		}
		now := c.Now()
		team = &Team{ID: c.NewID("team"), Name: in.Name, OrganizationID: id, CreatedAt: now, UpdatedAt: &now}
		if err := input.CreateFields(o.teams.Table, team, in.Fields); err != nil {
			return err
		}
		e := &Event{Organization: org, Team: team, User: u}
		if err := before(c, o.Hooks.BeforeCreateTeam, e); err != nil {
			return err
		}
		if err := db.Create(c, c.DB(), o.teams.Table, team); err != nil {
			return err
		}
		after(c, o.Hooks.AfterCreateTeam, e)
		return nil
	})
	return team, err
}

func (o *organization) roomForTeam(c *core.Context, organizationID string, current *core.Current) error {
	limit := o.Teams.MaximumTeams
	if o.Teams.MaximumTeamsFunc != nil {
		var err error
		if limit, err = o.Teams.MaximumTeamsFunc(c, organizationID, current); err != nil {
			return err
		}
	}
	if limit == 0 {
		return nil
	}
	n, err := db.Count(c, c.DB(), o.teams.Table, o.teams.OrganizationID.Eq(organizationID))
	if err == nil && n >= int64(limit) {
		err = ErrTooManyTeams
	}
	return err
}

func (o *organization) listTeams(c *core.Context, in *ListInvitationsInput) (*TeamList, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	m, err := o.member(c, id, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, ErrAccessOrganization)
	}
	teams, err := o.teamsOf(c, id)
	return (*TeamList)(&teams), err
}

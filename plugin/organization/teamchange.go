package organization

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// RemoveTeamInput names a team.
type RemoveTeamInput struct {
	TeamID         string            `json:"teamId"`
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the body.
func (in *RemoveTeamInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("teamId", &in.TeamID)
	body.OptText("organizationId", &in.OrganizationID)
}

func (o *organization) removeTeam(c *core.Context, in *RemoveTeamInput) (*Message, error) {
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	if current, err = orProgram(c); err != nil {
		return nil, err
	}
	return &Message{"Team removed successfully."}, o.locked(c, id, func(c *core.Context, org *Organization) error {
		var u *core.User
		if current != nil {
			u = current.User
			m, err := o.member(c, id, u.ID)
			if err != nil || m == nil || in.TeamID != "" && o.activeTeamOf(current) == in.TeamID {
				return orRefuse(err, ErrDeleteTeam)
			}
			if err := o.allow(c, m, "team", "delete", ErrDeleteTeamsInOrganization); err != nil {
				return err
			}
		}
		team, err := o.team(c, in.TeamID, id)
		if err != nil || team == nil || org == nil {
			return orRefuse(err, ErrTeamNotFound)
		}
		if !o.Teams.AllowRemovingAllTeams {
			if n, err := db.Count(c, c.DB(), o.teams.Table, o.teams.OrganizationID.Eq(id)); err != nil || n <= 1 {
				return orRefuse(err, ErrLastTeam)
			}
		}
		e := &Event{Organization: org, Team: team, User: u}
		if err := before(c, o.Hooks.BeforeDeleteTeam, e); err != nil {
			return err
		}
		if err := o.dropTeam(c, team); err != nil {
			return err
		}
		after(c, o.Hooks.AfterDeleteTeam, e)
		return nil
	})
}

// dropTeam deletes a team, its memberships, and its name in invitations that
// are pending.
func (o *organization) dropTeam(c *core.Context, team *Team) error {
	if _, err := db.Delete(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(team.ID)); err != nil {
		return err
	}
	if _, err := db.Delete(c, c.DB(), o.teams.Table, o.teams.ID.Eq(team.ID), o.teams.OrganizationID.Eq(team.OrganizationID)); err != nil {
		return err
	}
	t := o.invitations
	list, err := db.All(c, c.DB(), t.Table, db.Query[Invitation]{
		Where: append(o.pending(team.OrganizationID, c), db.Contains(t.TeamID, team.ID))})
	if err != nil {
		return err
	}
	for _, i := range list {
		left := slices.DeleteFunc(strings.Split(deref(i.TeamID), ","), func(id string) bool { return id == team.ID })
		set := t.TeamID.To(strings.Join(left, ","))
		if len(left) == 0 {
			set = t.TeamID.ToNull()
		}
		if _, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{set}, t.ID.Eq(i.ID)); err != nil {
			return err
		}
	}
	return nil
}

// UpdateTeamInput holds new values of a team; what is absent stays.
// OrganizationID says where the team is; it cannot move.
type UpdateTeamInput struct {
	TeamID string         `json:"teamId"`
	Data   UpdateTeamData `json:"data"`
}

// UpdateTeamData are the new values.
type UpdateTeamData struct {
	Name           input.Opt[string]          `json:"name,omitzero"`
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	Fields         map[string]json.RawMessage `json:"-"`
}

// MarshalJSON writes the data as a client would send it.
func (d UpdateTeamData) MarshalJSON() ([]byte, error) {
	type members UpdateTeamData
	return input.MarshalFields(members(d), d.Fields)
}

// Bind reads the body.
func (in *UpdateTeamInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("teamId", &in.TeamID)
	body.Nested("data", func(data *input.Object) {
		data.OptText("name", &in.Data.Name).Min(1)
		data.OptText("organizationId", &in.Data.OrganizationID)
		in.Data.Fields = data.All()
	})
}

func (o *organization) updateTeam(c *core.Context, in *UpdateTeamInput) (*Team, error) {
	fields, err := input.StrictFields(o.teams.Table, "body.data", in.Data.Fields, true)
	if err != nil {
		return nil, err
	}
	in.Data.Fields = fields
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.Data.OrganizationID, current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	var team *Team
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		m, err := o.member(c, id, current.User.ID)
		if err != nil || m == nil || org == nil {
			return orRefuse(err, ErrUpdateTeam)
		}
		if err := o.allow(c, m, "team", "update", ErrUpdateTeam); err != nil {
			return err
		}
		if team, err = o.team(c, in.TeamID, id); err != nil || team == nil {
			return orRefuse(err, ErrTeamNotFound)
		}
		set, err := input.UpdateFields(o.teams.Table, in.Data.Fields)
		if err != nil {
			return err
		}
		if err := apply(o.teams.Table, team, set); err != nil {
			return err
		}
		now := c.Now()
		team.Name, team.UpdatedAt = in.Data.Name.Or(team.Name), &now
		e := &Event{Organization: org, Team: team, User: current.User}
		if err := before(c, o.Hooks.BeforeUpdateTeam, e); err != nil {
			return err
		}
		if _, err := db.Update(c, c.DB(), o.teams.Table, o.teamColumns(team), o.teams.ID.Eq(team.ID), o.teams.OrganizationID.Eq(id)); err != nil {
			return err
		}
		after(c, o.Hooks.AfterUpdateTeam, e)
		return nil
	})
	return team, err
}

// teamColumns are the assignments of an update: all but the count, which
// belongs to who joins and parts.
func (o *organization) teamColumns(team *Team) []db.Assign[Team] {
	count := o.teams.MemberCount.Column()
	return slices.DeleteFunc(columns(o.teams.Table, team), func(a db.Assign[Team]) bool { return a.Column == count })
}

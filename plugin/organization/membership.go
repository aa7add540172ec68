package organization

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
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

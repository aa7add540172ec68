package organization

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// DeleteInput names an organization.
type DeleteInput struct {
	OrganizationID string `json:"organizationId"`
}

// Bind reads the body.
func (in *DeleteInput) Bind(b *input.Binder) { b.Body().Text("organizationId", &in.OrganizationID) }

func (o *organization) delete(c *core.Context, in *DeleteInput) (*Organization, error) {
	if o.DisableOrganizationDeletion {
		return nil, ErrDeletionDisabled
	}
	current, err := c.Session()
	if err != nil || current == nil {
		return nil, orRefuse(err, errUnauthorized)
	}
	if in.OrganizationID == "" {
		return nil, ErrOrganizationNotFound
	}
	var deleted *Organization
	return deleted, o.locked(c, in.OrganizationID, func(c *core.Context, org *Organization) error {
		m, err := o.member(c, in.OrganizationID, current.User.ID)
		if err != nil || m == nil || org == nil {
			return orRefuse(err, ErrNotMember.WithStatus(400))
		}
		if err := o.allow(c, m, "organization", "delete", ErrDeleteOrganization); err != nil {
			return err
		}
		e := &Event{Organization: org, User: current.User}
		if err := before(c, o.Hooks.BeforeDeleteOrganization, e); err != nil {
			return err
		}
		if err := o.remove(c, org.ID); err != nil {
			return err
		}
		deleted = org
		after(c, o.Hooks.AfterDeleteOrganization, e)
		if o.activeOf(current) == org.ID {
			return o.leaveActive(c, current)
		}
		return nil
	})
}

// remove deletes an organization and what refers to it, also where the
// database does not do so by itself.
func (o *organization) remove(c *core.Context, id string) error {
	if o.Teams.Enabled {
		teams, err := db.All(c, c.DB(), o.teams.Table, db.Query[Team]{Where: []db.Where[Team]{o.teams.OrganizationID.Eq(id)}})
		if err != nil {
			return err
		}
		for _, t := range teams {
			if _, err := db.Delete(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(t.ID)); err != nil {
				return err
			}
		}
		if _, err := db.Delete(c, c.DB(), o.teams.Table, o.teams.OrganizationID.Eq(id)); err != nil {
			return err
		}
	}
	if o.DynamicRoles.Enabled {
		if _, err := db.Delete(c, c.DB(), o.roles.Table, o.roles.OrganizationID.Eq(id)); err != nil {
			return err
		}
	}
	if _, err := db.Delete(c, c.DB(), o.members.Table, o.members.OrganizationID.Eq(id)); err != nil {
		return err
	}
	if _, err := db.Delete(c, c.DB(), o.invitations.Table, o.invitations.OrganizationID.Eq(id)); err != nil {
		return err
	}
	_, err := db.Delete(c, c.DB(), o.orgs.Table, o.orgs.ID.Eq(id))
	return err
}

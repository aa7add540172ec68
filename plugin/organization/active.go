package organization

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// SetActive is POST /organization/set-active.
const SetActive core.Ref[SetActiveInput, Organization] = "setActiveOrganization"

// SetActiveInput names an organization. Null leaves the active one; nothing
// confirms it.
type SetActiveInput struct {
	OrganizationID   input.Opt[string] `json:"organizationId,omitzero"`
	OrganizationSlug input.Opt[string] `json:"organizationSlug,omitzero"`
}

// Bind reads the body.
func (in *SetActiveInput) Bind(b *input.Binder) {
	body := b.Body()
	body.NullText("organizationId", &in.OrganizationID)
	body.OptText("organizationSlug", &in.OrganizationSlug)
}

func (o *organization) setActive(c *core.Context, in *SetActiveInput) (*Organization, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	if in.OrganizationID.Set && in.OrganizationID.Null {
		if o.activeOf(current) == "" {
			return nil, nil
		}
		current, err = setSession(c, current, o.activeOrganization.ToNull())
		if err == nil {
			c.RefreshSessionCookies(current)
		}
		return nil, err
	}
	id, err := o.activeID(c, in, current)
	if err != nil || id == "" {
		return nil, err
	}
	if _, err := o.memberOrLeave(c, current, id); err != nil {
		return nil, err
	}
	org, err := o.byID(c, id)
	if err != nil || org == nil {
		return nil, orRefuse(err, ErrOrganizationNotFound)
	}
	current, err = setSession(c, current, o.activeOrganization.To(id))
	if err != nil {
		return nil, err
	}
	c.RefreshSessionCookies(current)
	return org, nil
}

// activeID returns the organization that is to become active, or "".
func (o *organization) activeID(c *core.Context, in *SetActiveInput, current *core.Current) (string, error) {
	slug := in.OrganizationSlug.Or("")
	if id := in.OrganizationID.Or(""); id != "" || slug == "" {
		return o.chosen(in.OrganizationID, current), nil
	}
	org, err := o.bySlug(c, slug)
	if err != nil || org == nil {
		return "", orRefuse(err, ErrOrganizationNotFound)
	}
	return org.ID, nil
}

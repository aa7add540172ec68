package organization

import (
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// UpdateInput is what is to change about an organization.
type UpdateInput struct {
	Data           UpdateData        `json:"data"`
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// UpdateData holds new values; what is absent stays.
type UpdateData struct {
	Name     input.Opt[string]          `json:"name,omitzero"`
	Slug     input.Opt[string]          `json:"slug,omitzero"`
	Logo     input.Opt[string]          `json:"logo,omitzero"`
	Metadata json.RawMessage            `json:"metadata,omitempty"` // an object
	Fields   map[string]json.RawMessage `json:"-"`
}

// MarshalJSON writes the data as a client would send it.
func (d UpdateData) MarshalJSON() ([]byte, error) {
	type members UpdateData
	return input.MarshalFields(members(d), d.Fields)
}

// Bind reads the body.
func (in *UpdateInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Nested("data", func(data *input.Object) {
		data.OptText("name", &in.Data.Name).Min(1)
		data.OptText("slug", &in.Data.Slug).Min(1)
		data.NullText("logo", &in.Data.Logo)
		in.Data.Metadata = metadata(data)
		in.Data.Fields = data.All()
	})
	body.OptText("organizationId", &in.OrganizationID)
}

func (o *organization) update(c *core.Context, in *UpdateInput) (*Parsed, error) {
	fields, err := input.StrictFields(o.orgs.Table, "body.data", in.Data.Fields, true)
	if err != nil {
		return nil, err
	}
	in.Data.Fields = fields
	current, err := c.Session()
	if err != nil || current == nil {
		return nil, orRefuse(err, errNobody)
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrOrganizationNotFound
	}
	out := &Parsed{}
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		m, err := o.member(c, id, current.User.ID)
		if err != nil || m == nil || org == nil {
			return orRefuse(err, ErrNotMember.WithStatus(400))
		}
		if err := o.allow(c, m, "organization", "update", ErrUpdateOrganization); err != nil {
			return err
		}
		if err := o.change(c, org, &in.Data); err != nil {
			return err
		}
		e := &Event{Organization: org, User: current.User, Member: m}
		if err := before(c, o.Hooks.BeforeUpdateOrganization, e); err != nil {
			return err
		}
		if _, err := db.Update(c, c.DB(), o.orgs.Table, columns(o.orgs.Table, org), o.orgs.ID.Eq(org.ID)); err != nil {
			return err
		}
		out.Organization = org
		after(c, o.Hooks.AfterUpdateOrganization, e)
		return nil
	})
	if errors.Is(err, db.ErrConflict) {
		err = ErrSlugTaken.Wrap(err)
	}
	return out, err
}

// change puts new values into an organization in memory.
func (o *organization) change(c *core.Context, org *Organization, data *UpdateData) error {
	if data.Slug.Given() {
		known, err := o.bySlug(c, data.Slug.Value)
		if err != nil || known != nil && known.ID != org.ID {
			return orRefuse(err, ErrSlugTaken)
		}
		org.Slug = data.Slug.Value
	}
	org.Name = data.Name.Or(org.Name)
	switch {
	case data.Logo.Given():
		org.Logo = &data.Logo.Value
	case data.Logo.Set:
		org.Logo = nil
	}
	if data.Metadata != nil {
		org.Metadata = text(data.Metadata)
	}
	set, err := input.UpdateFields(o.orgs.Table, data.Fields)
	if err != nil {
		return err
	}
	return apply(o.orgs.Table, org, set)
}

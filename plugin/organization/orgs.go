package organization

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about organizations.
const (
	CheckSlug core.Ref[CheckSlugInput, core.Status] = "checkOrganizationSlug"
	Update    core.Ref[UpdateInput, Parsed]         = "updateOrganization"
	Delete    core.Ref[DeleteInput, Organization]   = "deleteOrganization"
	List      core.Ref[NoInput, Organizations]      = "listOrganizations"
	Get       core.Ref[GetInput, Organization]      = "getOrganization"
	GetFull   core.Ref[GetFullInput, Full]          = "getFullOrganization"
)

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// CheckSlugInput is a slug somebody would like to have.
type CheckSlugInput struct {
	Slug string `json:"slug"`
}

// Bind reads the body.
func (in *CheckSlugInput) Bind(b *input.Binder) { b.Body().Text("slug", &in.Slug) }

func (o *organization) checkSlug(c *core.Context, in *CheckSlugInput) (*core.Status, error) {
	if c.Request() != nil {
		if _, err := c.RequireSession(); err != nil {
			return nil, err
		}
	}
	known, err := o.bySlug(c, in.Slug)
	if err != nil || known != nil {
		return nil, orRefuse(err, ErrSlugTaken)
	}
	return &core.Status{Status: true}, nil
}

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

func (o *organization) list(c *core.Context, _ *NoInput) (*Organizations, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	pairs, err := db.AllJoined(c, c.DB(), o.memberOrganization, db.Query[Member]{
		Where: []db.Where[Member]{o.members.UserID.Eq(current.User.ID)}, Limit: listLimit})
	out := make(Organizations, len(pairs))
	for i, p := range pairs {
		out[i] = p.Right
	}
	return &out, err
}

// GetInput names an organization; nothing names the active one. The slug wins.
type GetInput struct {
	OrganizationID   input.Opt[string] `json:"organizationId,omitzero"`
	OrganizationSlug input.Opt[string] `json:"organizationSlug,omitzero"`
}

// Bind reads the query.
func (in *GetInput) Bind(b *input.Binder) { in.bind(b.Query()) }

func (in *GetInput) bind(query *input.Object) {
	query.OptText("organizationId", &in.OrganizationID)
	query.OptText("organizationSlug", &in.OrganizationSlug)
}

// visible returns the organization that is asked for and the caller's
// membership, or nils where none is asked for. A session does not stay active
// in an organization its user is not in.
func (o *organization) visible(c *core.Context, in *GetInput) (*Organization, *Member, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, nil, err
	}
	var org *Organization
	if slug := in.OrganizationSlug.Or(""); slug != "" {
		org, err = o.bySlug(c, slug)
	} else if id := o.chosen(in.OrganizationID, current); id != "" {
		org, err = o.byID(c, id)
	} else {
		return nil, nil, nil
	}
	if err != nil || org == nil {
		return nil, nil, orRefuse(err, ErrOrganizationNotFound)
	}
	m, err := o.memberOrLeave(c, current, org.ID)
	return org, m, err
}

func (o *organization) memberOrLeave(c *core.Context, current *core.Current, id string) (*Member, error) {
	m, err := o.member(c, id, current.User.ID)
	if err != nil || m != nil {
		return m, err
	}
	if err := o.leaveActive(c, current); err != nil {
		return nil, err
	}
	return nil, ErrNotMember
}

func (o *organization) get(c *core.Context, in *GetInput) (*Organization, error) {
	org, _, err := o.visible(c, in)
	return org, err
}

// GetFullInput is [GetInput] with how many members to show.
type GetFullInput struct {
	GetInput
	MembersLimit input.Opt[json.RawMessage] `json:"membersLimit,omitzero"` // text or number
}

// Bind reads the query.
func (in *GetFullInput) Bind(b *input.Binder) {
	query := b.Query()
	in.bind(query)
	query.OptRaw("membersLimit", &in.MembersLimit)
}

func (in *GetFullInput) limit() int {
	text := strings.Trim(string(in.MembersLimit.Value), `"`)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 1) {
		return listLimit
	}
	return int(math.Min(n, 1000))
}

func (o *organization) getFull(c *core.Context, in *GetFullInput) (*Full, error) {
	org, m, err := o.visible(c, &in.GetInput)
	if err != nil || org == nil {
		return nil, err
	}
	full := &Full{Organization: org}
	if full.Members, err = o.withUsers(c, db.Query[Member]{
		Where: []db.Where[Member]{o.members.OrganizationID.Eq(org.ID)}, Limit: in.limit()}); err != nil {
		return nil, err
	}
	sees, err := o.can(c, m, "invitation", "create")
	if err != nil {
		return nil, err
	}
	if sees {
		if full.Invitations, err = o.shown(c, m); err != nil {
			return nil, err
		}
	}
	if o.Teams.Enabled {
		teams, err := o.teamsOf(c, org.ID)
		if err != nil {
			return nil, err
		}
		full.Teams = append([]*Team{}, teams...)
	}
	return full, nil
}

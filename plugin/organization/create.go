package organization

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Create is POST /organization/create. A program may call it without a session
// for a user it names.
const Create core.Ref[CreateInput, CreateOutput] = "createOrganization"

// CreateInput is a new organization.
type CreateInput struct {
	Name                          string            `json:"name"`
	Slug                          string            `json:"slug"`
	UserID                        input.Opt[string] `json:"userId,omitzero"` // for programs only
	Logo                          input.Opt[string] `json:"logo,omitzero"`
	Metadata                      json.RawMessage   `json:"metadata,omitempty"` // an object
	KeepCurrentActiveOrganization input.Opt[bool]   `json:"keepCurrentActiveOrganization,omitzero"`
	// Fields holds values of added columns.
	Fields map[string]json.RawMessage `json:"-"`
}

// Bind reads the body.
func (in *CreateInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("name", &in.Name).Min(1)
	body.Text("slug", &in.Slug).Min(1)
	body.OptCoerced("userId", &in.UserID)
	body.NullText("logo", &in.Logo)
	in.Metadata = metadata(body)
	body.OptBool("keepCurrentActiveOrganization", &in.KeepCurrentActiveOrganization)
	in.Fields = body.All()
}

// MarshalJSON writes the input as a client would send it.
func (in *CreateInput) MarshalJSON() ([]byte, error) {
	type members CreateInput
	return input.MarshalFields((*members)(in), in.Fields)
}

func (o *organization) create(c *core.Context, in *CreateInput) (*CreateOutput, error) {
	fields, err := input.StrictFields(o.orgs.Table, "body", in.Fields, false)
	if err != nil {
		return nil, err
	}
	in.Fields = fields
	current, u, err := o.creator(c, in)
	if err != nil {
		return nil, err
	}
	if may, err := o.mayCreate(c, u); err != nil || !may && current != nil {
		return nil, orRefuse(err, ErrCreateNewOrganization)
	}
	out := &CreateOutput{}
	err = c.Transaction(func(c *core.Context) error {
		if err := o.roomForOrganization(c, u); err != nil {
			return err
		}
		*out = CreateOutput{}
		return o.store(c, current, u, in, out)
	})
	var conflict *db.ConflictError
	if errors.As(err, &conflict) && conflict.Table == o.orgs.Table.Name {
		err = ErrOrganizationAlreadyExists.Wrap(err)
	}
	return out, err
}

func orRefuse(err error, refusal *core.Error) error {
	if err != nil {
		return err
	}
	return refusal
}

// creator returns who is to own the organization: the caller, or whom the
// program names.
func (o *organization) creator(c *core.Context, in *CreateInput) (*core.Current, *core.User, error) {
	current, err := c.Session()
	switch {
	case err != nil:
		return nil, nil, err
	case current != nil:
		return current, current.User, nil
	case c.Request() != nil || in.UserID.Or("") == "":
		return nil, nil, errUnauthorized
	}
	u, err := user(c, in.UserID.Value)
	if err == nil && u == nil {
		err = errUnauthorized
	}
	return nil, u, err
}

func (o *organization) mayCreate(c *core.Context, u *core.User) (bool, error) {
	if o.MayCreate != nil {
		return o.MayCreate(c, u)
	}
	return !o.DisableCreation, nil
}

// roomForOrganization refuses where the user is in too many organizations. It
// waits for other creations of that user.
func (o *organization) roomForOrganization(c *core.Context, u *core.User) error {
	if o.OrganizationLimitReached != nil {
		reached, err := o.OrganizationLimitReached(c, u)
		if reached {
			err = orRefuse(err, ErrTooManyOrganizations)
		}
		return err
	}
	if o.OrganizationLimit == nil {
		return nil
	}
	t := c.Tables().Users
	if _, err := db.First(c, c.DB(), t.Table, db.Query[core.User]{Where: []db.Where[core.User]{t.ID.Eq(u.ID)}, Lock: true}); err != nil {
		return err
	}
	n, err := db.Count(c, c.DB(), o.members.Table, o.members.UserID.Eq(u.ID))
	if err == nil && n >= int64(*o.OrganizationLimit) {
		err = ErrTooManyOrganizations
	}
	return err
}

func (o *organization) store(c *core.Context, current *core.Current, u *core.User, in *CreateInput, out *CreateOutput) error {
	known, err := o.bySlug(c, in.Slug)
	if err != nil || known != nil {
		return orRefuse(err, ErrOrganizationAlreadyExists)
	}
	org := &Organization{ID: c.NewID("organization"), Name: in.Name, Slug: in.Slug, CreatedAt: c.Now()}
	if in.Logo.Given() {
		org.Logo = &in.Logo.Value
	}
	if in.Metadata != nil {
		org.Metadata = text(in.Metadata)
	}
	if err := input.CreateFields(o.orgs.Table, org, in.Fields); err != nil {
		return err
	}
	h, e := &o.Hooks, &Event{Organization: org, User: u}
	if err := before(c, h.BeforeCreateOrganization, e); err != nil {
		return err
	}
	if err := db.Create(c, c.DB(), o.orgs.Table, org); err != nil {
		return err
	}
	m := &Member{OrganizationID: org.ID, UserID: u.ID, Role: o.CreatorRole}
	if err := o.storeMember(c, org, u, m, nil); err != nil {
		return err
	}
	out.Organization, out.Members = org, []*Member{m}
	set := []db.Assign[core.Session]{o.activeOrganization.To(org.ID)}
	if o.Teams.Enabled && !o.Teams.DisableDefaultTeam {
		team, err := o.defaultTeam(c, org, u)
		if err != nil {
			return err
		}
		set = append(set, o.activeTeam.To(team.ID))
	}
	after(c, h.AfterCreateOrganization, &Event{Organization: org, User: u, Member: m})
	if current == nil || in.KeepCurrentActiveOrganization.Or(false) {
		return nil
	}
	_, err = setSession(c, current, set...)
	return err
}

// metadata reads the object an organization carries for its users, in the
// order it was sent in.
func metadata(body *input.Object) json.RawMessage {
	var members map[string]json.RawMessage
	body.OptMembers("metadata", &members)
	if members == nil {
		return nil
	}
	var b bytes.Buffer
	_ = json.Compact(&b, body.All()["metadata"]) // it was valid when it was read
	return b.Bytes()
}

func text(raw json.RawMessage) *string { s := string(raw); return &s }

// storeMember stores a membership with its hooks. Fields are values of added
// columns.
func (o *organization) storeMember(c *core.Context, org *Organization, u *core.User, m *Member, fields map[string]json.RawMessage) error {
	m.ID, m.CreatedAt = c.NewID("member"), c.Now()
	if err := input.CreateFields(o.members.Table, m, fields); err != nil {
		return err
	}
	e := &Event{Organization: org, User: u, Member: m}
	if err := before(c, o.Hooks.BeforeAddMember, e); err != nil {
		return err
	}
	if err := db.Create(c, c.DB(), o.members.Table, m); err != nil {
		return err
	}
	after(c, o.Hooks.AfterAddMember, e)
	return nil
}

// defaultTeam makes the first team of an organization, with its creator in it.
func (o *organization) defaultTeam(c *core.Context, org *Organization, u *core.User) (*Team, error) {
	team := &Team{ID: c.NewID("team"), Name: org.Name, OrganizationID: org.ID, CreatedAt: c.Now()}
	if shape := o.Teams.CreateDefaultTeam; shape != nil {
		if err := shape(c, org, team); err != nil {
			return nil, err
		}
	}
	if err := input.CreateFields(o.teams.Table, team, nil); err != nil {
		return nil, err
	}
	e := &Event{Organization: org, User: u, Team: team}
	if err := before(c, o.Hooks.BeforeCreateTeam, e); err != nil {
		return nil, err
	}
	if err := db.Create(c, c.DB(), o.teams.Table, team); err != nil {
		return nil, err
	}
	if _, err := o.join(c, team.ID, u.ID, nil); err != nil {
		return nil, err
	}
	after(c, o.Hooks.AfterCreateTeam, e)
	return team, nil
}

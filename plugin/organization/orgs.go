package organization

import (
	"encoding/json"
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

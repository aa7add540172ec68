package organization

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that show members.
const (
	GetActiveMember     core.Ref[NoInput, MemberWithUser]              = "getActiveMember"
	GetActiveMemberRole core.Ref[GetActiveMemberRoleInput, RoleOutput] = "getActiveMemberRole"
	ListMembers         core.Ref[ListMembersInput, ListMembersOutput]  = "listMembers"
)

// withUsers returns members with their users.
func (o *organization) withUsers(c *core.Context, q db.Query[Member]) ([]*MemberWithUser, error) {
	pairs, err := db.AllJoined(c, c.DB(), o.memberUser, q)
	out := make([]*MemberWithUser, len(pairs))
	for i, p := range pairs {
		out[i] = &MemberWithUser{p.Left, p.Right}
	}
	return out, err
}

func (o *organization) getActiveMember(c *core.Context, _ *NoInput) (*MemberWithUser, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.activeOf(current)
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	m, err := o.member(c, id, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, ErrMemberNotFound)
	}
	return &MemberWithUser{m, current.User}, nil
}

// here returns the organization that is asked for, in which the caller must be
// a member.
func (o *organization) here(c *core.Context, in *GetInput) (*Member, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if slug := in.OrganizationSlug.Or(""); slug != "" {
		org, err := o.bySlug(c, slug)
		if err != nil || org == nil {
			return nil, orRefuse(err, ErrOrganizationNotFound)
		}
		id = org.ID
	}
	if id == "" {
		return nil, ErrNoActiveOrganization
	}
	m, err := o.member(c, id, current.User.ID)
	if err == nil && m == nil {
		err = ErrYouAreNotMember
	}
	return m, err
}

// GetActiveMemberRoleInput names a user, else the caller, in an organization.
type GetActiveMemberRoleInput struct {
	UserID input.Opt[string] `json:"userId,omitzero"`
	GetInput
}

// Bind reads the query.
func (in *GetActiveMemberRoleInput) Bind(b *input.Binder) {
	query := b.Query()
	query.OptText("userId", &in.UserID)
	in.bind(query)
}

// RoleOutput is a member's role.
type RoleOutput struct {
	Role string `json:"role"`
}

func (o *organization) getActiveMemberRole(c *core.Context, in *GetActiveMemberRoleInput) (*RoleOutput, error) {
	m, err := o.here(c, &in.GetInput)
	if err != nil {
		return nil, err
	}
	if id := in.UserID.Or(""); id != "" {
		if m, err = o.member(c, m.OrganizationID, id); err != nil || m == nil {
			return nil, orRefuse(err, ErrYouAreNotMember)
		}
	}
	return &RoleOutput{m.Role}, nil
}

// ListMembersInput is which members of an organization to show.
type ListMembersInput struct {
	GetInput
	input.Listing
}

// Bind reads the query.
func (in *ListMembersInput) Bind(b *input.Binder) {
	query := b.Query()
	in.Listing.Bind(query)
	in.bind(query)
}

// ListMembersOutput is one page of members.
type ListMembersOutput struct {
	Members []*MemberWithUser
	Total   int64
}

// AppendJSON writes the output.
func (out *ListMembersOutput) AppendJSON(b []byte) []byte {
	b = appendList(append(b, `{"members":`...), out.Members)
	return append(appendInt(append(b, `,"total":`...), out.Total), '}')
}

func (o *organization) listMembers(c *core.Context, in *ListMembersInput) (*ListMembersOutput, error) {
	m, err := o.here(c, &in.GetInput)
	if err != nil {
		return nil, err
	}
	if in.FilterField.Or("") == "" {
		in.FilterValue = input.Opt[[]string]{}
	}
	q, err := input.Listed(&in.Listing, o.members.Table, "")
	if err != nil {
		return nil, core.ErrValidation.Say("The list cannot be filtered or sorted by that").Wrap(err)
	}
	if limit, _ := in.Page(); limit < 1 {
		q.Limit = o.MembershipLimit
	}
	q.Where = append(q.Where, o.members.OrganizationID.Eq(m.OrganizationID))
	out := &ListMembersOutput{}
	if out.Members, err = o.withUsers(c, q); err != nil {
		return nil, err
	}
	out.Total, err = db.Count(c, c.DB(), o.members.Table, q.Where...)
	return out, err
}

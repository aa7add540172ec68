package organization

import (
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// GetInvitationInput names an invitation in the query.
type GetInvitationInput struct {
	ID string `json:"id"`
}

// Bind reads the query.
func (in *GetInvitationInput) Bind(b *input.Binder) { b.Query().Text("id", &in.ID) }

// InvitationOutput is an invitation and who sent it.
type InvitationOutput struct {
	Invitation   *Invitation
	Organization *Organization
	InviterEmail string
}

// AppendJSON writes the output.
func (out *InvitationOutput) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(open(out.Invitation.AppendJSON(b)), `,"organizationName":`...), out.Organization.Name)
	b = db.AppendJSONString(append(b, `,"organizationSlug":`...), out.Organization.Slug)
	return append(db.AppendJSONString(append(b, `,"inviterEmail":`...), out.InviterEmail), '}')
}

func (o *organization) getInvitation(c *core.Context, in *GetInvitationInput) (*InvitationOutput, error) {
	current, err := c.Session()
	if err != nil || current == nil {
		return nil, orRefuse(err, errNotAuthenticated)
	}
	i, err := o.mine(c, current.User, in.ID, true, ErrInvitationNotFound, ErrVerifyBeforeReading)
	if err != nil {
		return nil, err
	}
	org, err := o.byID(c, i.OrganizationID)
	if err != nil || org == nil {
		return nil, orRefuse(err, ErrOrganizationNotFound)
	}
	inviter, err := o.withUsers(c, db.Query[Member]{Limit: 1, Where: []db.Where[Member]{
		o.members.OrganizationID.Eq(org.ID), o.members.UserID.Eq(i.InviterID)}})
	if err != nil || len(inviter) == 0 {
		return nil, orRefuse(err, ErrInviterGone)
	}
	return &InvitationOutput{i, org, inviter[0].User.Email}, nil
}

// ListInvitationsInput names an organization, else the active one.
type ListInvitationsInput struct {
	OrganizationID input.Opt[string] `json:"organizationId,omitzero"`
}

// Bind reads the query.
func (in *ListInvitationsInput) Bind(b *input.Binder) {
	b.Query().OptText("organizationId", &in.OrganizationID)
}

func (o *organization) listInvitations(c *core.Context, in *ListInvitationsInput) (*Invitations, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, errNoOrganizationID
	}
	m, err := o.member(c, id, current.User.ID)
	if err != nil || m == nil {
		return nil, orRefuse(err, errNotYours)
	}
	if err := o.allow(c, m, "invitation", "create", ErrListInvitations); err != nil {
		return nil, err
	}
	list, err := o.shown(c, m)
	return (*Invitations)(&list), err
}

// shown returns the invitations a member who may invite sees: not those for
// the creator's role, which it could pass on but not give.
func (o *organization) shown(c *core.Context, m *Member) ([]*Invitation, error) {
	list, err := db.All(c, c.DB(), o.invitations.Table, db.Query[Invitation]{Limit: listLimit,
		Where: []db.Where[Invitation]{o.invitations.OrganizationID.Eq(m.OrganizationID)}})
	if o.creates(m.Role) {
		return list, err
	}
	return slices.DeleteFunc(list, func(i *Invitation) bool { return o.creates(deref(i.Role)) }), err
}

// ListUserInvitationsInput names an address; only programs may.
type ListUserInvitationsInput struct {
	Email input.Opt[string] `json:"email,omitzero"`
}

// Bind reads the query.
func (in *ListUserInvitationsInput) Bind(b *input.Binder) { b.Query().OptText("email", &in.Email) }

// UserInvitations are invitations and the names of their organizations.
type UserInvitations []*UserInvitation

// UserInvitation is one of [UserInvitations].
type UserInvitation struct {
	Invitation       *Invitation
	OrganizationName string
}

// AppendJSON writes the invitation.
func (i *UserInvitation) AppendJSON(b []byte) []byte {
	b = append(open(i.Invitation.AppendJSON(b)), `,"organizationName":`...)
	return append(db.AppendJSONString(b, i.OrganizationName), '}')
}

// AppendJSON writes the list.
func (l *UserInvitations) AppendJSON(b []byte) []byte { return appendList(b, *l) }

func (o *organization) listUserInvitations(c *core.Context, in *ListUserInvitationsInput) (*UserInvitations, error) {
	current, err := c.Session()
	email := in.Email.Or("")
	switch {
	case err != nil:
		return nil, err
	case c.Request() != nil && email != "":
		return nil, errAddressGiven
	case current != nil && !current.User.EmailVerified:
		return nil, ErrVerifyBeforeReading
	case current != nil:
		email = current.User.Email
	case email == "":
		return nil, errNoAddress
	}
	t := o.invitations
	pairs, err := db.AllJoined(c, c.DB(), db.LinkOf(t.Table, t.OrganizationID, o.orgs.Table, o.orgs.ID), db.Query[Invitation]{
		Where: []db.Where[Invitation]{t.Email.Eq(core.NormalEmail(email)), t.Status.Eq(Pending)}, Limit: listLimit})
	out := make(UserInvitations, len(pairs))
	for i, p := range pairs {
		out[i] = &UserInvitation{p.Left, p.Right.Name}
	}
	return &out, err
}

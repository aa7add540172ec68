package organization

import (
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about invitations that exist.
const (
	AcceptInvitation    core.Ref[InvitationInput, AnsweredOutput]           = "acceptOrganizationInvitation"
	RejectInvitation    core.Ref[InvitationInput, AnsweredOutput]           = "rejectOrganizationInvitation"
	CancelInvitation    core.Ref[InvitationInput, Invitation]               = "cancelOrganizationInvitation"
	GetInvitation       core.Ref[GetInvitationInput, InvitationOutput]      = "getOrganizationInvitation"
	ListInvitations     core.Ref[ListInvitationsInput, Invitations]         = "listOrganizationInvitations"
	ListUserInvitations core.Ref[ListUserInvitationsInput, UserInvitations] = "listUserInvitations"
)

// InvitationInput names an invitation.
type InvitationInput struct {
	InvitationID string `json:"invitationId"`
}

// Bind reads the body.
func (in *InvitationInput) Bind(b *input.Binder) { b.Body().Text("invitationId", &in.InvitationID) }

// AnsweredOutput is an invitation that was answered, and the new member.
type AnsweredOutput struct {
	Invitation *Invitation `json:"invitation"`
	Member     *Member     `json:"member"`
}

// find returns an invitation, or nil.
func (o *organization) find(c *core.Context, id string) (*Invitation, error) {
	return orNil(db.One(c, c.DB(), o.invitations.Table, o.invitations.ID.Eq(id)))
}

// requiresProof reports whether an address must be verified before invitations
// to it are dealt with: by default where their keys, which are what an invited
// person proves herself with, can be guessed.
func (o *organization) requiresProof(c *core.Context) bool {
	if must := o.RequireEmailVerificationOnInvitation; must != nil {
		return *must
	}
	g := &c.Options().Advanced.GenerateID
	return g.Func != nil || g.Type == db.IDSerial
}

// mine returns a pending invitation to the caller. Gone is the refusal of one
// that is not there, unverified that of a caller whose address is not proven.
func (o *organization) mine(c *core.Context, u *core.User, id string, expires bool, gone, unverified *core.Error) (*Invitation, error) {
	i, err := o.find(c, id)
	switch {
	case err != nil:
		return nil, err
	case i == nil || i.Status != Pending || expires && i.ExpiresAt.Before(c.Now()):
		return nil, gone
	case core.NormalEmail(i.Email) != core.NormalEmail(u.Email):
		return nil, ErrNotRecipient
	case o.requiresProof(c) && !u.EmailVerified:
		return nil, unverified
	}
	return i, nil
}

func (o *organization) accept(c *core.Context, in *InvitationInput) (*AnsweredOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	i, err := o.mine(c, current.User, in.InvitationID, true, ErrInvitationNotFound, ErrVerifyBeforeAnswering)
	if err != nil {
		return nil, err
	}
	out := &AnsweredOutput{}
	return out, o.locked(c, i.OrganizationID, func(c *core.Context, org *Organization) error {
		if org == nil {
			return ErrOrganizationNotFound
		}
		if err := o.mayJoin(c, org, current.User, i); err != nil {
			return err
		}
		e := &Event{Organization: org, Invitation: i, User: current.User}
		if err := before(c, o.Hooks.BeforeAcceptInvitation, e); err != nil {
			return err
		}
		t := o.invitations
		n, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{t.Status.To(Accepted)},
			t.ID.Eq(i.ID), t.Status.Eq(Pending), t.ExpiresAt.Gte(c.Now()))
		if err != nil || n == 0 {
			return orRefuse(err, ErrInvitationNotFound)
		}
		if out.Invitation, err = o.find(c, i.ID); err != nil {
			return err
		}
		if out.Member, err = o.joinInvited(c, current, org, out.Invitation); err != nil {
			return err
		}
		after(c, o.Hooks.AfterAcceptInvitation, &Event{Organization: org, Invitation: out.Invitation, User: current.User, Member: out.Member})
		return nil
	})
}

// mayJoin refuses where the organization is full, the user is in it already,
// or the inviter is no longer.
func (o *organization) mayJoin(c *core.Context, org *Organization, u *core.User, i *Invitation) error {
	if err := o.roomForMember(c, org, u); err != nil {
		return err
	}
	known, err := o.member(c, org.ID, u.ID)
	if err != nil || known != nil {
		return orRefuse(err, ErrAlreadyMember)
	}
	inviter, err := o.member(c, org.ID, i.InviterID)
	if err == nil && inviter == nil {
		err = ErrInviterGone
	}
	return err
}

// joinInvited makes the invited user a member, also of the teams, and the
// organization the session's active one.
func (o *organization) joinInvited(c *core.Context, current *core.Current, org *Organization, i *Invitation) (*Member, error) {
	set := []db.Assign[core.Session]{o.activeOrganization.To(org.ID)}
	var teams []string
	if o.Teams.Enabled && deref(i.TeamID) != "" {
		teams = strings.Split(*i.TeamID, ",")
	}
	for _, id := range teams {
		t, err := o.team(c, id, org.ID)
		if err != nil || t == nil {
			return nil, orRefuse(err, ErrTeamNotFound)
		}
		if _, err := o.joinLimited(c, id, org.ID, current.User.ID, current); err != nil {
			return nil, err
		}
	}
	m := &Member{ID: c.NewID("member"), OrganizationID: org.ID, UserID: current.User.ID, CreatedAt: c.Now(),
		Role: strings.Join(splitRoles(deref(i.Role)), ",")}
	if err := input.CreateFields(o.members.Table, m, nil); err != nil {
		return nil, err
	}
	if err := db.Create(c, c.DB(), o.members.Table, m); err != nil {
		return nil, err
	}
	if len(teams) == 1 {
		set = append(set, o.activeTeam.To(teams[0]))
	}
	after, err := setSession(c, current, set...)
	if err == nil && len(teams) == 1 {
		c.RefreshSessionCookies(after)
	}
	return m, err
}

// finish gives a pending invitation another state.
func (o *organization) finish(c *core.Context, i *Invitation, status string, from ...string) error {
	t := o.invitations
	where := []db.Where[Invitation]{t.ID.Eq(i.ID)}
	if len(from) > 0 {
		where = append(where, t.Status.In(from...))
	}
	n, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{t.Status.To(status)}, where...)
	if err != nil || n == 0 {
		return orRefuse(err, ErrInvitationNotFound)
	}
	i.Status = status
	return nil
}

func (o *organization) reject(c *core.Context, in *InvitationInput) (*AnsweredOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	i, err := o.mine(c, current.User, in.InvitationID, false, ErrInvitationNotFound.Say("Invitation not found!"), ErrVerifyBeforeAnswering)
	if err != nil {
		return nil, err
	}
	out := &AnsweredOutput{Invitation: i}
	return out, o.locked(c, i.OrganizationID, func(c *core.Context, org *Organization) error {
		if org == nil {
			return ErrOrganizationNotFound
		}
		e := &Event{Organization: org, Invitation: i, User: current.User}
		if err := before(c, o.Hooks.BeforeRejectInvitation, e); err != nil {
			return err
		}
		if err := o.finish(c, i, Rejected, Pending); err != nil {
			return err
		}
		after(c, o.Hooks.AfterRejectInvitation, e)
		return nil
	})
}

func (o *organization) cancel(c *core.Context, in *InvitationInput) (*Invitation, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	i, err := o.find(c, in.InvitationID)
	if err != nil || i == nil {
		return nil, orRefuse(err, ErrInvitationNotFound)
	}
	return i, o.locked(c, i.OrganizationID, func(c *core.Context, org *Organization) error {
		m, err := o.member(c, i.OrganizationID, current.User.ID)
		if err != nil || m == nil || org == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		if err := o.allow(c, m, "invitation", "cancel", ErrCancelInvitation); err != nil {
			return err
		}
		if o.creates(deref(i.Role)) && !o.creates(m.Role) {
			return ErrCancelInvitation
		}
		e := &Event{Organization: org, Invitation: i, User: current.User}
		if err := before(c, o.Hooks.BeforeCancelInvitation, e); err != nil {
			return err
		}
		if err := o.finish(c, i, Canceled); err != nil {
			return err
		}
		after(c, o.Hooks.AfterCancelInvitation, e)
		return nil
	})
}

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

package organization

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// InviteMember is POST /organization/invite-member.
const InviteMember core.Ref[InviteInput, Invitation] = "createOrganizationInvitation"

// InviteInput asks an address to join. Resend prolongs a pending invitation
// and sends it again.
type InviteInput struct {
	Email          string                     `json:"email"`
	Role           []string                   `json:"role"`
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	Resend         input.Opt[bool]            `json:"resend,omitzero"`
	TeamID         input.Opt[[]string]        `json:"teamId,omitzero"`
	Fields         map[string]json.RawMessage `json:"-"` // values of added columns
}

// Bind reads the body.
func (in *InviteInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email)
	body.Names("role", &in.Role)
	body.OptText("organizationId", &in.OrganizationID)
	body.OptBool("resend", &in.Resend)
	body.OptNames("teamId", &in.TeamID)
	in.Fields = body.All()
}

// MarshalJSON writes the input as a client would send it.
func (in *InviteInput) MarshalJSON() ([]byte, error) {
	type members InviteInput
	return input.MarshalFields((*members)(in), in.Fields)
}

// invitation is an invitation that is being made.
type inviting struct {
	*InviteInput
	current *core.Current
	org     *Organization
	actor   *Member
	email   string
	roles   []string
}

func (o *organization) invite(c *core.Context, in *InviteInput) (*Invitation, error) {
	fields, err := input.StrictFields(o.invitations.Table, "body", in.Fields, false)
	if err != nil {
		return nil, err
	}
	in.Fields = fields
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	id := o.chosen(in.OrganizationID, current)
	if id == "" {
		return nil, ErrOrganizationNotFound
	}
	email := core.NormalEmail(in.Email)
	if !input.ValidEmail(email) {
		return nil, core.ErrInvalidEmail
	}
	var out *Invitation
	err = o.locked(c, id, func(c *core.Context, org *Organization) error {
		w := &inviting{in, current, org, nil, email, splitRoles(in.Role...)}
		if w.actor, err = o.member(c, id, current.User.ID); err != nil || w.actor == nil || org == nil {
			return orRefuse(err, ErrMemberNotFound)
		}
		if err := o.mayInvite(c, w); err != nil {
			return err
		}
		out, err = o.invitation(c, w)
		return err
	})
	return out, err
}

// mayInvite refuses callers, roles and addresses that cannot be.
func (o *organization) mayInvite(c *core.Context, w *inviting) error {
	if err := o.allow(c, w.actor, "invitation", "create", ErrInviteUsersOrganization); err != nil {
		return err
	}
	if len(w.roles) == 0 {
		return ErrRoleNotFound
	}
	unknown, err := o.unknownRoles(c, w.org.ID, w.roles)
	if err != nil || len(unknown) > 0 {
		return orRefuse(err, bad("", "ROLE_NOT_FOUND: "+strings.Join(unknown, ", ")))
	}
	if slices.Contains(w.roles, o.CreatorRole) && !o.creates(w.actor.Role) {
		return ErrInviteUserWithRole
	}
	u, err := orNil(c.Users().ByEmail(w.email))
	if err != nil || u == nil {
		return err
	}
	known, err := o.member(c, w.org.ID, u.ID)
	if err == nil && known != nil {
		err = ErrAlreadyMember
	}
	return err
}

func (o *organization) pending(organizationID string, c *core.Context) []db.Where[Invitation] {
	t := o.invitations
	return []db.Where[Invitation]{t.OrganizationID.Eq(organizationID), t.Status.Eq(Pending), t.ExpiresAt.Gt(c.Now())}
}

// invitation makes an invitation, or sends a pending one again.
func (o *organization) invitation(c *core.Context, w *inviting) (*Invitation, error) {
	t := o.invitations
	known, err := db.All(c, c.DB(), t.Table, db.Query[Invitation]{Limit: listLimit,
		Where: append(o.pending(w.org.ID, c), t.Email.Eq(w.email))})
	if err != nil {
		return nil, err
	}
	if len(known) > 0 {
		switch {
		case w.Resend.Or(false):
			return known[0], o.resend(c, w, known[0])
		case !o.CancelPendingInvitationsOnReInvite:
			return nil, ErrAlreadyInvited
		}
		if _, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{t.Status.To(Canceled)}, t.ID.Eq(known[0].ID), t.Status.Eq(Pending)); err != nil {
			return nil, err
		}
	}
	if err := o.roomForInvitation(c, w); err != nil {
		return nil, err
	}
	teams, err := o.invitedTeams(c, w)
	if err != nil {
		return nil, err
	}
	role := strings.Join(w.roles, ",")
	i := &Invitation{ID: c.NewID("invitation"), OrganizationID: w.org.ID, Email: w.email, Role: &role, TeamID: teams,
		Status: Pending, ExpiresAt: c.Now().Add(o.InvitationExpiresIn), CreatedAt: c.Now(), InviterID: w.current.User.ID}
	if err := input.CreateFields(t.Table, i, w.Fields); err != nil {
		return nil, err
	}
	e := &Event{Organization: w.org, Invitation: i, User: w.current.User, Member: w.actor}
	if err := before(c, o.Hooks.BeforeCreateInvitation, e); err != nil {
		return nil, err
	}
	if err := db.Create(c, c.DB(), t.Table, i); err != nil {
		return nil, err
	}
	after(c, o.Hooks.AfterCreateInvitation, e)
	return i, o.send(c, w, i)
}

// resend prolongs a pending invitation. Only who may give its role may send
// it: who receives it can be somebody else by now.
func (o *organization) resend(c *core.Context, w *inviting, i *Invitation) error {
	if o.creates(deref(i.Role)) && !o.creates(w.actor.Role) {
		return ErrInviteUserWithRole
	}
	t := o.invitations
	i.ExpiresAt = c.Now().Add(o.InvitationExpiresIn)
	n, err := db.Update(c, c.DB(), t.Table, []db.Assign[Invitation]{t.ExpiresAt.To(i.ExpiresAt)}, t.ID.Eq(i.ID), t.Status.Eq(Pending))
	if err != nil || n == 0 {
		return orRefuse(err, ErrInvitationNotFound)
	}
	return o.send(c, w, i)
}

func (o *organization) roomForInvitation(c *core.Context, w *inviting) error {
	limit := *o.InvitationLimit
	if o.InvitationLimitFunc != nil {
		var err error
		if limit, err = o.InvitationLimitFunc(c, &Event{Organization: w.org, User: w.current.User, Member: w.actor}); err != nil {
			return err
		}
	}
	n, err := db.Count(c, c.DB(), o.invitations.Table, o.pending(w.org.ID, c)...)
	if err == nil && n >= int64(limit) {
		err = ErrInvitationLimit
	}
	return err
}

// invitedTeams returns the teams of an invitation as they are stored. They
// must be the organization's and have room.
func (o *organization) invitedTeams(c *core.Context, w *inviting) (*string, error) {
	ids := w.TeamID.Value
	switch {
	case !o.Teams.Enabled || len(ids) == 0:
		return nil, nil
	case len(ids) == 1 && ids[0] == "":
		return &ids[0], nil // stored as it is, and no team
	}
	if slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(id, ",") }) {
		return nil, ErrInvalidTeamID
	}
	for _, id := range ids {
		t, err := o.team(c, id, w.org.ID)
		if err != nil || t == nil {
			return nil, orRefuse(err, ErrTeamNotFound)
		}
	}
	for _, id := range ids {
		limit, err := o.teamLimit(c, id, w.org.ID, w.current)
		if err != nil || limit == nil {
			return text([]byte(strings.Join(ids, ","))), err
		}
		n, err := db.Count(c, c.DB(), o.teamMembers.Table, o.teamMembers.TeamID.Eq(id))
		if err != nil || n >= int64(*limit) {
			return nil, orRefuse(err, ErrTeamMemberLimit)
		}
	}
	return text([]byte(strings.Join(ids, ","))), nil
}

// send mails an invitation once it is stored.
func (o *organization) send(c *core.Context, w *inviting, i *Invitation) error {
	type party struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Slug  string `json:"slug,omitempty"`
		Email string `json:"email,omitempty"`
	}
	inviter := w.current.User
	data, err := json.Marshal(struct {
		ID           string `json:"id"`
		Email        string `json:"email"`
		Role         string `json:"role"`
		Organization party  `json:"organization"`
		Inviter      party  `json:"inviter"`
	}{i.ID, i.Email, deref(i.Role), party{ID: w.org.ID, Name: w.org.Name, Slug: w.org.Slug},
		party{ID: inviter.ID, Name: inviter.Name, Email: inviter.Email}})
	if err == nil {
		c.Deliver(&core.Message{Type: MessageInvitation, To: i.Email, Data: data})
	}
	return err
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

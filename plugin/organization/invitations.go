package organization

import (
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

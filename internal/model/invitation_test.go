package model_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/organization"
)

const (
	owner        = "owner@example.com"
	mostMembers  = 3
	mostInvited  = 2
	invitedFor   = 48 * time.Hour
	nobodysEmail = "nobody@example.com" // has no user
)

// invitations is what should become of an organization's invitations and
// members.
type invitations struct {
	id       string
	s        *authtest.Server
	replaces bool // inviting again cancels the invitation before
	browsers map[string]*authtest.Client
	roles    map[string]string // of the members, by address
	sent     []*invitation
}

type invitation struct {
	id, email, role, inviter, status string
	expires                          time.Time
}

func (m *invitations) now() time.Time { return m.s.Clock.Now() }

func (m *invitations) pending() (list []*invitation) {
	for _, i := range m.sent {
		if i.status == "pending" && i.expires.After(m.now()) {
			list = append(list, i)
		}
	}
	return list
}

func (m *invitations) manages(email string) bool {
	return m.roles[email] == "owner" || m.roles[email] == "admin"
}

// somebody is one of the users, mostly who has reason to act.
func somebody(t *rapid.T, usual string) string {
	return mostly(t, "who", []string{usual}, []string{owner, ada, bob, eve})
}

// refusal returns what an invitation is refused with, and the one before.
func (m *invitations) refusal(who, email string, resend bool) (status int, code string, known *invitation) {
	pending := m.pending()
	if i := slices.IndexFunc(pending, func(i *invitation) bool { return i.email == email }); i >= 0 {
		known = pending[i]
	}
	switch {
	case m.roles[who] == "":
		return 400, "MEMBER_NOT_FOUND", known
	case !m.manages(who):
		return 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", known
	case m.roles[email] != "":
		return 400, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION", known
	case known != nil && !resend && !m.replaces:
		return 400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", known
	case known == nil && len(pending) >= mostInvited:
		return 403, "INVITATION_LIMIT_REACHED", known
	}
	return 200, "", known
}

func (m *invitations) invite(t *rapid.T) {
	who, email := somebody(t, owner), pick(t, "email", []string{ada, bob, eve, nobodysEmail})
	role, resend := pick(t, "role", []string{"member", "admin"}), flip(t, "resend")
	a := m.browsers[who].Post("/organization/invite-member", body{"organizationId": m.id, "email": email, "role": role, "resend": resend})
	status, code, known := m.refusal(who, email, resend)
	want(t, a, status, code)
	if status != 200 {
		return
	}
	m.s.Message(organization.MessageInvitation, email)
	if known != nil && resend {
		known.expires = m.now().Add(invitedFor)
		return
	}
	if known != nil {
		known.status = "canceled"
	}
	m.sent = append(m.sent, &invitation{a.Text("id"), email, role, who, "pending", m.now().Add(invitedFor)})
}

// answer accepts or rejects. An invitation that has expired can be rejected.
func (m *invitations) answer(path, status string) func(*rapid.T) {
	return func(t *rapid.T) {
		i := mostly(t, "invitation", m.pending(), m.sent)
		who := somebody(t, i.email)
		if who == nobodysEmail {
			t.Skip("nobody can")
		}
		a := m.browsers[who].Post(path, body{"invitationId": i.id})
		accepts := status == "accepted"
		switch {
		case i.status != "pending" || accepts && i.expires.Before(m.now()):
			want(t, a, 400, "INVITATION_NOT_FOUND")
		case i.email != who:
			want(t, a, 403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
		case accepts && len(m.roles) >= mostMembers:
			want(t, a, 403, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED")
		case accepts && m.roles[i.inviter] == "":
			want(t, a, 400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION")
		default:
			want(t, a, 200, "")
			if i.status = status; accepts {
				m.roles[who] = i.role
			}
		}
	}
}

func (m *invitations) cancel(t *rapid.T) {
	i, who := pick(t, "invitation", m.sent), somebody(t, owner)
	a := m.browsers[who].Post("/organization/cancel-invitation", body{"invitationId": i.id})
	switch {
	case m.roles[who] == "":
		want(t, a, 400, "MEMBER_NOT_FOUND")
	case !m.manages(who):
		want(t, a, 403, "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION")
	default:
		want(t, a, 200, "")
		i.status = "canceled"
	}
}

func (m *invitations) leave(t *rapid.T) {
	who := pick(t, "who", []string{ada, bob, eve})
	a := m.browsers[who].Post("/organization/leave", body{"organizationId": m.id})
	if m.roles[who] == "" {
		want(t, a, 400, "MEMBER_NOT_FOUND")
		return
	}
	want(t, a, 200, "")
	delete(m.roles, who)
}

func (m *invitations) check(t *rapid.T) {
	var full struct {
		Members []struct {
			Role string
			User struct{ Email string }
		}
		Invitations []struct{ ID, Status, Email string }
	}
	m.browsers[owner].Get("/organization/get-full-organization?organizationId=" + m.id).Decode(&full)
	roles := map[string]string{}
	for _, member := range full.Members {
		roles[member.User.Email] = member.Role
	}
	if !maps.Equal(roles, m.roles) {
		t.Fatalf("the members are %v, want %v", roles, m.roles)
	}
	var got, want []string
	for _, i := range full.Invitations {
		got = append(got, fmt.Sprint(i.ID, i.Email, i.Status))
	}
	for _, i := range m.sent {
		want = append(want, fmt.Sprint(i.id, i.email, i.status))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("the invitations are %q, want %q", got, want)
	}
}

func TestInvitations(t *testing.T) {
	play(t, func(t *rapid.T, begin beginning) {
		m := &invitations{replaces: flip(t, "replaces"), browsers: map[string]*authtest.Client{}, roles: map[string]string{owner: "owner"}}
		limit := mostInvited
		m.s = begin(func(o *core.Options) {
			o.Session.ExpiresIn = 400 * day
			o.Plugins = append(o.Plugins, organization.New(organization.Options{MembershipLimit: mostMembers, InvitationLimit: &limit,
				InvitationExpiresIn: invitedFor, CancelPendingInvitationsOnReInvite: m.replaces}))
		})
		for _, email := range []string{owner, ada, bob, eve} {
			m.browsers[email] = m.s.SignUp(email)
		}
		m.id = m.browsers[owner].Post("/organization/create", body{"name": "Org", "slug": "org"}).Text("id")
		t.Repeat(map[string]func(*rapid.T){
			"":       m.check,
			"invite": m.invite,
			"accept": m.answer("/organization/accept-invitation", "accepted"),
			"reject": m.answer("/organization/reject-invitation", "rejected"),
			"cancel": m.cancel,
			"leave":  m.leave,
			"later":  passing(m.s, time.Minute, 20*time.Hour, 49*time.Hour),
		})
		m.s.NoMessage()
	})
}

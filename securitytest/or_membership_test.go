package securitytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// company is an organization with its owner.
type company struct {
	s     *harness.Site
	id    string
	owner *harness.Client
}

func found(s *harness.Site, name string) company {
	owner := s.SignUp(s.Address(name))
	a := owner.Post("/organization/create", body{"name": name, "slug": s.Address(name)[:len(name)+11]})
	a.Want(http.StatusOK)
	return company{s, a.Text("id"), owner}
}

// invite invites as the owner and returns the invitation's key.
func (o company) invite(email, role string) string {
	a := o.owner.Post("/organization/invite-member", body{"email": email, "role": role, "organizationId": o.id})
	a.Want(http.StatusOK)
	return a.Text("id")
}

// join signs somebody up and makes them a member.
func (o company) join(name, role string) *harness.Client {
	email := o.s.Address(name)
	c := o.s.SignUp(email)
	invitation := o.invite(email, role)
	c.Post("/organization/accept-invitation", body{"invitationId": invitation}).Want(http.StatusOK)
	c.Post("/organization/set-active", body{"organizationId": o.id}).Want(http.StatusOK) // also in a cookie cache
	return c
}

// member returns the key of a client's membership.
func (o company) member(c *harness.Client) string {
	a := c.Get("/organization/get-active-member")
	a.Want(http.StatusOK)
	return a.Text("id")
}

func answers(id string) []func(*harness.Client) *harness.Answer {
	return []func(*harness.Client) *harness.Answer{
		func(c *harness.Client) *harness.Answer {
			return c.Post("/organization/accept-invitation", body{"invitationId": id})
		},
		func(c *harness.Client) *harness.Answer {
			return c.Post("/organization/reject-invitation", body{"invitationId": id})
		},
		func(c *harness.Client) *harness.Answer { return c.Get("/organization/get-invitation?id=" + id) },
	}
}

func unprovenInvitees(_ *testing.T, s *harness.Site) {
	o := found(s, "company")
	email := s.Address("invited")
	id := o.invite(email, "admin")
	thief := s.SignUp(email) // whoever knows the address can; it is not proven
	w := s.Watch(id, o.id)
	for _, answer := range answers(id) {
		w.Refused(answer(thief), http.StatusForbidden, "")
	}
	w.Refused(thief.Get("/organization/list-user-invitations"), http.StatusForbidden, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	w.Refused(thief.Post("/organization/accept-invitation", body{"invitationId": id}), http.StatusForbidden,
		"EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION")

	thief.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	thief.Get(s.Message("verification-email", email).URL)
	s.SignIn(email).Post("/organization/accept-invitation", body{"invitationId": id}).Want(http.StatusOK)
}

func invitationsAreForOne(_ *testing.T, s *harness.Site) {
	o := found(s, "company")
	name := strings.TrimSuffix(s.Address("invitee"), "@example.com")
	id := o.invite(name+"@example.com", "member")
	dotless := strings.Replace(name, "i", "ı", 1)
	for _, address := range []string{s.Address("other"), name + "+1@example.com", dotless + "@example.com", name + "@example.com.evil.test"} {
		c := s.Client()
		if a := c.Post("/sign-up/email", body{"name": "x", "email": address, "password": harness.Password}); a.Status != http.StatusOK {
			continue // no address at all: nobody can be called so
		}
		w := s.Watch(id, o.id)
		for _, answer := range answers(id) {
			w.Refused(answer(c), http.StatusForbidden, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
		}
	}
	s.SignUp(strings.ToUpper(name)+"@EXAMPLE.com").Post("/organization/accept-invitation", body{"invitationId": id}).Want(http.StatusOK)
}

func acceptancesAddNothing(t *testing.T, s *harness.Site) {
	o, other := found(s, "company"), found(s, "elsewhere")
	email := s.Address("invitee")
	c := s.SignUp(email)
	id := o.invite(email, "member")
	w := s.Watch(id, o.id, other.id)
	for _, tampered := range []string{"", id + "x", id[:len(id)-1], strings.ToLower(id), "../" + id, "x' OR '1'='1"} {
		if tampered != id {
			w.Refused(c.Post("/organization/accept-invitation", body{"invitationId": tampered}), http.StatusBadRequest, "")
		}
	}
	a := c.Post("/organization/accept-invitation", body{"invitationId": id, "role": "owner", "organizationId": other.id, "teamId": "x", "email": email, "status": "x"})
	a.Want(http.StatusOK)
	if a.Text("member.role") != "member" || a.Text("member.organizationId") != o.id {
		t.Errorf("the acceptance changed the membership: %s", a.Body)
	}
	s.Watch(other.id).Refused(c.Post("/organization/set-active", body{"organizationId": other.id}), http.StatusForbidden, "")
}

func invitationsEnd(t *testing.T, s *harness.Site) {
	o := found(s, "company")
	accept := func(c *harness.Client, id string) *harness.Answer {
		return c.Post("/organization/accept-invitation", body{"invitationId": id})
	}
	for name, end := range map[string]func(c *harness.Client, id string){
		"expired": func(_ *harness.Client, id string) { expireInvitation(t, s, id) },
		"canceled": func(_ *harness.Client, id string) {
			o.owner.Post("/organization/cancel-invitation", body{"invitationId": id}).Want(200)
		},
		"rejected": func(c *harness.Client, id string) {
			c.Post("/organization/reject-invitation", body{"invitationId": id}).Want(200)
		},
		"accepted": func(c *harness.Client, id string) { accept(c, id).Want(http.StatusOK) },
	} {
		email := s.Address(name)
		c, id := s.SignUp(email), o.invite(email, "member")
		end(c, id)
		s.Watch(id, o.id).Refused(accept(c, id), http.StatusBadRequest, "INVITATION_NOT_FOUND")
	}

	admin := o.join("inviter", "admin")
	email := s.Address("late")
	c := s.SignUp(email)
	a := admin.Post("/organization/invite-member", body{"email": email, "role": "member", "organizationId": o.id})
	a.Want(http.StatusOK)
	o.owner.Post("/organization/remove-member", body{"memberIdOrEmail": o.member(admin), "organizationId": o.id}).Want(http.StatusOK)
	s.Watch(o.id).Refused(accept(c, a.Text("id")), http.StatusBadRequest, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION")

	email = s.Address("eager")
	c = s.SignUp(email)
	id := o.invite(email, "member")
	accepted := 0
	for _, a := range s.Together(harness.Repeat(c.Request(http.MethodPost, "/organization/accept-invitation", body{"invitationId": id}), 20)...) {
		if a.Status == http.StatusOK {
			accepted++
		}
	}
	if members := s.Store.Column(t, `SELECT "id" FROM "member" WHERE "userId" = `+quote(c.User())); accepted != 1 || len(members) != 1 {
		t.Errorf("20 acceptances at once: %d accepted, %d members", accepted, len(members))
	}
}

// expireInvitation puts an invitation's end into the past.
func expireInvitation(t *testing.T, s *harness.Site, id string) {
	var past any = time.Now().Add(-time.Hour).UTC()
	if s.Profile.Name != harness.Postgres.Name {
		past = time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
		s.Store.Exec(t, `UPDATE "invitation" SET "expiresAt" = ? WHERE "id" = ?`, past, id)
		return
	}
	s.Store.Exec(t, `UPDATE "invitation" SET "expiresAt" = $1 WHERE "id" = $2`, past, id)
}

// quote writes a key, which is letters and digits, as SQL.
func quote(key string) string { return "'" + key + "'" }

func rolesAreNotTaken(_ *testing.T, s *harness.Site) {
	o, other := found(s, "company"), found(s, "elsewhere")
	member, admin := o.join("member", "member"), o.join("admin", "admin")
	owner := o.member(o.owner)
	change := func(c *harness.Client, member string, role any, in string) *harness.Answer {
		return c.Post("/organization/update-member-role", body{"memberId": member, "role": role, "organizationId": in})
	}
	w := s.Watch(o.id, other.id)
	w.Refused(change(member, o.member(member), "admin", o.id), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.Refused(change(member, owner, "member", o.id), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.Refused(change(admin, o.member(admin), "owner", o.id), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.Refused(change(admin, owner, "member", o.id), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.Refused(change(o.owner, other.member(other.owner), "member", other.id), 0, "")
	w.Refused(change(o.owner, other.member(other.owner), "member", o.id), 0, "")
	w.Refused(change(other.owner, o.member(member), "owner", other.id), 0, "")
	change(o.owner, o.member(member), "admin", o.id).Want(http.StatusOK)
}

func spellingsOfOwner(_ *testing.T, s *harness.Site) {
	o := found(s, "company")
	admin, member := o.join("admin", "admin"), o.join("member", "member")
	id := o.member(member)
	for _, role := range []any{"owner", " owner", "owner ", "\towner", "admin,owner", "admin, owner", []string{"member", "owner"}, []string{"owner"}, "OWNER", "", []string{}, "ownerX", ",owner,"} {
		w := s.Watch(o.id)
		w.Refused(admin.Post("/organization/invite-member", body{"email": s.Address("friend"), "role": role, "organizationId": o.id}), 0, "")
		w.Refused(admin.Post("/organization/update-member-role", body{"memberId": id, "role": role, "organizationId": o.id}), 0, "")
	}
	admin.Post("/organization/invite-member", body{"email": s.Address("friend"), "role": "admin", "organizationId": o.id}).Want(http.StatusOK)
	admin.Post("/organization/update-member-role", body{"memberId": id, "role": []string{"member", "admin"}, "organizationId": o.id}).Want(http.StatusOK)
}

func invitationsAreHidden(t *testing.T, s *harness.Site) {
	o := found(s, "company")
	admin, member := o.join("admin", "admin"), o.join("member", "member")
	forOwner, forMember := s.Address("second"), s.Address("third")
	id := o.invite(forOwner, "owner")
	o.invite(forMember, "member")
	list := "/organization/list-invitations?organizationId=" + o.id
	full := "/organization/get-full-organization?organizationId=" + o.id
	w := s.Watch(o.id)
	w.Refused(member.Get(list), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS")
	member.Get(full).Want(http.StatusOK, `"invitations":[]`)
	for _, path := range []string{list, full} {
		a := admin.Get(path)
		a.Want(http.StatusOK, forMember)
		if strings.Contains(a.Body, forOwner) || strings.Contains(a.Body, id) {
			t.Errorf("%s shows an administrator an invitation to the owners: %s", path, a.Body)
		}
		o.owner.Get(path).Want(http.StatusOK, forMember, forOwner)
	}
	w.Refused(admin.Post("/organization/cancel-invitation", body{"invitationId": id}), http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION")
	w.Refused(admin.Post("/organization/invite-member", body{"email": forOwner, "role": "owner", "organizationId": o.id, "resend": true}), http.StatusForbidden, "")
	o.owner.Post("/organization/cancel-invitation", body{"invitationId": id}).Want(http.StatusOK)
}

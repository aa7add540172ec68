package organization_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/organization"
)

// OR-01: where the option says so, an address must be proven.
func TestOR01UnverifiedAddress(t *testing.T) {
	t.Parallel()
	must := true
	c := newCompany(t, with(organization.Options{RequireEmailVerificationOnInvitation: &must}))
	id := c.owner.Post("/organization/invite-member", body{"email": "v@example.com", "role": "member"}).Want(200).Text("id")
	v := c.SignUp("v@example.com")
	v.Get("/organization/get-invitation?id="+id).WantCode(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	for _, path := range []string{"accept", "reject"} {
		v.Post("/organization/"+path+"-invitation", body{"invitationId": id}).
			WantCode(403, "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION")
	}
	v.Get("/organization/list-user-invitations").WantCode(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	if _, err := c.Context().Users().Update(c.User("v@example.com").ID, c.Tables().Users.EmailVerified.To(true)); err != nil {
		t.Fatal(err)
	}
	v.Get("/organization/list-user-invitations").Want(200, id, `"organizationName":"Org"`)
	v.Post("/organization/accept-invitation", body{"invitationId": id}).Want(200)
}

// OR-02, OR-03: an invitation is its recipient's, and says what was stored.
func TestOR02OnlyTheRecipient(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(teams))
	id := c.owner.Post("/organization/invite-member", body{"email": "v@example.com", "role": "member"}).Want(200).Text("id")
	for _, email := range []string{"a@example.com", "v+1@example.com"} {
		a := c.SignUp(email)
		a.Get("/organization/get-invitation?id="+id).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
		a.Post("/organization/accept-invitation", body{"invitationId": id}).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
		a.Post("/organization/reject-invitation", body{"invitationId": id}).WantCode(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION")
	}
	v := c.SignUp("V@example.com")
	v.Post("/organization/accept-invitation", body{"invitationId": id + "x"}).WantCode(400, "INVITATION_NOT_FOUND")
	v.Post("/organization/accept-invitation", body{"invitationId": id, "role": "owner", "organizationId": "x", "teamId": "x"}).
		Want(200, `"role":"member"`, `"organizationId":"`+c.id+`"`)
}

// OR-04: an invitation works once, while it is pending, not expired, and its
// inviter is there.
func TestOR04InvitationsWorkOnce(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		invite := func(by *authtest.Client) string {
			t.Helper()
			return by.Post("/organization/invite-member", body{"email": "v@example.com", "role": "member", "organizationId": c.id}).Want(200).Text("id")
		}
		id := invite(c.owner)
		c.Clock.Advance(49 * time.Hour)
		v := c.SignUp("v@example.com")
		v.Post("/organization/accept-invitation", body{"invitationId": id}).WantCode(400, "INVITATION_NOT_FOUND")
		admin, adminID := c.join("admin@example.com", "admin")
		id = invite(admin)
		c.owner.Post("/organization/remove-member", body{"memberIdOrEmail": adminID}).Want(200)
		v.Get("/organization/get-invitation?id="+id).WantCode(400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION")
		v.Post("/organization/accept-invitation", body{"invitationId": id}).WantCode(400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION")
		c.owner.Post("/organization/cancel-invitation", body{"invitationId": id}).Want(200)
		id = invite(c.owner)
		won := make([]bool, 64)
		race(64, func(i int) {
			won[i] = v.Clone().Post("/organization/accept-invitation", body{"invitationId": id}).Status == 200
		})
		if n := count(won); n != 1 {
			t.Errorf("accepted %d times", n)
		}
		c.owner.Get("/organization/list-members").Want(200, `"total":2`)
	})
}

func count(won []bool) (n int) {
	for _, w := range won {
		if w {
			n++
		}
	}
	return n
}

// OR-05: what a member may do follows from the caller, in that organization.
func TestOR05RolesOfOthers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		ownerID := c.owner.Get("/organization/get-active-member").Text("id")
		member, memberID := c.join("member@example.com", "member")
		admin, adminID := c.join("admin@example.com", "admin")
		set := func(by *authtest.Client, id, role string) *authtest.Answer {
			return by.Post("/organization/update-member-role", body{"memberId": id, "role": role})
		}
		set(member, memberID, "admin").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		set(member, ownerID, "member").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		for _, role := range []string{"owner", " owner", "owner ", "member,owner", "member, owner"} {
			set(admin, adminID, role).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		}
		set(admin, ownerID, "member").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		set(admin, memberID, "admin").Want(200, `"role":"admin"`)
		other := c.SignUp("other@example.com")
		other.Post("/organization/create", body{"name": "x", "slug": "x"}).Want(200)
		set(other, memberID, "member").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		admin.Post("/organization/remove-member", body{"memberIdOrEmail": ownerID}).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
		member2, _ := c.join("member2@example.com", "member")
		member2.Post("/organization/remove-member", body{"memberIdOrEmail": adminID}).WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER")
	})
}

// OR-06, OR-10: no spelling of a role gets past who may give it.
func TestOR06RoleStrings(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(organization.Options{DynamicRoles: dynamic(nil).DynamicRoles, AccessControl: dynamic(nil).AccessControl}))
	admin, _ := c.join("admin@example.com", "admin")
	invite := func(role any) *authtest.Answer {
		return admin.Post("/organization/invite-member", body{"email": "x@example.com", "role": role})
	}
	for _, role := range []any{"owner", " owner", "owner ", "admin,owner", []string{"member", "owner"}, []string{"member,owner "}} {
		invite(role).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	}
	for _, role := range []any{"", []string{}, " , "} {
		invite(role).WantCode(400, "ROLE_NOT_FOUND")
	}
	invite("OWNER").WantBody(400, `{"message":"ROLE_NOT_FOUND: OWNER"}`)
	invite("member,ghost").WantBody(400, `{"message":"ROLE_NOT_FOUND: ghost"}`)
	c.owner.Post("/organization/create-role", body{"role": "Owner", "permission": body{}}).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
}

// OR-07: pending invitations are seen by those who could make them.
func TestOR07WhoSeesInvitations(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(teams))
	member, _ := c.join("member@example.com", "member")
	admin, _ := c.join("admin@example.com", "admin")
	id := c.owner.Post("/organization/invite-member", body{"email": "second@example.com", "role": "owner"}).Want(200).Text("id")
	member.Get("/organization/list-invitations").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS")
	member.Get("/organization/get-full-organization").Want(200, `"invitations":[]`)
	for _, path := range []string{"/organization/list-invitations", "/organization/get-full-organization"} {
		if a := admin.Get(path).Want(200, "member@example.com"); strings.Contains(a.Body, id) {
			t.Errorf("%s: %s", path, a.Body)
		}
		c.owner.Get(path).Want(200, id)
	}
	admin.Post("/organization/invite-member", body{"email": "second@example.com", "role": "member", "resend": true}).
		WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	admin.Post("/organization/cancel-invitation", body{"invitationId": id}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION")
}

// OR-08: teams of other organizations are out of reach.
func TestOR08ForeignTeams(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		other := c.SignUp("other@example.com")
		other.Post("/organization/create", body{"name": "x", "slug": "x"}).Want(200)
		team := other.Get("/get-session").Text("session.activeTeamId")
		self := c.User("owner@example.com").ID
		c.owner.Post("/organization/invite-member", body{"email": "x@example.com", "role": "member", "teamId": team}).WantCode(400, "TEAM_NOT_FOUND")
		c.owner.Post("/organization/invite-member", body{"email": "x@example.com", "role": "member", "teamId": "a,b"}).WantCode(400, "INVALID_TEAM_ID")
		c.owner.Post("/organization/add-team-member", body{"teamId": team, "userId": self}).WantCode(400, "TEAM_NOT_FOUND")
		c.owner.Post("/organization/set-active-team", body{"teamId": team}).WantCode(400, "TEAM_NOT_FOUND")
		c.owner.Post("/organization/remove-team", body{"teamId": team}).WantCode(400, "TEAM_NOT_FOUND")
		c.owner.Post("/organization/update-team", body{"teamId": team, "data": body{"name": "mine"}}).WantCode(400, "TEAM_NOT_FOUND")
		c.owner.Get("/organization/list-team-members?teamId="+team).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		other.Get("/organization/list-teams").Want(200, `"name":"x"`)
	})
}

// OR-09: limits hold however many come at once.
func TestOR09Limits(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		three, one := 3, 1
		c := newCompany(t, engine, with(organization.Options{OrganizationLimit: &three, MembershipLimit: 3, InvitationLimit: &three,
			Teams: organization.Teams{Enabled: true, MaximumTeams: 3, MaximumMembersPerTeam: &one}}))
		won := make([]bool, 64)
		all := func(what string, want int, f func(i int) *authtest.Answer) {
			t.Helper()
			race(len(won), func(i int) { won[i] = f(i).Status == 200 })
			if n := count(won); n != want {
				t.Errorf("%s: %d, want %d", what, n, want)
			}
		}
		all("organizations", 2, func(i int) *authtest.Answer {
			return c.owner.Clone().Post("/organization/create", body{"name": "x", "slug": fmt.Sprint("s", i), "keepCurrentActiveOrganization": true})
		})
		all("teams", 2, func(i int) *authtest.Answer {
			return c.owner.Clone().Post("/organization/create-team", body{"name": fmt.Sprint(i)})
		})
		all("invitations", 3, func(i int) *authtest.Answer {
			return c.owner.Clone().Post("/organization/invite-member", body{"email": fmt.Sprintf("u%d@example.com", i), "role": "member"})
		})
		var list []struct{ ID, Email string }
		c.owner.Get("/organization/list-invitations").Want(200).Decode(&list)
		clients := make([]*authtest.Client, len(list))
		for i := range list {
			clients[i] = c.SignUp(list[i].Email)
		}
		race(len(list), func(i int) {
			won[i] = clients[i].Post("/organization/accept-invitation", body{"invitationId": list[i].ID}).Status == 200
		})
		if n := count(won[:3]); n != 2 {
			t.Errorf("members: %d joined, want 2", n)
		}
		c.owner.Get("/organization/list-members").Want(200, `"total":3`)
	})
}

// OR-09: a team takes no more than it may.
func TestOR09TeamLimit(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		two := 2
		c := newCompany(t, engine, with(organization.Options{Teams: organization.Teams{Enabled: true, MaximumMembersPerTeam: &two}}))
		team := c.owner.Get("/get-session").Text("session.activeTeamId")
		ids := make([]string, 8)
		for i := range ids {
			email := fmt.Sprintf("u%d@example.com", i)
			c.join(email, "member")
			ids[i] = c.User(email).ID
		}
		won := make([]bool, 64)
		race(len(won), func(i int) {
			won[i] = c.owner.Clone().Post("/organization/add-team-member", body{"teamId": team, "userId": ids[i%8]}).Status == 200
		})
		if n := count(won); n != 8 { // the same user may be added again
			t.Errorf("%d answers said yes, want 8 for one user", n)
		}
		c.owner.Get("/organization/get-full-organization").Want(200, `"memberCount":2`)
	})
}

// OR-11: nobody makes a role that may do more than they.
func TestOR11Ceiling(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(dynamic(nil)))
	c.owner.Post("/organization/create-role", body{"role": "clerk", "permission": body{"ac": []string{"create", "update"}}}).Want(200)
	clerk, _ := c.join("clerk@example.com", "clerk")
	clerk.Post("/organization/create-role", body{"role": "boss", "permission": body{"organization": []string{"delete"}}}).
		WantBody(403, `{"message":"You are not allowed to create a role","code":"YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE","missingPermissions":["organization:delete"]}`)
	clerk.Post("/organization/update-role", body{"roleName": "clerk", "data": body{"permission": body{"organization": []string{"delete"}}}}).
		WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE")
	c.owner.Post("/organization/create-role", body{"role": "x", "permission": body{"planet": []string{"delete"}}}).WantCode(400, "INVALID_RESOURCE")
	clerk.Get("/organization/list-roles").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE")
}

// OR-12: a role of one organization is none of another's.
func TestOR12RolesOfTwoOrganizations(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(dynamic(nil)))
	second := c.owner.Post("/organization/create", body{"name": "x", "slug": "x"}).Want(200).Text("id")
	bob := c.SignUp("bob@example.com")
	for id, permission := range map[string]body{c.id: {"team": []string{"create"}}, second: {"team": []string{"delete"}}} {
		c.owner.Post("/organization/create-role", body{"organizationId": id, "role": "editor", "permission": permission}).Want(200)
		invitation := c.owner.Post("/organization/invite-member", body{"organizationId": id, "email": "bob@example.com", "role": "editor"}).Want(200).Text("id")
		bob.Post("/organization/accept-invitation", body{"invitationId": invitation}).Want(200)
	}
	race(64, func(i int) {
		id, want := c.id, `{"error":null,"success":true}`
		if i%2 == 1 {
			id, want = second, `{"error":null,"success":false}`
		}
		a := bob.Clone().Post("/organization/has-permission", body{"organizationId": id, "permissions": body{"team": []string{"create"}}})
		if a.Body != want {
			t.Errorf("%s: %s", id, a.Body)
		}
	})
}

// outside is every call that names an organization.
func outside(id string) (gets []string, posts map[string]body) {
	q := "?organizationId=" + id
	gets = []string{"get-organization" + q, "get-full-organization" + q, "list-invitations" + q, "get-active-member-role" + q, "list-members" + q,
		"list-teams" + q, "list-user-teams" + q, "list-roles" + q, "get-role" + q + "&roleName=x", "get-organization?organizationSlug=org", "list-members?organizationSlug=org"}
	posts = map[string]body{"update": {"data": body{"name": "x"}}, "delete": {}, "set-active": {}, "has-permission": {"permissions": body{"ac": []string{"read"}}},
		"invite-member": {"email": "x@example.com", "role": "member"}, "remove-member": {"memberIdOrEmail": "owner@example.com"},
		"update-member-role": {"memberId": "x", "role": "member"}, "leave": {}, "create-team": {"name": "x"}, "remove-team": {"teamId": "x"},
		"add-team-member": {"teamId": "x", "userId": "x"}, "remove-team-member": {"teamId": "x", "userId": "x"},
		"create-role": {"role": "x", "permission": body{}}, "delete-role": {"roleName": "x"}, "update-role": {"roleName": "x", "data": body{}}}
	for _, request := range posts {
		request["organizationId"] = id
	}
	return gets, posts
}

// OR-13, OR-14: who is no member, or no longer, has no way in.
func TestOR13Outsiders(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		o := dynamic(nil)
		o.Teams.Enabled = true
		c := newCompany(t, engine, with(o))
		former, formerID := c.join("former@example.com", "admin")
		c.owner.Post("/organization/remove-member", body{"memberIdOrEmail": formerID}).Want(200)
		stranger := c.SignUp("stranger@example.com")
		stranger.Post("/update-session", body{"activeOrganizationId": c.id}).Want(400)
		gets, posts := outside(c.id)
		for _, client := range []*authtest.Client{former, stranger} {
			for _, path := range gets {
				if a := client.Get("/organization/" + path); a.Status < 400 || a.Status > 403 {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			for path, request := range posts {
				if a := client.Post("/organization/"+path, request); a.Status < 400 || a.Status > 403 {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			client.Get("/get-session").Want(200, `"activeOrganizationId":null`)
		}
		c.owner.Get("/organization/get-full-organization").Want(200, `"name":"Org"`)
	})
}

// OR-15: an organization keeps an owner.
func TestOR15LastOwner(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		ownerID := c.owner.Get("/organization/get-active-member").Text("id")
		c.owner.Post("/organization/leave", body{"organizationId": c.id}).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
		c.owner.Post("/organization/update-member-role", body{"memberId": ownerID, "role": "member"}).WantCode(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER")
		second, secondID := c.join("second@example.com", "owner")
		clients, targets := []*authtest.Client{c.owner, second}, []string{secondID, ownerID}
		race(64, func(i int) {
			switch i / 2 % 2 {
			case 0:
				clients[i%2].Clone().Post("/organization/update-member-role", body{"organizationId": c.id, "memberId": targets[i%2], "role": "member"})
			case 1:
				clients[i%2].Clone().Post("/organization/leave", body{"organizationId": c.id})
			}
		})
		a := c.owner.Get("/organization/list-members?organizationId=" + c.id)
		if a.Status != 200 { // the other one is left
			a = second.Get("/organization/list-members?organizationId=" + c.id)
		}
		if n := strings.Count(a.Want(200).Body, `"role":"owner"`); n != 1 {
			t.Errorf("%d owners: %s", n, a.Body)
		}
	})
}

// A user who goes takes memberships and invitations along.
func TestDeletedUsers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		c.join("bob@example.com", "member")
		if err := c.Context().Users().Delete(c.User("bob@example.com")); err != nil {
			t.Fatal(err)
		}
		c.owner.Get("/organization/list-members").Want(200, `"total":1`)
	})
}

// IN-03: what is listed cannot be asked for things that are not there.
func TestIN03ListMembers(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(teams))
	for _, query := range []string{"?sortBy=id;drop", "?filterField=password&filterValue=x", "?filterField=role&filterValue=a&filterValue=b"} {
		c.owner.Get("/organization/list-members"+query).WantCode(400, "VALIDATION_ERROR")
	}
	c.owner.Get("/organization/list-members?filterField=role&filterOperator=contains&filterValue=%25").Want(200, `"total":0`)
	c.owner.Get("/organization/list-members?filterField=role&filterValue=owner&limit=1").Want(200, `"total":1`)
}

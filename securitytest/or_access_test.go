package securitytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func foreignTeams(_ *testing.T, s *harness.Site) {
	mine, theirs := found(s, "mine"), found(s, "theirs")
	a := theirs.owner.Post("/organization/create-team", body{"name": "secret", "organizationId": theirs.id})
	a.Want(http.StatusOK)
	team, me := a.Text("id"), mine.owner.User()
	w := s.Watch(theirs.id, team, mine.id)
	for _, call := range []struct {
		path string
		body body
	}{
		{"/organization/invite-member", body{"email": s.Address("friend"), "role": "member", "organizationId": mine.id, "teamId": team}},
		{"/organization/add-team-member", body{"teamId": team, "userId": me}},
		{"/organization/add-team-member", body{"teamId": team, "userId": me, "organizationId": theirs.id}},
		{"/organization/remove-team-member", body{"teamId": team, "userId": theirs.owner.User()}},
		{"/organization/set-active-team", body{"teamId": team}},
		{"/organization/update-team", body{"teamId": team, "data": body{"name": "owned"}}},
		{"/organization/update-team", body{"teamId": team, "data": body{"name": "owned", "organizationId": mine.id}}},
		{"/organization/update-team", body{"teamId": team, "data": body{"name": "owned", "organizationId": theirs.id}}},
		{"/organization/remove-team", body{"teamId": team}},
		{"/organization/remove-team", body{"teamId": team, "organizationId": theirs.id}},
	} {
		w.Refused(mine.owner.Post(call.path, call.body), 0, "")
	}
	w.Refused(mine.owner.Get("/organization/list-team-members?teamId="+team), 0, "")
	w.Refused(mine.owner.Get("/organization/list-teams?organizationId="+theirs.id), 0, "")
	theirs.owner.Post("/organization/update-team", body{"teamId": team, "data": body{"name": "renamed"}}).Want(http.StatusOK)
}

func limitsOfOrganizations(t *testing.T, s *harness.Site) {
	founder := s.SignUp(s.Address("founder"))
	creations := make([]*harness.Request, 12)
	for i := range creations {
		creations[i] = founder.Request(http.MethodPost, "/organization/create", body{"name": "x", "slug": strings.TrimSuffix(s.Address("racing"), "@example.com")})
	}
	exactly(t, "organizations", 3, s.Together(creations...))

	o := found(s, "company")
	invitations := make([]*harness.Request, 12)
	for i := range invitations {
		invitations[i] = o.owner.Request(http.MethodPost, "/organization/invite-member", body{"email": s.Address("racing"), "role": "member", "organizationId": o.id})
	}
	exactly(t, "invitations", 3, s.Together(invitations...))

	o = found(s, "crowd")
	acceptances := make([]*harness.Request, 6)
	for i := range acceptances {
		if i%3 == 0 && i > 0 { // pending invitations are limited too
			exactly(t, "members", 2, s.Together(acceptances[:3]...))
		}
		email := s.Address("member")
		c := s.SignUp(email)
		a := o.owner.Post("/organization/invite-member", body{"email": email, "role": "member", "organizationId": o.id})
		if a.Status != http.StatusOK {
			continue
		}
		acceptances[i] = c.Request(http.MethodPost, "/organization/accept-invitation", body{"invitationId": a.Text("id")})
	}
	if members := s.Store.Column(t, `SELECT "id" FROM "member" WHERE "organizationId" = `+quote(o.id)); len(members) != 3 {
		t.Errorf("%d members, want 3", len(members))
	}

	teams := make([]*harness.Request, 12)
	for i := range teams {
		teams[i] = o.owner.Request(http.MethodPost, "/organization/create-team", body{"name": fmt.Sprint("team ", i), "organizationId": o.id})
	}
	exactly(t, "teams besides the first", 2, s.Together(teams...))
}

// exactly fails the test unless that many of the answers are good.
func exactly(t *testing.T, what string, want int, answers []*harness.Answer) {
	t.Helper()
	good := 0
	for _, a := range answers {
		switch {
		case a.Status == http.StatusOK:
			good++
		case a.Status >= 500:
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	if good != want {
		t.Errorf("%s: %d of %d at once, want %d", what, good, len(answers), want)
	}
}

func unknownRoles(_ *testing.T, s *harness.Site) {
	o := found(s, "company")
	member := o.join("member", "member")
	w := s.Watch(o.id)
	w.Refused(o.owner.Post("/organization/invite-member", body{"email": s.Address("x"), "role": "ghost", "organizationId": o.id}), http.StatusBadRequest, "")
	w.Refused(o.owner.Post("/organization/update-member-role", body{"memberId": o.member(member), "role": "ghost", "organizationId": o.id}), http.StatusBadRequest, "")
	make := func(role string) *harness.Answer {
		return o.owner.Post("/organization/create-role", body{"role": role, "permission": body{"member": []string{"create"}}, "organizationId": o.id})
	}
	for _, taken := range []string{"owner", "admin", "member", "Owner", "ADMIN"} {
		w.Refused(make(taken), http.StatusBadRequest, "ROLE_NAME_IS_ALREADY_TAKEN")
	}
	make("editor").Want(http.StatusOK)
	o.owner.Post("/organization/update-member-role", body{"memberId": o.member(member), "role": "editor", "organizationId": o.id}).Want(http.StatusOK)
	w = s.Watch(o.id)
	w.Refused(o.owner.Post("/organization/delete-role", body{"roleName": "editor", "organizationId": o.id}), http.StatusBadRequest, "ROLE_IS_ASSIGNED_TO_MEMBERS")
	w.Refused(make("editor"), http.StatusBadRequest, "ROLE_NAME_IS_ALREADY_TAKEN")
}

func rolesHaveACeiling(_ *testing.T, s *harness.Site) {
	o := found(s, "company")
	makeRole := func(c *harness.Client, role string, permission body) *harness.Answer {
		return c.Post("/organization/create-role", body{"role": role, "permission": permission, "organizationId": o.id})
	}
	makeRole(o.owner, "clerk", body{"ac": []string{"create", "update", "read"}, "team": []string{"create"}}).Want(http.StatusOK)
	clerk := o.join("clerk", "clerk")
	w := s.Watch(o.id)
	for _, more := range []body{
		{"organization": []string{"delete"}}, {"member": []string{"create", "update", "delete"}}, {"team": []string{"create", "delete"}}, {"ac": []string{"delete"}},
	} {
		w.Refused(makeRole(clerk, "grabber", more), http.StatusForbidden, "")
		w.Refused(clerk.Post("/organization/update-role", body{"roleName": "clerk", "organizationId": o.id, "data": body{"permission": more}}), http.StatusForbidden, "")
	}
	w.Refused(makeRole(clerk, "odd", body{"kingdom": []string{"rule"}}), http.StatusBadRequest, "INVALID_RESOURCE")
	w.Refused(makeRole(o.owner, "odd", body{"kingdom": []string{"rule"}}), http.StatusBadRequest, "INVALID_RESOURCE")
	makeRole(clerk, "helper", body{"team": []string{"create"}}).Want(http.StatusOK)
}

func rolesOfOneName(t *testing.T, s *harness.Site) {
	mine, theirs := found(s, "mine"), found(s, "theirs")
	for o, permission := range map[company]body{mine: {"team": []string{"create"}}, theirs: {"member": []string{"create"}}} {
		o.owner.Post("/organization/create-role", body{"role": "editor", "permission": permission, "organizationId": o.id}).Want(http.StatusOK)
	}
	email := s.Address("editor")
	c := s.SignUp(email)
	for _, o := range []company{mine, theirs} {
		c.Post("/organization/accept-invitation", body{"invitationId": o.invite(email, "editor")}).Want(http.StatusOK)
	}
	may := func(o company, resource string) *harness.Request {
		return c.Request(http.MethodPost, "/organization/has-permission", body{"organizationId": o.id, "permissions": body{resource: []string{"create"}}})
	}
	for range 5 {
		for i, a := range s.Together(may(mine, "team"), may(theirs, "team"), may(mine, "member"), may(theirs, "member")) {
			if want := i == 0 || i == 3; strings.Contains(a.Body, `"success":true`) != want {
				t.Errorf("question %d: %s, want %v", i, a.Body, want)
			}
		}
	}
}

func foreignOrganizations(t *testing.T, s *harness.Site) {
	mine, theirs := found(s, "mine"), found(s, "theirs")
	employee := theirs.join("employee", "member")
	member, slug := theirs.member(employee), ""
	if a := theirs.owner.Get("/organization/get-organization?organizationId=" + theirs.id); a.Status == http.StatusOK {
		slug = a.Text("slug")
	}
	invitation := theirs.invite(s.Address("pending"), "member")
	team := theirs.owner.Post("/organization/create-team", body{"name": "secret", "organizationId": theirs.id}).Text("id")
	a := mine.owner
	// Not the caller's session: what it calls active is cleared by an attempt to change it to what is foreign.
	w := s.Watch(theirs.id)
	w.Refused(a.Post("/update-session", body{"activeOrganizationId": theirs.id}), 0, "")
	for path, members := range map[string]body{
		"update":             {"data": body{"name": "owned"}},
		"delete":             {},
		"set-active":         {},
		"invite-member":      {"email": s.Address("x"), "role": "member"},
		"remove-member":      {"memberIdOrEmail": member},
		"update-member-role": {"memberId": member, "role": "owner"},
		"leave":              {},
		"has-permission":     {"permissions": body{"member": []string{"create"}}},
		"create-team":        {"name": "x"},
		"remove-team":        {"teamId": team},
		"add-team-member":    {"teamId": team, "userId": a.User()},
		"create-role":        {"role": "x", "permission": body{"team": []string{"create"}}},
		"delete-role":        {"roleName": "x"},
		"update-role":        {"roleName": "x", "data": body{"permission": body{"team": []string{"create"}}}},
	} {
		members["organizationId"] = theirs.id
		w.Refused(a.Post("/organization/"+path, members), 0, "")
	}
	w.Refused(a.Post("/organization/cancel-invitation", body{"invitationId": invitation}), 0, "")
	w.Refused(a.Post("/organization/set-active", body{"organizationSlug": slug}), 0, "")
	for _, path := range []string{"get-organization", "get-full-organization", "list-invitations", "list-members", "list-teams", "list-roles", "get-active-member-role"} {
		answer := a.Get("/organization/" + path + "?organizationId=" + theirs.id)
		w.Refused(answer, 0, "")
		if strings.Contains(answer.Body, slug) || strings.Contains(answer.Body, member) {
			t.Errorf("%s tells of a foreign organization: %s", path, answer.Body)
		}
	}
	w.Refused(a.Get("/organization/get-full-organization?organizationSlug="+slug), 0, "")
	w.Refused(a.Get("/organization/get-role?roleName=member&organizationId="+theirs.id), 0, "")
	if free := a.Post("/organization/check-slug", body{"slug": slug}); strings.Contains(free.Body, theirs.id) {
		t.Errorf("check-slug tells whose a slug is: %s", free.Body)
	}
	theirs.owner.Get("/organization/get-full-organization?organizationId="+theirs.id).Want(http.StatusOK, slug)
}

func removedMembers(t *testing.T, s *harness.Site) {
	o := found(s, "company")
	c := o.join("leaver", "admin")
	c.Post("/organization/set-active", body{"organizationId": o.id}).Want(http.StatusOK)
	c.Get("/organization/list-members").Want(http.StatusOK)
	o.owner.Post("/organization/remove-member", body{"memberIdOrEmail": o.member(c), "organizationId": o.id}).Want(http.StatusOK)
	s.Watch().Refused(c.Get("/organization/get-full-organization"), 0, "") // clears what the session calls active
	w := s.Watch(o.id)
	for _, path := range []string{"/organization/list-members", "/organization/get-full-organization", "/organization/list-invitations", "/organization/list-teams"} {
		w.Refused(c.Get(path+"?organizationId="+o.id), 0, "")
		if a := c.Get(path); strings.Contains(a.Body, o.id) {
			t.Errorf("%s still tells of the organization: %s", path, a.Body)
		}
	}
	w.Refused(c.Post("/organization/invite-member", body{"email": s.Address("back"), "role": "admin"}), 0, "")
	w.Refused(c.Post("/organization/has-permission", body{"permissions": body{"member": []string{"create"}}}), 0, "")

	gone := found(s, "gone")
	member := gone.join("member", "admin")
	member.Post("/organization/set-active", body{"organizationId": gone.id}).Want(http.StatusOK)
	gone.owner.Post("/organization/delete", body{"organizationId": gone.id}).Want(http.StatusOK)
	s.Watch().Refused(member.Get("/organization/get-full-organization"), 0, "")
	w = s.Watch(gone.id)
	w.Refused(member.Post("/organization/invite-member", body{"email": s.Address("x"), "role": "member"}), 0, "")
}

func lastOwners(t *testing.T, s *harness.Site) {
	o := found(s, "company")
	admin := o.join("admin", "admin")
	owner := o.member(o.owner)
	demote := func(c *harness.Client, member string) *harness.Request {
		return c.Request(http.MethodPost, "/organization/update-member-role", body{"memberId": member, "role": "member", "organizationId": o.id})
	}
	w := s.Watch(o.id)
	w.Refused(o.owner.Post("/organization/leave", body{"organizationId": o.id}), http.StatusBadRequest, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
	w.Refused(s.Do(demote(o.owner, owner)), http.StatusBadRequest, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER")
	w.Refused(o.owner.Post("/organization/remove-member", body{"memberIdOrEmail": owner, "organizationId": o.id}), 0, "")
	w.Refused(admin.Post("/organization/remove-member", body{"memberIdOrEmail": owner, "organizationId": o.id}), 0, "")

	second := o.join("second", "owner")
	for range 5 {
		answers := s.Together(demote(o.owner, o.member(second)), demote(second, owner))
		owners := s.Store.Column(t, `SELECT "id" FROM "member" WHERE "role" = 'owner' AND "organizationId" = `+quote(o.id))
		if len(owners) != 1 {
			t.Fatalf("%d owners are left: %s, %s", len(owners), answers[0].Body, answers[1].Body)
		}
		// The one who is left makes the other an owner again.
		boss, other := o.owner, o.member(second)
		if owners[0] != owner {
			boss, other = second, owner
		}
		boss.Post("/organization/update-member-role", body{"memberId": other, "role": "owner", "organizationId": o.id}).Want(http.StatusOK)
	}
}

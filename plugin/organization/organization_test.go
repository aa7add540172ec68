package organization_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/organization"
)

type body = authtest.JSON

func with(o organization.Options) func(*core.Options) {
	return func(c *core.Options) { c.Plugins = append(c.Plugins, organization.New(o)) }
}

var teams = organization.Options{Teams: organization.Teams{Enabled: true}}

// company is an organization with an owner.
type company struct {
	*authtest.Server
	owner *authtest.Client
	id    string
}

func newCompany(t *testing.T, change ...func(*core.Options)) *company {
	t.Helper()
	s := authtest.New(t, change...)
	owner := s.SignUp("owner@example.com")
	id := owner.Post("/organization/create", body{"name": "Org", "slug": "org"}).Want(200).Text("id")
	return &company{s, owner, id}
}

// join invites an address and accepts, and returns the new member's browser
// and key.
func (c *company) join(email, role string) (*authtest.Client, string) {
	client := c.SignUp(email)
	id := c.owner.Post("/organization/invite-member", body{"email": email, "role": role, "organizationId": c.id}).Want(200).Text("id")
	return client, client.Post("/organization/accept-invitation", body{"invitationId": id}).Want(200).Text("member.id")
}

func race(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(teams))
		ada := s.SignUp("ada@example.com")
		a := ada.Post("/organization/create", body{"name": "Org", "slug": "org", "metadata": body{"a": 1}}).
			Want(200, `"metadata":{"a":1}`, `"members":[{`, `"role":"owner"`)
		id := a.Text("id")
		ada.Get("/get-session").Want(200, `"activeOrganizationId":"`+id+`"`)
		if a := ada.Post("/organization/create", body{"name": "Other", "slug": "other", "keepCurrentActiveOrganization": true}).Want(200); strings.Contains(a.Body, "metadata") {
			t.Error(a.Body)
		}
		ada.Post("/organization/create", body{"name": "Org", "slug": "org"}).WantCode(400, "ORGANIZATION_ALREADY_EXISTS")
		ada.Post("/organization/check-slug", body{"slug": "org"}).WantCode(400, "ORGANIZATION_SLUG_ALREADY_TAKEN")
		ada.Post("/organization/check-slug", body{"slug": "free"}).WantBody(200, `{"status":true}`)
		ada.Get("/organization/get-organization").Want(200, `"metadata":"{\"a\":1}"`)
		ada.Get("/organization/get-full-organization").Want(200, `"invitations":[]`, `"user":{"id":"`, `"teams":[{`, `"memberCount":1`)
		ada.Post("/organization/update", body{"data": body{"slug": "other"}}).WantCode(400, "ORGANIZATION_SLUG_ALREADY_TAKEN")
		ada.Post("/organization/update", body{"data": body{"name": "New", "logo": "l"}}).Want(200, `"name":"New"`, `"logo":"l"`, `"metadata":{"a":1}`)
		ada.Post("/organization/set-active", body{"organizationSlug": "other"}).Want(200, `"slug":"other"`)
		ada.Get("/organization/get-active-member-role").WantBody(200, `{"role":"owner"}`)
		ada.Post("/organization/set-active", body{"organizationId": nil}).WantBody(200, "null")
		ada.Get("/organization/get-organization").WantBody(200, "null")
		if a := ada.Get("/organization/list").Want(200); strings.Count(a.Body, `"slug"`) != 2 {
			t.Error(a.Body)
		}
		ada.Post("/organization/delete", body{"organizationId": id}).Want(200, `"name":"New"`)
		ada.Post("/organization/delete", body{"organizationId": id}).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	})
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		invite := func(request body) *authtest.Answer { return c.owner.Post("/organization/invite-member", request) }
		id := invite(body{"email": "Bob@example.com", "role": []string{"member", " admin"}}).Want(200, `"role":"member,admin"`, `"status":"pending"`).Text("id")
		if m := c.Message(organization.MessageInvitation, "bob@example.com"); !strings.Contains(string(m.Data), id) {
			t.Error(string(m.Data))
		}
		invite(body{"email": "bob@example.com", "role": "member"}).WantCode(400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION")
		invite(body{"email": "bob@example.com", "role": "member", "resend": true}).Want(200, id)
		c.Message(organization.MessageInvitation, "bob@example.com")
		invite(body{"email": "owner@example.com", "role": "member"}).WantCode(400, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION")
		bob := c.SignUp("bob@example.com")
		bob.Get("/organization/get-invitation?id="+id).Want(200, `"organizationSlug":"org"`, `"inviterEmail":"owner@example.com"`)
		bob.Get("/organization/list-user-invitations").WantCode(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
		bob.Post("/organization/accept-invitation", body{"invitationId": id}).Want(200, `"status":"accepted"`, `"role":"member,admin"`)
		bob.Get("/get-session").Want(200, `"activeOrganizationId":"`+c.id+`"`)
		bob.Post("/organization/leave", body{"organizationId": c.id}).Want(200, `"email":"bob@example.com"`)
		bob.Get("/organization/get-active-member").WantCode(400, "NO_ACTIVE_ORGANIZATION")

		id = invite(body{"email": "bob@example.com", "role": "member"}).Want(200).Text("id")
		bob.Post("/organization/reject-invitation", body{"invitationId": id}).Want(200, `"status":"rejected"`, `"member":null`)
		id = invite(body{"email": "bob@example.com", "role": "member"}).Want(200).Text("id")
		c.owner.Post("/organization/cancel-invitation", body{"invitationId": id}).Want(200, `"status":"canceled"`)
		bob.Post("/organization/accept-invitation", body{"invitationId": id}).WantCode(400, "INVITATION_NOT_FOUND")
	})
}

func TestTeams(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(teams))
		bob, _ := c.join("bob@example.com", "member")
		bobID := c.User("bob@example.com").ID
		a := c.owner.Post("/organization/create-team", body{"name": "Red"}).Want(200, `"name":"Red"`)
		if strings.Contains(a.Body, "memberCount") {
			t.Error(a.Body)
		}
		red := a.Text("id")
		c.owner.Post("/organization/update-team", body{"teamId": red, "data": body{"name": "Blue"}}).Want(200, `"name":"Blue"`)
		add := body{"teamId": red, "userId": bobID}
		first := c.owner.Post("/organization/add-team-member", add).Want(200).Text("id")
		c.owner.Post("/organization/add-team-member", add).Want(200, first)
		bob.Post("/organization/set-active-team", body{"teamId": red}).Want(200, `"name":"Blue"`)
		bob.Get("/organization/list-team-members").Want(200, bobID)
		bob.Get("/organization/list-user-teams").Want(200, red)
		c.owner.Get("/organization/list-team-members?teamId="+red).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		bob.Post("/organization/set-active-team", body{"teamId": nil}).WantBody(200, "null")
		c.owner.Post("/organization/remove-team-member", add).WantBody(200, `{"message":"Team member removed successfully."}`)
		c.owner.Post("/organization/remove-team-member", add).WantCode(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
		c.owner.Post("/organization/add-team-member", add).Want(200)
		c.owner.Post("/organization/remove-member", body{"memberIdOrEmail": "bob@example.com"}).Want(200, `"email":"bob@example.com"`)
		bob.Get("/organization/list-user-teams").WantBody(200, "[]")
		c.owner.Get("/organization/get-full-organization").Want(200, `"memberCount":0`)

		id := c.owner.Post("/organization/invite-member", body{"email": "eve@example.com", "role": "member", "teamId": red}).Want(200, `"teamId":"`+red+`"`).Text("id")
		c.owner.Post("/organization/remove-team", body{"teamId": red}).WantBody(200, `{"message":"Team removed successfully."}`)
		c.SignUp("eve@example.com").Get("/organization/get-invitation?id="+id).Want(200, `"teamId":null`)
		last := c.owner.Get("/get-session").Text("session.activeTeamId")
		c.owner.Post("/organization/remove-team", body{"teamId": last}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM")
		c.owner.Post("/organization/set-active-team", body{"teamId": nil}).WantBody(200, "null")
		c.owner.Post("/organization/remove-team", body{"teamId": last}).WantCode(400, "UNABLE_TO_REMOVE_LAST_TEAM")
	})
}

func dynamic(maximum *int) organization.Options {
	return organization.Options{AccessControl: access.New(organization.Statements()),
		DynamicRoles: organization.DynamicRoles{Enabled: true, MaximumRolesPerOrganization: maximum}}
}

func TestDynamicRoles(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		c := newCompany(t, engine, with(dynamic(nil)))
		c.owner.Post("/organization/create-role", body{"role": "Editor", "permission": body{"team": []string{"create"}}}).
			Want(200, `"role":"editor"`, `"statements":{"team":["create"]}`)
		c.owner.Post("/organization/create-role", body{"role": "EDITOR", "permission": body{}}).WantCode(400, "ROLE_NAME_IS_ALREADY_TAKEN")
		bob, bobID := c.join("bob@example.com", "editor")
		can := func(want string) {
			t.Helper()
			bob.Post("/organization/has-permission", body{"permissions": body{"team": []string{"create"}}}).WantBody(200, `{"error":null,"success":`+want+`}`)
		}
		can("true")
		c.owner.Post("/organization/update-role", body{"roleName": "editor", "data": body{"permission": body{"team": []string{"update"}}}}).
			Want(200, `"updatedAt":null`, `"permission":{"team":["update"]}`)
		can("false")
		c.owner.Get("/organization/list-roles").Want(200, `"permission":{"team":["update"]}`)
		c.owner.Get("/organization/get-role?roleName=editor").Want(200, `"role":"editor"`)
		c.owner.Post("/organization/delete-role", body{"roleName": "editor"}).WantCode(400, "ROLE_IS_ASSIGNED_TO_MEMBERS")
		c.owner.Post("/organization/update-member-role", body{"memberId": bobID, "role": "member"}).Want(200)
		c.owner.Post("/organization/delete-role", body{"roleName": "editor"}).WantBody(200, `{"success":true}`)
		c.owner.Post("/organization/delete-role", body{"roleName": "owner"}).WantCode(400, "CANNOT_DELETE_A_PRE_DEFINED_ROLE")
		c.owner.Get("/organization/get-role?roleName=editor").WantCode(400, "ROLE_NOT_FOUND")
		c.owner.Get("/organization/get-role").WantCode(400, "VALIDATION_ERROR")
	})
}

func TestMissingAccessControl(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(organization.Options{DynamicRoles: organization.DynamicRoles{Enabled: true}}))
	c.owner.Post("/organization/create-role", body{"role": "x", "permission": body{}}).WantCode(501, "MISSING_AC_INSTANCE")
}

func TestAddMemberIsForProgramsOnly(t *testing.T) {
	t.Parallel()
	c := newCompany(t, with(teams))
	c.SignUp("bob@example.com")
	bob := c.User("bob@example.com").ID
	c.owner.Post("/organization/add-member", body{"userId": bob, "role": "member"}).Want(404)
	in := &organization.AddMemberInput{UserID: bob, Role: []string{"member"}, OrganizationID: input.Some(c.id)}
	m, err := core.Invoke(t.Context(), c.Kernel, organization.AddMember, in, core.Call{})
	if err != nil || m.UserID != bob {
		t.Fatal(m, err)
	}
	if _, err := core.Invoke(t.Context(), c.Kernel, organization.AddMember, in, core.Call{}); err == nil {
		t.Error("a user became a member twice")
	}
}

func TestHooks(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	note := func(name string) organization.Hook {
		return func(_ *core.Context, e *organization.Event) error {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, name+" "+e.Organization.Slug)
			return nil
		}
	}
	refuse := core.NewError(403, "NO", "No")
	c := newCompany(t, with(organization.Options{Hooks: organization.Hooks{
		BeforeCreateOrganization: func(c *core.Context, e *organization.Event) error {
			e.Organization.Name += "!"
			return note("before create")(c, e)
		},
		AfterCreateOrganization: note("after create"), BeforeAddMember: note("before member"), AfterAddMember: note("after member"),
		BeforeCreateInvitation: func(*core.Context, *organization.Event) error { return refuse },
		AfterCreateInvitation:  note("after invitation"),
	}}))
	c.owner.Get("/organization/get-organization").Want(200, `"name":"Org!"`)
	c.owner.Post("/organization/invite-member", body{"email": "x@example.com", "role": "member"}).WantCode(403, "NO")
	c.NoMessage()
	if got := strings.Join(seen, ", "); got != "before create org, before member org, after member org, after create org" {
		t.Error(got)
	}
}

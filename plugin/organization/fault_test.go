package organization_test

import (
	"fmt"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	found := func(s *authtest.Server) *company {
		owner := s.SignUp("owner@example.com")
		return &company{s, owner, owner.Post("/organization/create", body{"name": "Org", "slug": "org"}).Want(200).Text("id")}
	}
	// whole looks for an organization that nobody owns.
	whole := func(owner *authtest.Client) func() string {
		return func() string {
			var list []struct{ ID string }
			owner.Get("/organization/list").Want(200).Decode(&list)
			for _, o := range list {
				var full struct{ Members []struct{ Role string } }
				owner.Get("/organization/get-full-organization?organizationId=" + o.ID).Want(200).Decode(&full)
				if len(full.Members) == 0 {
					return fmt.Sprintf("organization %s has no members", o.ID)
				}
			}
			return ""
		}
	}
	members := func(c *company) int {
		var full struct{ Members []struct{ Role string } }
		c.owner.Get("/organization/get-full-organization?organizationId=" + c.id).Want(200).Decode(&full)
		return len(full.Members)
	}
	create := func(s *authtest.Server) *fault.Attempt {
		owner := s.SignUp("owner@example.com")
		return &fault.Attempt{
			Client: owner,
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/organization/create", body{"name": "Org", "slug": "org"})
			},
			Done: func() bool { return owner.Clone().Post("/organization/check-slug", body{"slug": "org"}).Status == 400 },
			Says: []string{"ORGANIZATION_ALREADY_EXISTS"}, Sound: whole(owner.Clone()),
		}
	}
	invite := func(s *authtest.Server) *fault.Attempt {
		c := found(s)
		return &fault.Attempt{
			Client: c.owner,
			Do: func(b *authtest.Client) *authtest.Answer {
				return b.Post("/organization/invite-member", body{"email": email, "role": "member", "organizationId": c.id})
			},
			Done: func() bool {
				var list []struct{ ID string }
				c.owner.Clone().Get("/organization/list-invitations?organizationId=" + c.id).Want(200).Decode(&list)
				return len(list) == 1
			},
			Says: []string{"USER_IS_ALREADY_INVITED"},
		}
	}
	accept := func(s *authtest.Server) *fault.Attempt {
		c, ada := found(s), s.SignUp(email)
		id := c.owner.Post("/organization/invite-member", body{"email": email, "role": "member", "organizationId": c.id}).Want(200).Text("id")
		return &fault.Attempt{
			Client: ada,
			Do: func(b *authtest.Client) *authtest.Answer {
				return b.Post("/organization/accept-invitation", body{"invitationId": id})
			},
			Done: func() bool { return members(c) == 2 },
			Once: true, Says: []string{"INVITATION_NOT_FOUND"},
		}
	}
	remove := func(s *authtest.Server) *fault.Attempt {
		c := found(s)
		_, member := c.join(email, "member")
		return &fault.Attempt{
			Client: c.owner,
			Do: func(b *authtest.Client) *authtest.Answer {
				return b.Post("/organization/remove-member", body{"memberIdOrEmail": member, "organizationId": c.id})
			},
			Done: func() bool { return members(c) == 1 },
			Once: true, Says: []string{"MEMBER_NOT_FOUND"},
		}
	}
	dissolve := func(s *authtest.Server) *fault.Attempt {
		c := found(s)
		c.join(email, "member")
		return &fault.Attempt{
			Client: c.owner,
			Do: func(b *authtest.Client) *authtest.Answer {
				return b.Post("/organization/delete", body{"organizationId": c.id})
			},
			Done: func() bool {
				return c.owner.Clone().Post("/organization/check-slug", body{"slug": "org"}).Status == 200
			},
			Says: []string{"ORGANIZATION_NOT_FOUND", "USER_IS_NOT_A_MEMBER"}, Sound: whole(c.owner.Clone()),
		}
	}
	with := []func(*core.Options){with(teams)}
	fault.Run(t,
		fault.Flow{Name: "create", Begin: create, Options: with},
		fault.Flow{Name: "invite", Begin: invite, Options: with},
		fault.Flow{Name: "accept", Begin: accept, Options: with},
		fault.Flow{Name: "remove", Begin: remove, Options: with},
		fault.Flow{Name: "delete", Begin: dissolve, Options: with},
	)
}

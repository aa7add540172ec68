package multisession_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/multisession"
)

func TestFaults(t *testing.T) {
	// both brings a browser with two sessions, of which the second is active.
	both := func(s *authtest.Server) (c *client, first, second string) {
		c = s.Client()
		return c, enter(c, ada), enter(c, bob)
	}
	gone := func(s *authtest.Server, token string) bool {
		_, err := s.Context().Sessions().Find(token)
		return err != nil
	}
	sign := func(s *authtest.Server) *fault.Attempt {
		c, _, _ := both(s)
		last := c
		return &fault.Attempt{
			Client: c,
			Do: func(c *authtest.Client) *authtest.Answer {
				last = c
				return c.Post("/sign-in/email", j{"email": ada, "password": authtest.Password})
			},
			Done: func() bool { return fault.SignedIn(last) },
		}
	}
	activate := func(s *authtest.Server) *fault.Attempt {
		c, first, _ := both(s)
		last := c
		return &fault.Attempt{
			Client: c,
			Do: func(c *authtest.Client) *authtest.Answer {
				last = c
				return c.Post("/multi-session/set-active", j{"sessionToken": first})
			},
			Done: func() bool { return fault.SignedIn(last) },
		}
	}
	revoke := func(s *authtest.Server) *fault.Attempt {
		c, _, second := both(s)
		return &fault.Attempt{
			Client: c,
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/multi-session/revoke", j{"sessionToken": second})
			},
			Done: func() bool { return gone(s, second) },
			Says: []string{"UNAUTHORIZED"},
		}
	}
	out := func(s *authtest.Server) *fault.Attempt {
		c, first, second := both(s)
		return &fault.Attempt{
			Client: c,
			Do:     func(c *authtest.Client) *authtest.Answer { return c.Post("/sign-out", nil) },
			Done:   func() bool { return gone(s, first) && gone(s, second) },
		}
	}
	plugin := with(multisession.Options{})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "sign in", Begin: sign, Options: options()},
		fault.Flow{Name: "activate", Begin: activate, Options: options()},
		fault.Flow{Name: "revoke", Begin: revoke, Options: options()},
		fault.Flow{Name: "sign out", Begin: out, Options: options()},
		fault.Flow{Name: "sign out, secondary", Begin: out, Options: options(fault.Secondary)},
	)
}

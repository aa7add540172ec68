package magiclink_test

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/magiclink"
)

func TestFaults(t *testing.T) {
	send := func(s *authtest.Server) *fault.Attempt {
		arrived := false
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/sign-in/magic-link", authtest.JSON{"email": email})
			},
			Done: func() bool {
				arrived = s.Arrived(magiclink.Message) != nil || arrived
				return arrived
			},
			Later: true,
		}
	}
	// follow opens a link: the token goes, the user is there and proven, and
	// has a session, or nothing of it.
	follow := func(known bool, spends ...string) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			before := 0
			if known {
				s.SignUp(email)
			}
			token := ask(s, authtest.JSON{"email": email}).Token
			return &fault.Attempt{
				Do: func(c *authtest.Client) *authtest.Answer { return c.Get(verify(token)) },
				Done: func() bool {
					u, err := s.Context().Users().ByEmail(email)
					if errors.Is(err, db.ErrNotFound) || err == nil && !u.EmailVerified {
						return false
					}
					if err != nil {
						t.Fatal(err)
					}
					sessions, err := s.Context().Sessions().List(u.ID)
					return err == nil && len(sessions) > before
				},
				Once: true, Says: []string{"INVALID_TOKEN"}, Spends: spends,
			}
		}
	}
	plugin := with(magiclink.Options{})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "send", Begin: send, Options: options()},
		fault.Flow{Name: "sign up", Begin: follow(false), Options: options()},
		fault.Flow{Name: "sign in", Begin: follow(true), Options: options()},
		fault.Flow{Name: "sign up, both", Begin: follow(false), Options: options(fault.InBoth)},
		fault.Flow{Name: "sign in, secondary", Begin: follow(true, "INVALID_TOKEN"), Options: options(fault.Secondary)},
	)
}

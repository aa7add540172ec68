package anonymous_test

import (
	"fmt"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/anonymous"
)

func TestFaults(t *testing.T) {
	begin := func(s *authtest.Server) *fault.Attempt {
		c := s.Client()
		return &fault.Attempt{
			Do: func(made *authtest.Client) *authtest.Answer {
				c = made
				return c.Post("/sign-in/anonymous", nil)
			},
			Done:  func() bool { return fault.SignedIn(c) },
			Sound: inhabited(s),
		}
	}
	remove := func(s *authtest.Server) *fault.Attempt {
		c, id := visit(s)
		return &fault.Attempt{
			Client: c,
			Do:     func(c *authtest.Client) *authtest.Answer { return c.Post("/delete-anonymous-user", nil) },
			Done:   func() bool { return !there(t, s, id) && !fault.SignedIn(c.Clone()) },
			Says:   []string{"UNAUTHORIZED"},
			Sound:  inhabited(s),
		}
	}
	// sign makes somebody of nobody: they are signed in and what they had was
	// moved, or the browser is where it was.
	linked := &links{}
	sign := func(s *authtest.Server) *fault.Attempt {
		linked.made = nil
		s.SignUp(email)
		c, id := visit(s)
		last := c
		return &fault.Attempt{
			Client: c,
			Do: func(c *authtest.Client) *authtest.Answer {
				last = c
				return c.Post("/sign-in/email", j{"email": email, "password": authtest.Password})
			},
			Done: func() bool {
				return last.Get("/get-session").Body != "null" && (len(linked.made) == 1 || !there(t, s, id))
			},
			Sound: func() string {
				if len(linked.made) > 1 {
					return fmt.Sprintf("linked %d times", len(linked.made))
				}
				return ""
			},
		}
	}
	plugin := with(anonymous.Options{OnLinkAccount: linked.on})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "begin", Begin: begin, Options: options()},
		fault.Flow{Name: "begin, secondary", Begin: begin, Options: options(fault.Secondary)},
		fault.Flow{Name: "delete", Begin: remove, Options: options()},
		fault.Flow{Name: "delete, both", Begin: remove, Options: options(fault.InBoth)},
		fault.Flow{Name: "link", Begin: sign, Options: options()},
		fault.Flow{Name: "link, secondary", Begin: sign, Options: options(fault.Secondary)},
	)
}

// inhabited complains about anonymous users whom nobody can be any more.
func inhabited(s *authtest.Server) func() string {
	return fault.EveryUser(s, func(c *core.Context, u *core.User) string {
		if sessions, err := c.Sessions().List(u.ID); err != nil || len(sessions) == 0 {
			return fmt.Sprintf("%s has no session (%v)", u.Email, err)
		}
		return ""
	})
}

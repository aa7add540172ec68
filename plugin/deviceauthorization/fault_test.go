package deviceauthorization_test

import (
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
)

func TestFaults(t *testing.T) {
	ask := func(s *authtest.Server) *fault.Attempt {
		user := ""
		return &fault.Attempt{
			Do: func(c *client) *authtest.Answer {
				a := c.Post("/device/code", body{"client_id": "tv"})
				if a.Status == 200 {
					user = a.Text("user_code")
				}
				return a
			},
			Done: func() bool { return user != "" && device{s, "", user}.seenBy(s.Client()).Status == 200 },
		}
	}
	look := func(s *authtest.Server) *fault.Attempt {
		ada, eve, d := s.SignUp(email), s.SignUp(other), begin(s)
		return &fault.Attempt{
			Client: ada, Do: d.seenBy,
			Done: func() bool { return d.deniedBy(eve).Status == 403 },
		}
	}
	settle := func(status string, do func(device) func(*client) *authtest.Answer) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			ada, d := s.SignUp(email), begin(s)
			d.seenBy(ada).Want(200)
			return &fault.Attempt{
				Client: ada, Do: do(d), Once: true, Says: []string{"already processed"},
				Done: func() bool { return d.seenBy(s.Client()).Text("status") == status },
			}
		}
	}
	// A poll that fails leaves the request, or has made the session. One that
	// secondary storage keeps of a poll that failed is nobody's.
	fetch := func(s *authtest.Server) *fault.Attempt {
		d := agreed(s, s.SignUp(email))
		return &fault.Attempt{
			Do: d.pollWith, Once: true, Says: []string{"invalid_grant"},
			Done: func() bool {
				sessions, err := s.Context().Sessions().List(s.User(email).ID)
				return err == nil && len(sessions) > 1 && d.seenBy(s.Client()).Status == 400
			},
		}
	}
	plugin := with(deviceauthorization.Options{Interval: time.Nanosecond})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "ask", Begin: ask, Options: options()},
		fault.Flow{Name: "look", Begin: look, Options: options()},
		fault.Flow{Name: "approve", Begin: settle("approved", func(d device) func(*client) *authtest.Answer { return d.approvedBy }), Options: options()},
		fault.Flow{Name: "deny", Begin: settle("denied", func(d device) func(*client) *authtest.Answer { return d.deniedBy }), Options: options()},
		fault.Flow{Name: "fetch", Begin: fetch, Options: options()},
		fault.Flow{Name: "fetch, secondary", Begin: fetch, Options: options(fault.Secondary)},
		fault.Flow{Name: "fetch, both", Begin: fetch, Options: options(fault.InBoth)},
	)
}

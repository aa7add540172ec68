package user_test

import (
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	update := func(s *authtest.Server) *fault.Attempt {
		return &fault.Attempt{
			Client: s.SignUp(email),
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/update-user", authtest.JSON{"name": "Countess"})
			},
			Done: func() bool { return s.User(email).Name == "Countess" },
		}
	}
	// deletion is complete, or the user and the sessions are there still.
	// In secondary storage the sessions go first, and stay gone where the
	// database then fails: whoever wants the user deleted signs in again.
	deletion := func(s *authtest.Server, browser *authtest.Client, do func(c *authtest.Client) *authtest.Answer) *fault.Attempt {
		phone, id := s.SignIn(email), s.User(email).ID
		s.Clock.Advance(time.Minute) // so that no session is as young as its end
		a := &fault.Attempt{
			Client: browser, Do: do,
			Done: func() bool {
				return left(t, s, id) == 0 && !fault.SignedIn(phone.Clone()) && !fault.SignedIn(browser.Clone())
			},
			Says:  []string{"UNAUTHORIZED", "FAILED_TO_GET_USER_INFO"},
			Sound: fault.Accounted(s),
		}
		if s.Options().SecondaryStorage != nil {
			a.Spends = a.Says
		}
		return a
	}
	fresh := func(s *authtest.Server) *fault.Attempt {
		return deletion(s, s.SignUp(email), func(c *authtest.Client) *authtest.Answer { return remove(c, authtest.JSON{}) })
	}
	byPassword := func(s *authtest.Server) *fault.Attempt {
		return deletion(s, s.SignUp(email), func(c *authtest.Client) *authtest.Answer {
			return remove(c, authtest.JSON{"password": authtest.Password})
		})
	}
	link := func(spends bool) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			browser := s.SignUp(email)
			remove(browser, authtest.JSON{}).Want(200)
			token := s.Message(core.MessageDeleteAccount).Token
			a := deletion(s, browser, func(c *authtest.Client) *authtest.Answer { return c.Get("/delete-user/callback?token=" + token) })
			if spends { // what secondary storage gave up is gone
				a.Spends = append(a.Spends, "INVALID_TOKEN")
			}
			return a
		}
	}
	ask := func(s *authtest.Server) *fault.Attempt {
		arrived := false
		return &fault.Attempt{
			Client: s.SignUp(email),
			Do:     func(c *authtest.Client) *authtest.Answer { return remove(c, authtest.JSON{}) },
			Done: func() bool {
				arrived = s.Arrived(core.MessageDeleteAccount) != nil || arrived
				return arrived
			},
		}
	}
	with := func(change ...func(*core.Options)) []func(*core.Options) { return change }
	fault.Run(t,
		fault.Flow{Name: "update", Begin: update},
		fault.Flow{Name: "update, secondary", Begin: update, Options: with(fault.Secondary)},
		fault.Flow{Name: "delete, fresh", Begin: fresh, Options: with(enabled)},
		fault.Flow{Name: "delete by password", Begin: byPassword, Options: with(enabled)},
		fault.Flow{Name: "delete by password, secondary", Begin: byPassword, Options: with(enabled, fault.Secondary)},
		fault.Flow{Name: "delete by password, both", Begin: byPassword, Options: with(enabled, fault.InBoth)},
		fault.Flow{Name: "ask for a link", Begin: ask, Options: with(byLink)},
		fault.Flow{Name: "delete by link", Begin: link(false), Options: with(byLink)},
		fault.Flow{Name: "delete by link, both", Begin: link(false), Options: with(byLink, fault.InBoth)},
		fault.Flow{Name: "delete by link, secondary", Begin: link(true), Options: with(byLink, fault.Secondary)},
	)
}

package twofactor_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

func TestFaults(t *testing.T) {
	sessions := func(s *server) int {
		list, err := s.Context().Sessions().List(s.User(email).ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	signIn := j{"email": email, "password": authtest.Password}
	challenged := func(s *server) *fault.Attempt {
		enrolled(t, s, email)
		before := sessions(s)
		var browser *client
		return &fault.Attempt{
			Do: func(c *client) *authtest.Answer {
				browser = c
				return c.Post("/sign-in/email", signIn)
			},
			Done: func() bool { return browser.Cookie(challenge) != "" },
			// What storage could not take back is a session nobody has the
			// token of; that nobody has it, every attempt looks at.
			Sound: func() string {
				if sessions(s) > before+2 {
					return "sessions pile up"
				}
				return ""
			},
		}
	}
	enable := func(s *server) *fault.Attempt {
		ada := s.SignUp(email)
		a := started(t, s, ada)
		code := a.code()
		return &fault.Attempt{
			Client: ada,
			Do:     func(c *client) *authtest.Answer { return c.Post("/two-factor/verify-totp", j{"code": code}) },
			Done: func() bool {
				c := s.Client()
				c.Post("/sign-in/email", signIn)
				return c.Cookie(challenge) != ""
			},
			Says: []string{"INVALID_CODE", "INVALID_TWO_FACTOR_COOKIE"}, Once: true,
		}
	}
	// second proves a factor half way through a sign-in.
	second := func(path string, body func(s *server, a *app, half *client) j, spends ...string) func(s *server) *fault.Attempt {
		return func(s *server) *fault.Attempt {
			_, a := enrolled(t, s, email)
			s.Clock.Advance(2 * period)
			half := halfway(s, email)
			sent, before := body(s, a, half), sessions(s)
			return &fault.Attempt{
				Client: half,
				Do:     func(c *client) *authtest.Answer { return c.Post(path, sent) },
				Done:   func() bool { return sessions(s) > before },
				Once:   true, Says: []string{"INVALID_TWO_FACTOR_COOKIE"}, Spends: spends,
			}
		}
	}
	totp := func(_ *server, a *app, _ *client) j { return j{"code": a.code(), "trustDevice": true} }
	backup := func(_ *server, a *app, _ *client) j { return j{"code": a.backup[0]} }
	mailed := func(s *server, _ *app, half *client) j {
		half.Post("/two-factor/send-otp", j{}).Want(200)
		return j{"code": s.Message(twofactor.MessageOTP).Code}
	}
	// trusted is a sign-in in a browser that is trusted.
	trusting := func(s *server) *fault.Attempt {
		_, a := enrolled(t, s, email)
		s.Clock.Advance(2 * period)
		half := halfway(s, email)
		half.Post("/two-factor/verify-totp", j{"code": a.code(), "trustDevice": true}).Want(200)
		half.Post("/sign-out", j{}).Want(200)
		var browser *client
		return &fault.Attempt{
			Client: half,
			Do: func(c *client) *authtest.Answer {
				browser = c
				return c.Post("/sign-in/email", signIn)
			},
			// Where the trust was lost on the way, the second factor is asked
			// for: never less.
			Done: func() bool { return fault.SignedIn(browser) || browser.Cookie(challenge) != "" },
		}
	}
	disable := func(s *server) *fault.Attempt {
		ada, _ := enrolled(t, s, email)
		return &fault.Attempt{
			Client: ada,
			Do: func(c *client) *authtest.Answer {
				return c.Post("/two-factor/disable", j{"password": authtest.Password})
			},
			Done: func() bool {
				c := s.Client()
				return c.Post("/sign-in/email", signIn).Status == 200 && c.Cookie(challenge) == ""
			},
			Says: []string{"UNAUTHORIZED"},
		}
	}
	with := func(more ...func(*core.Options)) []func(*core.Options) {
		return append(more, func(o *core.Options) { o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{})) })
	}
	fault.Run(t,
		fault.Flow{Name: "sign in", Begin: challenged, Options: with()},
		fault.Flow{Name: "enable", Begin: enable, Options: with()},
		fault.Flow{Name: "totp", Begin: second("/two-factor/verify-totp", totp), Options: with()},
		fault.Flow{Name: "totp, secondary", Begin: second("/two-factor/verify-totp", totp, "INVALID_CODE", "INVALID_TWO_FACTOR_COOKIE"), Options: with(fault.Secondary)},
		fault.Flow{Name: "backup code", Begin: second("/two-factor/verify-backup-code", backup), Options: with()},
		fault.Flow{Name: "mailed code", Begin: second("/two-factor/verify-otp", mailed), Options: with()},
		fault.Flow{Name: "trusted device", Begin: trusting, Options: with()},
		fault.Flow{Name: "disable", Begin: disable, Options: with()},
	)
}

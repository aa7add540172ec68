package social_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	p := newIDP(t)
	accounts := func(s *authtest.Server) int {
		u, err := s.Context().Users().ByEmail(ada.Email)
		if err != nil {
			return 0
		}
		list, err := s.Context().Accounts().ByUser(u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	// The first call of a callback gives up its state, and the provider its
	// code: the user begins anew.
	spent := []string{"internal_server_error", "please_restart_the_process", "state_mismatch", "state_not_found", "invalid_code"}
	callback := func(name, authorization string) func(*authtest.Client) *authtest.Answer {
		code, state := p.approve(authorization, ada)
		return func(c *authtest.Client) *authtest.Answer {
			return c.Get("/callback/" + name + "?code=" + code + "&state=" + url.QueryEscape(state))
		}
	}
	up := func(s *authtest.Server) *fault.Attempt {
		p.clock = s.Clock
		c := s.Client()
		return &fault.Attempt{
			Client: c, Do: callback("google", depart(c, "google")),
			Done: func() bool { return accounts(s) == 1 },
			Once: true, Spends: spent, Sound: fault.Accounted(s),
		}
	}
	in := func(s *authtest.Server) *fault.Attempt {
		p.clock = s.Clock
		p.signIn(s.Client(), "google", ada)
		c := s.Client()
		arrive := callback("google", depart(c, "google"))
		var browser *authtest.Client
		return &fault.Attempt{
			Client: c,
			Do: func(c *authtest.Client) *authtest.Answer {
				browser = c
				return arrive(c)
			},
			Done: func() bool { return fault.SignedIn(browser) },
			Once: true, Spends: spent,
		}
	}
	linking := func(s *authtest.Server) *fault.Attempt {
		p.clock = s.Clock
		c := s.SignUp(ada.Email)
		return &fault.Attempt{
			Client: c, Do: callback("google", link(c, "google")),
			Done: func() bool { return accounts(s) == 2 },
			Once: true, Spends: spent,
		}
	}
	byToken := func(s *authtest.Server) *fault.Attempt {
		p.clock = s.Clock
		signed := sign(t, googleKey(), p.claims(ada))
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				s.Clock.Advance(time.Minute) // a lock that could not be given back has ended by itself
				return c.Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": signed}})
			},
			Done: func() bool { return accounts(s) == 1 }, Sound: fault.Accounted(s),
		}
	}
	stateInCookie := []func(*options){p.configure(), inCookie}
	database := []func(*options){p.configure()}
	secondary := []func(*options){p.configure(), fault.Secondary}
	fault.Run(t,
		fault.Flow{Name: "sign up", Begin: up, Options: database},
		fault.Flow{Name: "sign up, secondary", Begin: up, Options: secondary},
		fault.Flow{Name: "sign up, state in cookie", Begin: up, Options: stateInCookie},
		fault.Flow{Name: "sign in", Begin: in, Options: database},
		fault.Flow{Name: "sign in, secondary", Begin: in, Options: secondary},
		fault.Flow{Name: "link", Begin: linking, Options: database},
		fault.Flow{Name: "link, secondary", Begin: linking, Options: secondary},
		fault.Flow{Name: "ID token", Begin: byToken, Options: database},
	)
}

// A lock that could not be given back passes: nobody is told that linking is
// impossible.
func TestLockLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, plan := newIDP(t), &fault.Plan{}
		s := serve(p, func(o *options) { o.Database = fault.DB(memory.New(), plan) })
		signed := sign(t, googleKey(), p.claims(ada))
		enter := func() *authtest.Answer {
			return s.Client().Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": signed}})
		}
		plan.Fail(4, fault.Outage)
		enter().WantCode(503, "SERVICE_UNAVAILABLE")
		plan.Heal()
		if a := enter().WantCode(503, "SERVICE_UNAVAILABLE"); a.Header.Get("Retry-After") == "" {
			t.Error("nobody is told when to come again")
		}
		s.Clock.Advance(time.Minute)
		enter().Want(200, ada.Email)
	})
}

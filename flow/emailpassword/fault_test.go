package emailpassword_test

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	known := func(s *authtest.Server) bool {
		_, err := s.Context().Users().ByEmail(email)
		return !errors.Is(err, db.ErrNotFound)
	}
	signUp := func(s *authtest.Server) *fault.Attempt {
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/sign-up/email", authtest.JSON{"name": "Ada", "email": email, "password": authtest.Password})
			},
			Done:  func() bool { return known(s) },
			Says:  []string{"USER_ALREADY_EXISTS"},
			Sound: fault.Accounted(s),
		}
	}
	signIn := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		var browser *authtest.Client
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				browser = c
				return c.Post("/sign-in/email", authtest.JSON{"email": email, "password": authtest.Password})
			},
			Done: func() bool { return fault.SignedIn(browser) },
		}
	}
	hidden := func(o *core.Options) { o.EmailAndPassword.RequireEmailVerification = true }
	fault.Run(t,
		fault.Flow{Name: "sign-up", Begin: signUp},
		fault.Flow{Name: "sign-up with proof", Begin: signUp, Options: []func(*core.Options){hidden}},
		fault.Flow{Name: "sign-up, secondary", Begin: signUp, Options: []func(*core.Options){fault.Secondary}},
		fault.Flow{Name: "sign-in", Begin: signIn},
		fault.Flow{Name: "sign-in, both", Begin: signIn, Options: []func(*core.Options){fault.InBoth}},
	)
}

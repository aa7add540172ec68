package username_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/username"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	enters := func(s *authtest.Server, name string) bool { return signIn(s, name).Status == 200 }
	up := func(s *authtest.Server) *fault.Attempt {
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/sign-up/email", authtest.JSON{"name": "Ada", "email": email, "password": authtest.Password, "username": "ada"})
			},
			Done: func() bool { return enters(s, "ada") },
			Says: []string{"USERNAME_IS_ALREADY_TAKEN", "USER_ALREADY_EXISTS"}, Sound: fault.Accounted(s),
		}
	}
	in := func(s *authtest.Server) *fault.Attempt {
		signUp(s, email, authtest.JSON{"username": "ada"})
		var browser *authtest.Client
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				browser = c
				return c.Post("/sign-in/username", authtest.JSON{"username": "ada", "password": authtest.Password})
			},
			Done: func() bool { return fault.SignedIn(browser) },
		}
	}
	rename := func(s *authtest.Server) *fault.Attempt {
		browser, _ := signUp(s, email, authtest.JSON{"username": "ada"})
		return &fault.Attempt{
			Client: browser,
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/update-user", authtest.JSON{"username": "grace"})
			},
			Done: func() bool { return enters(s, "grace") },
			Sound: func() string {
				if enters(s, "ada") == enters(s, "grace") {
					return "the user has two names, or none"
				}
				return ""
			},
		}
	}
	options := []func(*core.Options){with(username.Options{})}
	fault.Run(t,
		fault.Flow{Name: "sign up", Begin: up, Options: options},
		fault.Flow{Name: "sign in", Begin: in, Options: options},
		fault.Flow{Name: "rename", Begin: rename, Options: options},
		fault.Flow{Name: "rename, both", Begin: rename, Options: append(options, fault.InBoth)},
	)
}

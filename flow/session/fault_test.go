package session_test

import (
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	read := func(path string, later time.Duration) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			browser := s.SignUp(email)
			s.Clock.Advance(later)
			return &fault.Attempt{
				Client: browser,
				Do:     func(c *authtest.Client) *authtest.Answer { return c.Get(path) },
				Done:   func() bool { return fault.SignedIn(browser.Clone()) },
			}
		}
	}
	// end is a request that ends sessions, made in a browser beside another.
	end := func(path string, body func(own, phone *authtest.Client) body, done func(own, phone bool) bool) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			own, phone := s.SignUp(email), s.SignIn(email)
			sent := body(own, phone)
			s.Clock.Advance(time.Minute) // so that no session is as young as its end
			return &fault.Attempt{
				Client: own,
				Do:     func(c *authtest.Client) *authtest.Answer { return c.Post(path, sent) },
				Done:   func() bool { return done(fault.SignedIn(own.Clone()), fault.SignedIn(phone.Clone())) },
				Says:   []string{"UNAUTHORIZED"},
			}
		}
	}
	nothing := func(_, _ *authtest.Client) body { return body{} }
	phone := func(_, phone *authtest.Client) body {
		return body{"token": phone.Get("/get-session").Text("session.token")}
	}
	flows := map[string]func(s *authtest.Server) *fault.Attempt{
		"get-session":          read("/get-session", 0),
		"get-session, renewed": read("/get-session", 36*time.Hour),
		"list-sessions":        read("/list-sessions", 0),
		"sign-out":             end("/sign-out", nothing, func(own, phone bool) bool { return !own && phone }),
		"revoke":               end("/revoke-session", phone, func(own, phone bool) bool { return own && !phone }),
		"revoke others":        end("/revoke-other-sessions", nothing, func(own, phone bool) bool { return own && !phone }),
		"revoke all":           end("/revoke-sessions", nothing, func(own, phone bool) bool { return !own && !phone }),
	}
	for name, begin := range flows {
		fault.Run(t,
			fault.Flow{Name: name, Begin: begin},
			fault.Flow{Name: name + ", secondary", Begin: begin, Options: []func(*options){fault.Secondary}},
			fault.Flow{Name: name + ", both", Begin: begin, Options: []func(*options){fault.InBoth}},
		)
	}
}

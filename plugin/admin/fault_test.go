package admin_test

import (
	"maps"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/admin"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	flows := map[string]func(s *authtest.Server) *fault.Attempt{}
	// add is a request of an administrator about a user.
	add := func(name, path string, more body, done func(s *authtest.Server, ada *authtest.Client) bool, says ...string) {
		flows[name] = func(s *authtest.Server) *fault.Attempt {
			boss, ada := s.SignUp("boss@example.com"), s.SignUp(email)
			setRole(t, s, "boss@example.com", "admin")
			sent := body{"userId": s.User(email).ID}
			maps.Copy(sent, more)
			return &fault.Attempt{
				Client: boss,
				Do:     func(c *authtest.Client) *authtest.Answer { return c.Post(path, sent) },
				Done:   func() bool { return done(s, ada.Clone()) },
				Says:   says, Sound: fault.Accounted(s),
			}
		}
	}
	there := func(s *authtest.Server, address string) bool {
		_, err := s.Context().Users().ByEmail(address)
		return err == nil
	}
	add("create", "/admin/create-user", body{"email": "bob@example.com", "name": "Bob", "password": authtest.Password},
		func(s *authtest.Server, _ *authtest.Client) bool { return there(s, "bob@example.com") }, "USER_ALREADY_EXISTS")
	add("ban", "/admin/ban-user", body{}, func(s *authtest.Server, ada *authtest.Client) bool {
		c := s.Client()
		return !fault.SignedIn(ada) && c.Post("/sign-in/email", body{"email": email, "password": authtest.Password}).Status == 403
	})
	add("remove", "/admin/remove-user", body{}, func(s *authtest.Server, ada *authtest.Client) bool {
		return !there(s, email) && !fault.SignedIn(ada)
	}, "USER_NOT_FOUND")
	add("revoke sessions", "/admin/revoke-user-sessions", body{}, func(_ *authtest.Server, ada *authtest.Client) bool { return !fault.SignedIn(ada) })
	add("set password", "/admin/set-user-password", body{"newPassword": "a brand new password"}, func(s *authtest.Server, _ *authtest.Client) bool {
		return s.Client().Post("/sign-in/email", body{"email": email, "password": "a brand new password"}).Status == 200
	})
	add("set role", "/admin/set-role", body{"role": "admin"}, func(_ *authtest.Server, ada *authtest.Client) bool {
		return ada.Get("/admin/list-users").Status == 200
	})
	flows["impersonate"] = func(s *authtest.Server) *fault.Attempt {
		boss := s.SignUp("boss@example.com")
		s.SignUp(email)
		setRole(t, s, "boss@example.com", "admin")
		id := s.User(email).ID
		var browser *authtest.Client
		return &fault.Attempt{
			Client: boss,
			Do: func(c *authtest.Client) *authtest.Answer {
				browser = c
				return c.Post("/admin/impersonate-user", body{"userId": id})
			},
			Done: func() bool {
				return browser.WithContext(t.Context()).Get("/get-session").Text("user.email") == email
			},
		}
	}
	for name, begin := range flows {
		fault.Run(t, fault.Flow{Name: name, Begin: begin, Options: []func(*core.Options){with(admin.Options{})}})
	}
}

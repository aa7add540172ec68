package password_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/flow/password"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email = "ada@example.com"
	request := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		arrived := false
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/request-password-reset", authtest.JSON{"email": email})
			},
			Done: func() bool {
				if m := s.Arrived(core.MessageResetPassword); m != nil {
					arrived = true
				}
				return arrived
			},
			Later: true,
		}
	}
	redeem := func(s *authtest.Server) *fault.Attempt {
		phone := s.SignUp(email)
		mail := asked(t, s, email)
		return &fault.Attempt{
			Do:   func(c *authtest.Client) *authtest.Answer { return reset(s, mail.Token, next) },
			Done: func() bool { return signsIn(s, email, next) },
			Once: true, Says: []string{"INVALID_TOKEN"},
			Sound: func() string {
				if signsIn(s, email, next) && fault.SignedIn(phone) {
					return "sessions from before the reset live on"
				}
				return ""
			},
		}
	}
	// In secondary storage, a token that was taken is gone even where the
	// database then fails: it must not be good twice.
	spent := func(s *authtest.Server) *fault.Attempt {
		a := redeem(s)
		a.Spends, a.Sound = a.Says, nil
		return a
	}
	change := func(revoke bool) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			browser, phone := s.SignUp(email), s.SignIn(email)
			return &fault.Attempt{
				Client: browser,
				Do: func(c *authtest.Client) *authtest.Answer {
					return c.Post("/change-password", authtest.JSON{"currentPassword": authtest.Password, "newPassword": next, "revokeOtherSessions": revoke})
				},
				Done: func() bool { return signsIn(s, email, next) },
				Says: []string{"INVALID_PASSWORD", "UNAUTHORIZED"},
				Sound: func() string {
					if revoke && signsIn(s, email, next) && fault.SignedIn(phone) {
						return "sessions that were to end live on"
					}
					return ""
				},
			}
		}
	}
	set := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		c := s.Context()
		account, err := c.Accounts().Credential(s.User(email).ID)
		if err == nil {
			_, err = c.Accounts().Update(account.ID, c.Tables().Accounts.Password.ToNull())
		}
		if err != nil {
			t.Fatal(err)
		}
		sessions, err := c.Sessions().List(s.User(email).ID)
		if err != nil {
			t.Fatal(err)
		}
		current := core.Current{Session: sessions[0], User: s.User(email)}
		return &fault.Attempt{
			Do: func(*authtest.Client) *authtest.Answer {
				_, err := core.Invoke(t.Context(), s.Kernel, password.Set, &password.SetInput{NewPassword: next}, core.Call{Session: &current})
				return s.Answered(err)
			},
			Done: func() bool { return signsIn(s, email, next) },
			Says: []string{"PASSWORD_ALREADY_SET"},
		}
	}
	revoking := func(o *core.Options) { o.EmailAndPassword.RevokeSessionsOnReset = true }
	fault.Run(t,
		fault.Flow{Name: "request", Begin: request},
		fault.Flow{Name: "request, secondary", Begin: request, Options: []func(*core.Options){fault.Secondary}},
		fault.Flow{Name: "reset", Begin: redeem, Options: []func(*core.Options){revoking}},
		fault.Flow{Name: "reset, both", Begin: redeem, Options: []func(*core.Options){revoking, fault.InBoth}},
		fault.Flow{Name: "reset, secondary", Begin: spent, Options: []func(*core.Options){revoking, fault.Secondary}},
		fault.Flow{Name: "change", Begin: change(false)},
		fault.Flow{Name: "change and revoke", Begin: change(true)},
		fault.Flow{Name: "change and revoke, both", Begin: change(true), Options: []func(*core.Options){fault.InBoth}},
		fault.Flow{Name: "set", Begin: set},
	)
}

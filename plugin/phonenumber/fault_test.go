package phonenumber_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
)

func TestFaults(t *testing.T) {
	// A guess that failed may stay counted; a code that secondary storage gave
	// up is gone.
	spent := []string{"OTP_NOT_FOUND", "INVALID_OTP"}
	send := func(s *authtest.Server) *fault.Attempt {
		arrived := false
		return &fault.Attempt{
			Do: func(c *client) *authtest.Answer {
				return c.Post("/phone-number/send-otp", body{"phoneNumber": number})
			},
			Done: func() bool {
				arrived = s.Arrived(phonenumber.Message) != nil || arrived
				return arrived
			},
			Later: true,
		}
	}
	enter := func(known bool, spends ...string) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			if known {
				phoned(s, email, number)
			}
			otp := code(s, number)
			var browser *client
			return &fault.Attempt{
				Do: func(c *client) *authtest.Answer {
					browser = c
					return verify(c, number, otp)
				},
				Done: func() bool {
					if known {
						sessions, err := s.Context().Sessions().List(s.User(email).ID)
						return err == nil && len(sessions) > 1
					}
					_, err := s.Context().Users().ByEmail("15550100@phone.example.com")
					return err == nil || fault.SignedIn(browser)
				},
				Once: true, Says: []string{"OTP_NOT_FOUND"}, Spends: spends,
			}
		}
	}
	own := func(s *authtest.Server) *fault.Attempt {
		ada := s.SignUp(email)
		otp := code(s, number)
		return &fault.Attempt{
			Client: ada, Do: func(c *client) *authtest.Answer { return attach(c, number, otp) },
			Done: func() bool { return signIn(s, number, authtest.Password).Status == 200 },
			Once: true, Says: []string{"OTP_NOT_FOUND"},
		}
	}
	change := func(s *authtest.Server) *fault.Attempt {
		phoned(s, email, number)
		otp := resetCode(s, number)
		return &fault.Attempt{
			Do: func(c *client) *authtest.Answer {
				return c.Post("/phone-number/reset-password", body{"phoneNumber": number, "otp": otp, "newPassword": "another password"})
			},
			Done: func() bool { return signIn(s, number, "another password").Status == 200 },
			Once: true, Says: []string{"OTP_NOT_FOUND"},
		}
	}
	plugin := signUp(phonenumber.Options{})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "send", Begin: send, Options: options()},
		fault.Flow{Name: "sign up", Begin: enter(false), Options: options()},
		fault.Flow{Name: "sign in", Begin: enter(true), Options: options()},
		fault.Flow{Name: "sign in, secondary", Begin: enter(true, spent...), Options: options(fault.Secondary)},
		fault.Flow{Name: "own number", Begin: own, Options: options()},
		fault.Flow{Name: "reset", Begin: change, Options: options()},
	)
}

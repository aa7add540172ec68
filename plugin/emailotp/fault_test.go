package emailotp_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/emailotp"
)

func TestFaults(t *testing.T) {
	const next, other = "a brand new password", "grace@example.com"
	sessions := func(s *authtest.Server, address string) int {
		u, err := s.Context().Users().ByEmail(address)
		if err != nil {
			return 0
		}
		list, err := s.Context().Sessions().List(u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	send := func(s *authtest.Server) *fault.Attempt {
		arrived := false
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/email-otp/send-verification-otp", body{"email": email, "type": emailotp.SignIn})
			},
			Done: func() bool {
				arrived = s.Arrived(emailotp.Message) != nil || arrived
				return arrived
			},
			Later: true,
		}
	}
	// enter is a sign-in that proves the address too.
	enter := func(known bool, spends ...string) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			if known {
				s.SignUp(email)
			}
			otp := code(s, emailotp.SignIn)
			return &fault.Attempt{
				Do: func(c *authtest.Client) *authtest.Answer {
					return c.Post("/sign-in/email-otp", body{"email": email, "otp": otp})
				},
				Done: func() bool { return sessions(s, email) > 0 && s.User(email).EmailVerified },
				Once: true, Says: []string{"INVALID_OTP"}, Spends: spends,
			}
		}
	}
	verify := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		otp := code(s, emailotp.EmailVerification)
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/email-otp/verify-email", body{"email": email, "otp": otp})
			},
			Done: func() bool { return s.User(email).EmailVerified && sessions(s, email) > 1 },
			Once: true, Says: []string{"INVALID_OTP"},
		}
	}
	reset := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		otp := code(s, emailotp.ForgetPassword)
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/email-otp/reset-password", body{"email": email, "otp": otp, "password": next})
			},
			Done: func() bool {
				return s.Client().Post("/sign-in/email", body{"email": email, "password": next}).Status == 200
			},
			Once: true, Says: []string{"INVALID_OTP"},
		}
	}
	change := func(s *authtest.Server) *fault.Attempt {
		ada := s.SignUp(email)
		ada.Post("/email-otp/request-email-change", body{"newEmail": other}).Want(200)
		otp := s.Message(emailotp.Message).Code
		return &fault.Attempt{
			Client: ada,
			Do: func(c *authtest.Client) *authtest.Answer {
				return c.Post("/email-otp/change-email", body{"newEmail": other, "otp": otp})
			},
			Done: func() bool {
				_, err := s.Context().Users().ByEmail(other)
				return err == nil
			},
			Once: true, Says: []string{"INVALID_OTP", "Email is the same"},
		}
	}
	plugin := with(emailotp.Options{AllowChangeEmail: true})
	autoSignIn := func(o *core.Options) { o.EmailVerification.AutoSignInAfterVerification = true }
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "send", Begin: send, Options: options()},
		fault.Flow{Name: "sign up", Begin: enter(false), Options: options()},
		fault.Flow{Name: "sign in", Begin: enter(true), Options: options()},
		fault.Flow{Name: "sign in, secondary", Begin: enter(true, "INVALID_OTP"), Options: options(fault.Secondary)},
		fault.Flow{Name: "sign in, both", Begin: enter(true), Options: options(fault.InBoth)},
		fault.Flow{Name: "verify", Begin: verify, Options: options(autoSignIn)},
		fault.Flow{Name: "reset", Begin: reset, Options: options()},
		fault.Flow{Name: "change", Begin: change, Options: options()},
	)
}

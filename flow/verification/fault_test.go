package verification_test

import (
	"fmt"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

func TestFaults(t *testing.T) {
	const email, other = "ada@example.com", "grace@example.com"
	autoSignIn := func(o *core.Options) { o.EmailVerification.AutoSignInAfterVerification = true }
	has := func(s *authtest.Server, address string) bool {
		_, err := s.Context().Users().ByEmail(address)
		return err == nil
	}
	// sent is a request that has a mail sent in the end.
	sent := func(kind, path string, body authtest.JSON, prove bool) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			browser := s.SignUp(email)
			if prove {
				open(browser, ask(t, s, browser, email), "").Want(200)
			}
			arrived := false
			return &fault.Attempt{
				Client: browser,
				Do:     func(c *authtest.Client) *authtest.Answer { return c.Post(path, body) },
				Done: func() bool {
					arrived = s.Arrived(kind) != nil || arrived
					return arrived
				},
				Later: true,
			}
		}
	}
	verify := func(s *authtest.Server) *fault.Attempt {
		token := ask(t, s, s.SignUp(email), email)
		return &fault.Attempt{
			Do:   func(c *authtest.Client) *authtest.Answer { return open(c, token, "") },
			Done: func() bool { return s.User(email).EmailVerified },
		}
	}
	// A link that signs in proves the address and makes the session at once:
	// opened again, it would say that it is done, and sign nobody in.
	verifyAndEnter := func(s *authtest.Server) *fault.Attempt {
		a := verify(s)
		a.Sound = func() string {
			u := s.User(email)
			sessions, err := s.Context().Sessions().List(u.ID)
			if err != nil || u.EmailVerified && len(sessions) < 2 {
				return fmt.Sprintf("the address is proven, and there are %d sessions (%v)", len(sessions), err)
			}
			return ""
		}
		return a
	}
	step := func(kind string, prove bool) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			browser := s.SignUp(email)
			if prove {
				open(browser, ask(t, s, browser, email), "").Want(200)
			}
			change(browser, other).Want(200)
			token := s.Message(kind).Token
			if kind == core.MessageVerification {
				return &fault.Attempt{
					Client: browser,
					Do:     func(c *authtest.Client) *authtest.Answer { return open(c, token, "") },
					Done:   func() bool { return has(s, other) }, Once: true, Says: []string{"INVALID_TOKEN"},
				}
			}
			arrived := false
			return &fault.Attempt{
				Client: browser,
				Do:     func(c *authtest.Client) *authtest.Answer { return open(c, token, "") },
				Done: func() bool {
					arrived = s.Arrived(core.MessageVerification) != nil || arrived
					return arrived
				},
			}
		}
	}
	now := func(s *authtest.Server) *fault.Attempt {
		return &fault.Attempt{
			Client: s.SignUp(email),
			Do:     func(c *authtest.Client) *authtest.Answer { return change(c, other) },
			Done:   func() bool { return has(s, other) }, Says: []string{"Email is the same"},
		}
	}
	newAddress := authtest.JSON{"newEmail": other}
	with := func(change ...func(*core.Options)) []func(*core.Options) { return change }
	fault.Run(t,
		fault.Flow{Name: "send", Begin: sent(core.MessageVerification, "/send-verification-email", authtest.JSON{"email": email}, false)},
		fault.Flow{Name: "verify", Begin: verify},
		fault.Flow{Name: "verify and sign in", Begin: verifyAndEnter, Options: with(autoSignIn)},
		fault.Flow{Name: "change at once", Begin: now, Options: with(changeEmail(atOnce))},
		fault.Flow{Name: "ask the old address", Begin: sent(core.MessageChangeEmail, "/change-email", newAddress, true), Options: with(changeEmail(confirm))},
		fault.Flow{Name: "ask the new address", Begin: sent(core.MessageVerification, "/change-email", newAddress, true), Options: with(changeEmail())},
		fault.Flow{Name: "by the old address", Begin: step(core.MessageChangeEmail, true), Options: with(changeEmail(confirm))},
		fault.Flow{Name: "by the new address", Begin: step(core.MessageVerification, true), Options: with(changeEmail())},
		fault.Flow{Name: "by the new address, secondary", Begin: step(core.MessageVerification, true), Options: with(changeEmail(), fault.Secondary)},
	)
}

package securitytest_test

import (
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestTM(t *testing.T) { run(t, tm) }

var tm = section{"TM", "what the time of an answer tells", []row{
	{id: "TM-01", what: "signing up where addresses are to be proven takes as long for a taken address",
		config: body{"emailAndPassword": body{"enabled": true, "requireEmailVerification": true}}, test: func(t *testing.T, s *harness.Site) {
			known := s.Address("known")
			s.SignUp(known)
			up := func(email string) *harness.Request {
				return s.Client().Request("POST", "/sign-up/email", body{"email": email, "password": harness.Password, "name": "n"})
			}
			alike(t, s, 20, func() *harness.Request { return up(known) }, func() *harness.Request { return up(s.Address("fresh")) })
		}},
	{id: "TM-02", what: "asking for a reset takes as long for nobody", test: mailerTakesAsLong(0)},
	{id: "TM-03", what: "so does asking for a mail of verification", test: mailerTakesAsLong(1)},
	{id: "TM-04", what: "so does asking for a magic link", test: mailerTakesAsLong(2)},
	{id: "TM-05", what: "so does asking for a code to sign in", test: mailerTakesAsLong(3)},
	{id: "TM-06", what: "so does asking for a code to reset", test: mailerTakesAsLong(4)},
	{id: "TM-07", what: "signing in by name takes as long for nobody", test: func(t *testing.T, s *harness.Site) {
		s.Client().Post("/sign-up/email", body{"email": s.Address("known"), "password": harness.Password, "name": "n", "username": "known_to_all"}).Want(200)
		in := func(name string) func() *harness.Request {
			return func() *harness.Request {
				return s.Client().Request("POST", "/sign-in/username", body{"username": name, "password": "not the password"})
			}
		}
		alike(t, s, 20, in("known_to_all"), in("known_to_none"))
	}},
}}

func mailerTakesAsLong(i int) func(*testing.T, *harness.Site) {
	return func(t *testing.T, shared *harness.Site) {
		s := shared.Own(nil)
		known := s.Address("known")
		s.SignUp(known)
		// Delivery is slow: an answer that waits for it is seen.
		s.Mail.Delay(300 * time.Millisecond)
		ask := func(email string) func() *harness.Request {
			return func() *harness.Request {
				r := mailers(email)[i]
				return s.Client().Request("POST", r.path, r.body)
			}
		}
		alike(t, s, 40, ask(known), ask(s.Address("nobody")))
	}
}

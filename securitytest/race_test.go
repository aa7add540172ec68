package securitytest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestRC(t *testing.T) { run(t, rc) }

var rc = section{"RC", "what happens once, under races", []row{
	{id: "RC-01", core: true, in: stored, what: "racing sign-ups with one address make one user", test: signUpsRace},
	{id: "RC-02", in: stored, what: "racing claims of one name leave it to one user", test: namesRace},
	{id: "RC-03", core: true, in: stored, what: "a state of a sign-in at a provider works once", test: statesRace},
	{id: "RC-04", core: true, in: stored, what: "a magic link signs in once", test: linksRace},
	{id: "RC-05", core: true, in: stored, what: "a code signs in once", test: codesRace},
	{id: "RC-06", in: stored, what: "a code of an authenticator app is accepted once", test: appCodesRace},
	{id: "RC-07", in: stored, what: "a backup code is accepted once", test: backupCodesRace},
	{id: "RC-08", in: stored, what: "racing organizations with one slug are one", test: slugsRace},
	{id: "RC-09", in: stored, what: "an invitation is accepted once", test: invitationsRace},
	{id: "RC-10", in: stored, what: "racing guesses of a code are no more than allowed", test: guessesRace},
	{id: "RC-11", in: stored, what: "a challenge of a passkey is answered once", test: passkeyChallengesRace},
	{id: "RC-12", in: stored, what: "a user keeps an account", test: lastAccountsRace},
	{id: "RC-13", in: stored, what: "racing claims of one address leave it to one user", test: addressesRace},
	{id: "RC-14", in: stored, what: "racing sign-ups with one name make one user", test: namesAtSignUpRace},
	{id: "RC-15", in: stored, what: "racing sign-ins of one identity make one user and one account", test: identitiesRace},
	{id: "RC-16", in: stored, config: body{"user": body{"deleteUser": body{"enabled": true, "verify": true}}}, what: "a link of deletion works once", test: deletionsRace},
	{id: "RC-17", in: stored, what: "codes of resets and verification work once", test: otherCodesRace},
	{id: "RC-18", in: stored, what: "a mailed code of a second factor works once", test: mailedFactorsRace},
	{id: "RC-19", in: stored, what: "a key is used as often as is left", test: keysRace},
}}

func signUpsRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		r := s.Client().Request("POST", "/sign-up/email", body{"email": email, "password": harness.Password, "name": "n"})
		once(t, "racing sign-ups", s.Together(harness.Repeat(r, 4)...))
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE email = '`+email+`'`); len(rows) != 1 {
			t.Errorf("%d users have one address", len(rows))
		}
	}
}

func namesRace(t *testing.T, s *harness.Site) {
	var users []*harness.Client
	for range 4 {
		users = append(users, s.SignUp(s.Address("racer")))
	}
	for round := range rounds() {
		name := fmt.Sprintf("name_%d_%s", round, strings.ToLower(users[0].User()[:8]))
		var requests []*harness.Request
		for _, u := range users {
			requests = append(requests, u.Request("POST", "/update-user", body{"username": name}))
		}
		once(t, "racing names", s.Together(requests...))
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE username = '`+name+`'`); len(rows) != 1 {
			t.Errorf("%d users have one name", len(rows))
		}
	}
}

func statesRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		c := s.Client()
		email := s.Address("racer")
		begun := c.Begin(0, nil)
		var requests []*harness.Request
		for range 6 { // each with a code of its own: it is the state that works once
			back := s.Providers[0].Approve(t, begun, harness.Grant{Claims: body{"sub": email, "email": email, "email_verified": true}})
			requests = append(requests, c.Request("GET", back, nil))
		}
		answers := s.Together(requests...)
		once(t, "racing callbacks", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one state", n)
		}
		u, _ := url.Parse(begun)
		s.Watch(email).Refused(c.Get("/callback/company?code=x&state="+u.Query().Get("state")), 0, "")
	}
}

func linksRace(t *testing.T, s *harness.Site) {
	email := s.Address("racer")
	s.SignUp(email)
	for range rounds() {
		s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
		r := s.Client().Request("GET", "/magic-link/verify?callbackURL=%2Fok&token="+s.Message("magic-link", email).Token, nil)
		answers := s.Together(harness.Repeat(r, 10)...)
		once(t, "racing links", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one link", n)
		}
	}
}

func codesRace(t *testing.T, s *harness.Site) {
	email := s.Address("racer")
	s.SignUp(email)
	for range rounds() {
		s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).Want(http.StatusOK)
		r := s.Client().Request("POST", "/sign-in/email-otp", body{"email": email, "otp": s.Message("email-otp", email).Code})
		answers := s.Together(harness.Repeat(r, 10)...)
		once(t, "racing codes", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one code", n)
		}
	}
}

func guessesRace(t *testing.T, s *harness.Site) {
	email := s.Address("racer")
	s.SignUp(email)
	for range rounds() {
		s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).Want(http.StatusOK)
		code := s.Message("email-otp", email).Code
		r := s.Client().Request("POST", "/sign-in/email-otp", body{"email": email, "otp": "x" + code[1:]})
		s.Together(harness.Repeat(r, 20)...)
		w := s.Watch(email)
		w.Refused(s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code}), 0, "")
	}
}

func appCodesRace(t *testing.T, s *harness.Site) {
	for range rounds() { // a code is good once for each user, so each round takes a new one
		email := s.Address("racer")
		f := enrol(t, s.SignUp(email))
		code := f.code(0)
		var requests []*harness.Request
		for range 4 {
			requests = append(requests, challenge(s, email).Request("POST", "/two-factor/verify-totp", body{"code": code}))
		}
		answers := s.Together(requests...)
		once(t, "racing codes of an app", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one code", n)
		}
	}
}

func backupCodesRace(t *testing.T, s *harness.Site) {
	var email string
	var codes []string
	for range rounds() {
		if len(codes) == 0 {
			email = s.Address("racer")
			codes = enrol(t, s.SignUp(email)).backup
		}
		var requests []*harness.Request
		for range 3 {
			requests = append(requests, challenge(s, email).Request("POST", "/two-factor/verify-backup-code", body{"code": codes[0]}))
		}
		once(t, "racing backup codes", s.Together(requests...))
		codes = codes[1:]
	}
}

func slugsRace(t *testing.T, s *harness.Site) {
	a, b := s.SignUp(s.Address("racer")), s.SignUp(s.Address("racer"))
	for range rounds() {
		slug := s.Address("slug")
		make := body{"name": "n", "slug": slug}
		once(t, "racing slugs", s.Together(a.Request("POST", "/organization/create", make), b.Request("POST", "/organization/create", make),
			a.Request("POST", "/organization/create", make), b.Request("POST", "/organization/create", make)))
	}
}

func invitationsRace(t *testing.T, s *harness.Site) {
	owner, email := s.SignUp(s.Address("owner")), s.Address("guest")
	guest := s.SignUp(email)
	for range rounds() {
		org := owner.Post("/organization/create", body{"name": "n", "slug": s.Address("slug")}).Text("id")
		invitation := owner.Post("/organization/invite-member", body{"organizationId": org, "email": email, "role": "member"}).Text("id")
		r := guest.Request("POST", "/organization/accept-invitation", body{"invitationId": invitation})
		once(t, "racing acceptances", s.Together(harness.Repeat(r, 6)...))
		if rows := s.Store.Column(t, `SELECT id FROM "member" WHERE "organizationId" = '`+org+`'`); len(rows) != 2 {
			t.Errorf("%d members, two were meant", len(rows))
		}
	}
}

package securitytest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func passkeyChallengesRace(t *testing.T, s *harness.Site) {
	v, k, _ := owned(s, "racer")
	for range rounds() {
		c := s.Client()
		answers := s.Together(harness.Repeat(c.Request("POST", assertPath, body{"response": k.Get(asked(c))}), 10)...)
		once(t, "racing answers to one challenge", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one challenge", n)
		}
		fresh := newPasskey()
		made := body{"response": fresh.Create(fresh.offered(v))}
		once(t, "racing registrations of one challenge", s.Together(harness.Repeat(v.Request("POST", registerPath, made), 6)...))
	}
}

func lastAccountsRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		v := s.SignUp(email)
		v.Get(s.Providers[0].Approve(t, v.Depart(linkPath, "company", nil), granted(email)))
		var accounts []struct{ ID string }
		v.Get("/list-accounts").Want(http.StatusOK).Decode(&accounts)
		if len(accounts) != 2 {
			t.Fatalf("%d accounts", len(accounts))
		}
		unlink := func(i int) *harness.Request {
			return v.Request("POST", "/unlink-account", body{"accountId": accounts[i].ID})
		}
		once(t, "racing removals of the last accounts", s.Together(unlink(0), unlink(1), unlink(0), unlink(1)))
		if rows := s.Store.Column(t, `SELECT id FROM "account" WHERE "userId" = `+quote(v.User())); len(rows) != 1 {
			t.Errorf("%d accounts are left", len(rows))
		}
	}
}

func addressesRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		target := s.Address("target")
		var requests []*harness.Request
		for range 3 { // who have proven their own addresses, and are to prove the new one
			email := s.Address("racer")
			v := s.SignUp(email)
			v.Post("/change-email", body{"newEmail": target}).Want(http.StatusOK)
			requests = append(requests, v.Request("GET", "/verify-email?token="+url.QueryEscape(s.Message("verification-email", target).Token), nil))
		}
		requests = append(requests, s.Client().Request("POST", "/sign-up/email", body{"email": target, "password": harness.Password, "name": "n"}))
		for _, a := range s.Together(requests...) {
			if a.Status >= 500 {
				t.Errorf("racing claims of an address: %d %s", a.Status, a.Body)
			}
		}
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE email = '`+target+`'`); len(rows) != 1 {
			t.Errorf("%d users have one address", len(rows))
		}
	}
}

func namesAtSignUpRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		name := "n" + strings.ReplaceAll(strings.TrimSuffix(s.Address("a"), "@example.com"), "-", "_")
		var requests []*harness.Request
		for i := range 4 {
			spelled := name
			if i%2 == 1 {
				spelled = strings.ToUpper(name)
			}
			requests = append(requests, s.Client().Request("POST", "/sign-up/email",
				body{"email": s.Address("racer"), "password": harness.Password, "name": "n", "username": spelled}))
		}
		once(t, "racing names at sign-up", s.Together(requests...))
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE username = '`+name+`'`); len(rows) != 1 {
			t.Errorf("%d users have one name", len(rows))
		}
	}
}

func identitiesRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		var requests []*harness.Request
		for i := range 6 { // one identity in several browsers, and another of the same address
			c := s.Client()
			requests = append(requests, c.Request("GET", s.Providers[i%2].Approve(t, c.Begin(i%2, nil), granted(email)), nil))
		}
		for _, a := range s.Together(requests...) {
			if a.Status != http.StatusFound || strings.Contains(a.Header.Get("Location"), "error=") {
				t.Errorf("a racing sign-in: %d %s", a.Status, a.Header.Get("Location"))
			}
		}
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE email = '`+email+`'`); len(rows) != 1 {
			t.Errorf("%d users of one identity", len(rows))
		}
		if rows := s.Store.Column(t, `SELECT id FROM "account" WHERE "accountId" = '`+email+`'`); len(rows) != 2 {
			t.Errorf("%d accounts of two identities", len(rows))
		}
	}
}

func deletionsRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		v := s.SignUp(email)
		v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
		token := s.Message("delete-account", email).Token
		once(t, "racing links of deletion", s.Together(harness.Repeat(v.Request("GET", "/delete-user/callback?token="+token, nil), 6)...))
		v.Stranger("a session of a user who is gone")
	}
}

func otherCodesRace(t *testing.T, s *harness.Site) {
	email := s.Address("racer")
	v := s.SignUp(email)
	for round := range rounds() {
		code := sendCode(s, email, "forget-password")
		var requests []*harness.Request
		for i := range 4 {
			requests = append(requests, s.Client().Request("POST", "/email-otp/reset-password",
				body{"email": email, "otp": code, "password": fmt.Sprintf("password %d of round %d", i, round)}))
		}
		once(t, "racing codes of a reset", s.Together(requests...))
		code = sendCode(s, email, "email-verification")
		once(t, "racing codes of verification", s.Together(harness.Repeat(
			v.Request("POST", "/email-otp/verify-email", body{"email": email, "otp": code}), 4)...))
	}
}

func mailedFactorsRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		enrol(t, s.SignUp(email))
		c := challenge(s, email)
		c.Post("/two-factor/send-otp", body{}).Want(http.StatusOK)
		code := s.Message("two-factor-otp", email).Code
		answers := s.Together(harness.Repeat(c.Request("POST", "/two-factor/verify-otp", body{"code": code}), 6)...)
		once(t, "racing codes of a second factor", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one code", n)
		}
	}
}

func keysRace(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("racer"))
	for range rounds() {
		id, key := makeKey(v, body{"name": "racer"})
		s.Store.Exec(t, `UPDATE "apikey" SET "remaining" = 3, "rateLimitEnabled" = false WHERE "id" = `+quote(id))
		good := 0
		for _, a := range s.Together(harness.Repeat(s.Client().Request("GET", "/get-session", nil, withKey(key)), 12)...) {
			if a.Status == http.StatusOK && a.Body != "null" {
				good++
			}
			if a.Status >= 500 {
				t.Errorf("a racing use of a key: %d %s", a.Status, a.Body)
			}
		}
		if good != 3 {
			t.Errorf("%d racing uses of a key with three left", good)
		}
	}
}

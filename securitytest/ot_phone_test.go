package securitytest_test

import (
	"crypto/rand"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// newNumber returns a telephone number nobody has.
func newNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000))
	if err != nil {
		panic(err) // no randomness: nothing here can work
	}
	return "+1" + n.Add(n, big.NewInt(2_000_000_000)).String()
}

func phoneCode(s *harness.Site, number string) string {
	s.Client().Post("/phone-number/send-otp", body{"phoneNumber": number}).Want(http.StatusOK)
	return s.Message("phone-otp", number).Code
}

func phoneResetCode(s *harness.Site, number string) string {
	s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": number}).Want(http.StatusOK)
	return s.Message("phone-reset-otp", number).Code
}

func attachNumber(c *harness.Client, number, code string) *harness.Answer {
	return c.Post("/phone-number/verify", body{"phoneNumber": number, "code": code, "updatePhoneNumber": true})
}

// phoned signs somebody up who proves a number.
func phoned(s *harness.Site, email string) (c *harness.Client, number string) {
	c, number = s.SignUp(email), newNumber()
	attachNumber(c, number, phoneCode(s, number)).Want(http.StatusOK, number)
	return c, number
}

func byPhone(s *harness.Site, number, password string) *harness.Answer {
	return s.Client().Post("/sign-in/phone-number", body{"phoneNumber": number, "password": password})
}

func sentCodesWorkOnce(t *testing.T, s *harness.Site) {
	_, number := phoned(s, s.Address("user"))
	verify := s.Client().Request(http.MethodPost, "/phone-number/verify", body{"phoneNumber": number, "code": phoneCode(s, number)})
	exactly(t, "uses of a code by telephone", 1, s.Together(harness.Repeat(verify, 12)...))
	reset := s.Client().Request(http.MethodPost, "/phone-number/reset-password",
		body{"phoneNumber": number, "otp": phoneResetCode(s, number), "newPassword": "another password of mine"})
	exactly(t, "resets by a code by telephone", 1, s.Together(harness.Repeat(reset, 6)...))
}

func guessesOfSentCodes(t *testing.T, s *harness.Site) {
	_, number := phoned(s, s.Address("user"))
	code := phoneCode(s, number)
	guess := s.Client().Request(http.MethodPost, "/phone-number/verify", body{"phoneNumber": number, "code": "x" + code[1:]})
	looked := 0
	for _, a := range s.Together(harness.Repeat(guess, 30)...) {
		if strings.Contains(a.Body, `"INVALID_OTP"`) {
			looked++
		} else if a.Status < 400 || a.Status >= 500 {
			t.Errorf("a wrong code: %d %s", a.Status, a.Body)
		}
	}
	if looked > 3 {
		t.Errorf("%d guesses were looked at", looked)
	}
	s.Watch(number).Refused(s.Client().Post("/phone-number/verify", body{"phoneNumber": number, "code": code}), 0, "")
	next := phoneCode(s, number)
	if next != code {
		s.Client().Post("/phone-number/verify", body{"phoneNumber": number, "code": code}).WantCode(http.StatusBadRequest, "INVALID_OTP")
	}
	s.Client().Post("/phone-number/verify", body{"phoneNumber": number, "code": next}).Want(http.StatusOK)
}

func numbersAreProven(t *testing.T, s *harness.Site) {
	a, number := s.SignUp(s.Address("attacker")), newNumber()
	w := s.Watch(a.User(), number)
	for _, change := range []body{{"phoneNumber": number}, {"phoneNumber": number, "phoneNumberVerified": true}, {"phoneNumber": []string{number}}} {
		w.Refused(a.Post("/update-user", change), http.StatusBadRequest, "PHONE_NUMBER_CANNOT_BE_UPDATED")
	}
	w.Refused(a.Post("/update-user", body{"phoneNumberVerified": true}), http.StatusBadRequest, "")
	for _, more := range []body{{"phoneNumber": number}, {"phoneNumber": number, "phoneNumberVerified": true}} {
		email := s.Address("fresh")
		up := body{"name": "n", "email": email, "password": harness.Password}
		maps.Copy(up, more)
		s.Watch(email, number).Refused(s.Client().Post("/sign-up/email", up), http.StatusBadRequest, "")
	}
	w.Refused(byPhone(s, number, harness.Password), http.StatusUnauthorized, "INVALID_PHONE_NUMBER_OR_PASSWORD")
	attachNumber(a, number, phoneCode(s, number)).Want(http.StatusOK)
	byPhone(s, number, harness.Password).Want(http.StatusOK)
	a.Post("/update-user", body{"phoneNumber": nil}).Want(http.StatusOK)
	if got := a.Get("/get-session?disableCookieCache=true"); !strings.Contains(got.Body, `"phoneNumber":null`) || !strings.Contains(got.Body, `"phoneNumberVerified":false`) {
		t.Errorf("a number that was given up: %s", got.Body)
	}
}

var provenNumbers = body{"plugins": body{"phoneNumber": body{"requireVerification": true}},
	"emailAndPassword": body{"enabled": true, "revokeSessionsOnPasswordReset": true}}

func unprovenNumbersReset(t *testing.T, s *harness.Site) {
	email, number := s.Address("victim"), newNumber()
	v := s.SignUp(email)
	s.Store.Exec(t, `UPDATE "user" SET "phoneNumber" = '`+number+`' WHERE "email" = '`+email+`'`)
	s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": number}).WantBody(http.StatusOK, `{"status":true}`)
	s.Client().Post("/phone-number/request-password-reset", body{"phoneNumber": newNumber()}).WantBody(http.StatusOK, `{"status":true}`)
	s.Watch(email).Refused(byPhone(s, number, harness.Password), http.StatusUnauthorized, "PHONE_NUMBER_NOT_VERIFIED")
	code := s.Message("phone-otp", number).Code
	s.Watch(email).Refused(s.Client().Post("/phone-number/reset-password",
		body{"phoneNumber": number, "otp": code, "newPassword": "another password"}), http.StatusBadRequest, "")
	s.NoMessage(number)
	s.Client().Post("/phone-number/verify", body{"phoneNumber": number, "code": code}).Want(http.StatusOK, `"phoneNumberVerified":true`)
	s.Client().Post("/phone-number/reset-password",
		body{"phoneNumber": number, "otp": phoneResetCode(s, number), "newPassword": "another password"}).Want(http.StatusOK)
	v.Stranger("a session from before the reset")
	byPhone(s, number, "another password").Want(http.StatusOK)
}

func numbersStayTheirs(t *testing.T, s *harness.Site) {
	v, number := phoned(s, s.Address("victim"))
	a := s.SignUp(s.Address("attacker"))
	for _, c := range []struct {
		client *harness.Client
		status int
		code   string
	}{{a, http.StatusBadRequest, "PHONE_NUMBER_EXIST"}, {s.Client(), http.StatusUnauthorized, "USER_NOT_FOUND"}} {
		answer := attachNumber(c.client, number, phoneCode(s, number))
		answer.WantCode(c.status, c.code)
		if answer.SetCookie(harness.SessionCookie) != "" {
			t.Error("a refusal sets a session")
		}
	}
	if got := v.Get("/get-session?disableCookieCache=true"); !strings.Contains(got.Body, number) {
		t.Errorf("the victim's number is gone: %s", got.Body)
	}
	if got := a.Get("/get-session?disableCookieCache=true"); strings.Contains(got.Body, number) {
		t.Errorf("the attacker has the victim's number: %s", got.Body)
	}
	free := newNumber()
	attachNumber(a, free, phoneCode(s, free)).Want(http.StatusOK, free)
}

package securitytest_test

import (
	"crypto/sha1"
	"fmt"
	"net/http"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// breachChecked has everybody be an administrator, for the passwords that
// those set.
var breachChecked = body{"plugins": body{"haveIBeenPwned": true, "admin": body{"defaultRole": "admin"}}}

const breached = "password1234"

// knowBreached plays the service that knows breached passwords. Of all others
// it knows nothing.
func knowBreached(s *harness.Site, status int) {
	digits := fmt.Sprintf("%X", sha1.Sum([]byte(breached)))
	for password, answer := range map[string]string{
		breached: digits[5:] + ":2407", harness.Password: "00000000000000000000000000000000000:0", "another password": "",
	} {
		prefix := fmt.Sprintf("%X", sha1.Sum([]byte(password)))[:5]
		s.Internet.Play("api.pwnedpasswords.com/range/"+prefix, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(answer))
		})
	}
}

func breachedNowhere(_ *testing.T, s *harness.Site) {
	knowBreached(s, http.StatusOK)
	email, other := s.Address("victim"), s.Address("other")
	v := s.SignUp(email)
	s.Client().Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	token := s.Message("reset-password", email).Token
	s.Client().Post("/email-otp/request-password-reset", body{"email": email}).Want(http.StatusOK)
	code := s.Message("email-otp", email).Code
	byCode := func(password string) *harness.Answer {
		return s.Client().Post("/email-otp/reset-password", body{"email": email, "otp": code, "password": password})
	}
	byCode(breached).Want(http.StatusBadRequest, "PASSWORD_COMPROMISED")
	number := newNumber()
	attachNumber(v, number, phoneCode(s, number)).Want(http.StatusOK)
	s.Client().Post("/phone-number/reset-password", body{"phoneNumber": number, "otp": phoneResetCode(s, number), "newPassword": breached}).
		Want(http.StatusBadRequest, "PASSWORD_COMPROMISED")
	w := s.Watch(email)
	set := func(password string) []*harness.Answer {
		return []*harness.Answer{
			s.Client().Post("/sign-up/email", body{"email": other, "name": "n", "password": password}),
			v.Post("/change-password", body{"currentPassword": harness.Password, "newPassword": password}),
			s.Client().Post("/reset-password", body{"token": token, "newPassword": password}),
			v.Post("/admin/create-user", body{"email": s.Address("made"), "name": "n", "password": password}),
			v.Post("/admin/set-user-password", body{"userId": v.User(), "newPassword": password}),
		}
	}
	for _, a := range set(breached) {
		w.Refused(a, http.StatusBadRequest, "PASSWORD_COMPROMISED")
	}
	// A service that is away does not say that all is well.
	knowBreached(s, http.StatusServiceUnavailable)
	for _, a := range set("another password") {
		a.Want(http.StatusInternalServerError)
	}
	w.Unchanged("an outage")
	byCode("another password").Want(http.StatusInternalServerError)
	s.SignIn(email)
	knowBreached(s, http.StatusOK)
	byCode("another password").Want(http.StatusOK)
	s.Client().Post("/sign-up/email", body{"email": other, "name": "n", "password": "another password"}).Want(http.StatusOK)
}

package securitytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// guarded is a user with a second factor.
type guarded struct {
	*factor
	s     *harness.Site
	email string
	c     *harness.Client
}

// guard signs somebody up and gives them a second factor.
func guard(t *testing.T, s *harness.Site) *guarded {
	t.Helper()
	email := s.Address("guarded")
	c := s.SignUp(email)
	return &guarded{enrol(t, c), s, email, c}
}

// challenge gives the password and returns the browser between the factors.
func (g *guarded) challenge() *harness.Client { return challenge(g.s, g.email) }

func passwordAloneIsNothing(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	w := s.Watch(g.c.Token())
	c := s.Client()
	a := c.Post("/sign-in/email", body{"email": g.email, "password": harness.Password})
	a.Want(http.StatusOK, `"twoFactorRedirect":true`)
	for _, name := range []string{"set-auth-token", "set-auth-jwt"} {
		if a.Header.Get(name) != "" {
			t.Errorf("the password shows %s", name)
		}
	}
	// All that was set, also what the same answer takes back.
	cookies := (&http.Response{Header: a.Header}).Cookies()
	for mask := range 1 << min(len(cookies), 6) {
		thief := s.Client()
		for i, cookie := range cookies {
			if mask&(1<<i) != 0 && cookie.Value != "" {
				thief.Jar[cookie.Name] = cookie.Value
			}
		}
		thief.Stranger("a cookie of the password step")
		s.Client(harness.Field{"Authorization", "Bearer " + thief.Jar[harness.SessionCookie]}).Stranger("a token of the password step")
	}
	for _, path := range []string{"/list-sessions", "/organization/list", "/list-accounts", "/api-key/list", "/token"} {
		w.Refused(c.Get(path), http.StatusUnauthorized, "")
	}
	w.Refused(c.Post("/update-user", body{"name": "x"}), http.StatusUnauthorized, "")
	c.Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
	if c.User() == "" {
		t.Error("the second factor makes no session")
	}
}

func whichSignInsAsk(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	// An address that is not proven would be taken from whoever enrolled.
	g.c.Post("/send-verification-email", body{"email": g.email}).Want(http.StatusOK)
	s.Client().Get(s.Message("verification-email", g.email).URL)
	name := "u" + strings.ToLower(g.c.Token()[:12])
	g.c.Post("/update-user", body{"username": name}).Want(http.StatusOK)
	g.challenge().Stranger("the password")
	c := s.Client()
	c.Post("/sign-in/username", body{"username": name, "password": harness.Password}).Want(http.StatusOK, `"twoFactorRedirect":true`)
	c.Stranger("the password with the name")
	number := newNumber()
	attachNumber(g.c, number, phoneCode(s, number)).Want(http.StatusOK)
	c = s.Client()
	c.Post("/sign-in/phone-number", body{"phoneNumber": number, "password": harness.Password}).Want(http.StatusOK, `"twoFactorRedirect":true`)
	c.Stranger("the password with the number")

	s.Client().Post("/sign-in/magic-link", body{"email": g.email}).Want(http.StatusOK)
	c = s.Client()
	c.Get(s.Message("magic-link", g.email).URL)
	if c.User() != g.c.User() {
		t.Error("a magic link asks for a factor, and docs/plugins/two-factor.md says that it does not")
	}
	s.Client().Post("/email-otp/send-verification-otp", body{"email": g.email, "type": "sign-in"}).Want(http.StatusOK)
	c = s.Client()
	c.Post("/sign-in/email-otp", body{"email": g.email, "otp": s.Message("email-otp", g.email).Code}).Want(http.StatusOK, `"token"`)

	s.Client().Post("/request-password-reset", body{"email": g.email}).Want(http.StatusOK)
	c = s.Client()
	c.Post("/reset-password", body{"token": s.Message("reset-password", g.email).Token, "newPassword": harness.Password}).Want(http.StatusOK)
	c.Stranger("a password that was reset")
	g.challenge().Stranger("the password that was reset")
}

func unprovenSecrets(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	c := s.SignUp(email)
	a := c.Post("/two-factor/enable", body{"password": harness.Password})
	a.Want(http.StatusOK)
	if strings.Contains(c.Get("/get-session?disableCookieCache=true").Body, `"twoFactorEnabled":true`) {
		t.Error("a factor is on before a code of it was seen")
	}
	if s.SignIn(email).User() == "" {
		t.Error("a secret that was not proven locks its owner out")
	}
}

func factorsStay(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	w := s.Watch(g.c.User())
	w.Refused(g.c.Post("/two-factor/enable", body{"password": harness.Password}), http.StatusBadRequest, "TOTP_ALREADY_ENABLED")
	c := g.challenge()
	c.Post("/two-factor/verify-backup-code", body{"code": g.backup[0]}).Want(http.StatusOK)
	g.challenge().Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}

func factorsNeedBoth(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	pending := g.challenge()
	w := s.Watch(g.email)
	for path, members := range map[string]body{
		"/two-factor/disable": {"password": harness.Password}, "/two-factor/enable": {"password": harness.Password},
		"/two-factor/generate-backup-codes": {"password": harness.Password}, "/two-factor/get-totp-uri": {"password": harness.Password},
		"/change-password":             {"currentPassword": harness.Password, "newPassword": "another password of mine"},
		"/passkey/verify-registration": {"response": body{}}, "/update-user": {"name": "x"},
	} {
		w.Refused(pending.Post(path, members), http.StatusUnauthorized, "")
	}
	w.Refused(pending.Get("/passkey/generate-register-options"), http.StatusUnauthorized, "")
	for _, path := range []string{"disable", "generate-backup-codes", "get-totp-uri"} {
		w.Refused(g.c.Post("/two-factor/"+path, body{"password": "a wrong password"}), http.StatusBadRequest, "INVALID_PASSWORD")
		w.Refused(g.c.Post("/two-factor/"+path, body{}), http.StatusBadRequest, "")
	}
	g.c.Post("/two-factor/disable", body{"password": harness.Password}).Want(http.StatusOK)
	s.SignIn(g.email)
}

func enrolmentIsNotFresh(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	c := s.SignUp(email)
	s.Store.Age(t, c.User(), 25*time.Hour)
	enrol(t, c)
	s.Watch(email).Refused(c.Get("/passkey/generate-register-options"), http.StatusForbidden, "SESSION_NOT_FRESH")
}

func linksEnrolNothing(_ *testing.T, s *harness.Site) {
	email := s.Address("user")
	v := s.SignUp(email)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	s.Client().Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	links := []string{s.Message("verification-email", email).URL, s.Message("reset-password", email).URL}
	thief := s.Client()
	for range 2 {
		for _, link := range links {
			thief.Get(link)
			w := s.Watch(email)
			w.Refused(thief.Get("/passkey/generate-register-options"), http.StatusUnauthorized, "")
			w.Refused(thief.Post("/two-factor/enable", body{"password": harness.Password}), http.StatusUnauthorized, "")
		}
	}
	v.Get("/passkey/generate-register-options").Want(http.StatusOK, `"challenge"`)
}

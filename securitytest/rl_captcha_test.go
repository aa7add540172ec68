package securitytest_test

import (
	"net/http"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

var captchaAsked = body{"plugins": body{"captcha": body{
	"provider": "google-recaptcha", "secretKey": "the secret", "expectedAction": "login", "allowedHostnames": []string{"app.example.com"},
}}}

// solved is what a widget gave a page.
var solved = field{"X-Captcha-Response", "solved"}

const siteverify = "www.google.com/recaptcha/api/siteverify"

func good() body {
	return body{"success": true, "score": 0.9, "action": "login", "hostname": "app.example.com"}
}

func spellingsPassNoCaptcha(t *testing.T, s *harness.Site) {
	s.Internet.PlayJSON(siteverify, good())
	email := s.Address("victim")
	s.Client().Post("/sign-up/email", body{"email": email, "name": "n", "password": harness.Password}, solved).Want(http.StatusOK)
	right := body{"email": email, "password": harness.Password}
	w := s.Watch(email)
	for _, path := range append([]string{"/sign-in/email"}, spellings...) {
		if a := s.Client().Post(path, right); a.Status != http.StatusNotFound && a.Status != http.StatusBadRequest {
			t.Errorf("without a captcha, %s: %d %s", path, a.Status, a.Body)
		}
	}
	w.Unchanged("a spelling of a path")
	s.Client().Post("/sign-in/email", right, solved).Want(http.StatusOK)
}

func captchasFailClosed(t *testing.T, s *harness.Site) {
	s.Internet.PlayJSON(siteverify, good())
	email := s.Address("victim")
	s.Client().Post("/sign-up/email", body{"email": email, "name": "n", "password": harness.Password}, solved).Want(http.StatusOK)
	w := s.Watch(email)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for what, answer := range map[string]http.HandlerFunc{
		"an outage": status(http.StatusInternalServerError), "a limit": status(http.StatusTooManyRequests), "nothing": status(http.StatusOK),
		"a broken line": hangUp,
	} {
		s.Internet.Play(siteverify, answer)
		askEverywhere(t, s, email, what, http.StatusInternalServerError)
	}
	for member, value := range map[string]any{
		"success": false, "score": 0.1, "action": "signup", "hostname": "evil.test",
	} {
		answer := good()
		answer[member] = value
		s.Internet.PlayJSON(siteverify, answer)
		askEverywhere(t, s, email, member, http.StatusForbidden)
	}
	w.Unchanged("a captcha that was not good")
	s.Internet.PlayJSON(siteverify, good())
	s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}, solved).Want(http.StatusOK)
}

// askEverywhere sends to each guarded endpoint what it would take.
func askEverywhere(t *testing.T, s *harness.Site, email, what string, status int) {
	t.Helper()
	for path, b := range map[string]body{
		"/sign-in/email":          {"email": email, "password": harness.Password},
		"/sign-up/email":          {"email": s.Address("new"), "name": "n", "password": harness.Password},
		"/request-password-reset": {"email": email},
	} {
		if a := s.Client().Post(path, b, solved); a.Status != status || len(a.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s, %s: %d %s %q", path, what, a.Status, a.Body, a.Header["Set-Cookie"])
		}
	}
}

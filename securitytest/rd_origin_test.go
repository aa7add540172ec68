package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

const evil = "https://evil.example"

// field is a line of a head.
type field = harness.Field

// mailers are the endpoints that mail whoever is named.
func mailers(email string) []route {
	return []route{
		{"/request-password-reset", body{"email": email}},
		{"/send-verification-email", body{"email": email}},
		{"/sign-in/magic-link", body{"email": email}},
		{"/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}},
		{"/email-otp/request-password-reset", body{"email": email}},
	}
}

func resetsLeadHome(_ *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	w := s.Watch(email)
	w.Refused(s.Client().Post("/request-password-reset", body{"email": email, "redirectTo": evil + "/r"}), http.StatusForbidden, "INVALID_REDIRECT_URL")
	s.NoMessage(email)
	s.Client().Post("/request-password-reset", body{"email": email, "redirectTo": "/r"}).Want(http.StatusOK)
	s.Message("reset-password", email)
}

func formsOfStrangersDoNotSignIn(_ *testing.T, s *harness.Site) {
	email, fresh := s.Address("victim"), s.Address("nobody")
	s.SignUp(email)
	w := s.Watch(email, fresh)
	in := body{"email": email, "password": harness.Password}
	up := body{"email": fresh, "password": harness.Password, "name": "n"}
	for _, r := range []route{{"/sign-in/email", in}, {"/sign-up/email", up}} {
		w.Refused(s.Client().Post(r.path, r.body, field{"Origin", evil}), http.StatusForbidden, "INVALID_ORIGIN")
		w.Refused(s.Client().Post(r.path, r.body, field{"Origin", ""}, field{"Referer", evil + "/page"}), http.StatusForbidden, "INVALID_ORIGIN")
		w.Refused(s.Client().Post(r.path, r.body, field{"Sec-Fetch-Site", "cross-site"}, field{"Sec-Fetch-Mode", "navigate"}),
			http.StatusForbidden, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED")
		form := harness.Form{}
		for name, value := range r.body {
			form[name], _ = value.(string)
		}
		w.Refused(s.Client().Post(r.path, form, field{"Origin", evil}), 0, "")
	}
	s.Client().Post("/sign-in/email", in).Want(http.StatusOK)
	s.Client().Post("/sign-up/email", up).Want(http.StatusOK)
}

func strangersPagesMailNobody(_ *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	for _, r := range mailers(email) {
		s.Watch(email).Refused(s.Client().Post(r.path, r.body, field{"Origin", evil}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	s.NoMessage(email)
	for _, r := range mailers(email) {
		s.Client().Post(r.path, r.body).Want(http.StatusOK)
	}
	s.Message("magic-link", email)
	_, number := phoned(s, s.Address("telephone"))
	for _, path := range []string{"/phone-number/send-otp", "/phone-number/request-password-reset"} {
		s.Watch(number).Refused(s.Client().Post(path, body{"phoneNumber": number}, field{"Origin", evil}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	s.NoMessage(number)
}

func opaqueOrigins(_ *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	w := s.Watch(v.User())
	change := body{"name": "changed"}
	none := field{"Origin", ""}
	null := field{"Origin", "null"}
	for _, fields := range [][]field{
		{none}, {null}, {null, {"Sec-Fetch-Site", "cross-site"}}, {null, {"Sec-Fetch-Site", "same-site"}}, {null, {"Sec-Fetch-Site", "none"}},
		{null, {"Sec-Fetch-Site", "same-origin"}, {"Host", "evil.example"}},
	} {
		w.Refused(v.Post("/update-user", change, fields...), 0, "")
	}
	w.Refused(v.Post("/update-user", change, none), http.StatusForbidden, "MISSING_OR_NULL_ORIGIN")
	w.Refused(v.Post("/update-user", change, null), http.StatusForbidden, "MISSING_OR_NULL_ORIGIN")
	w.Refused(v.Post("/update-user", change, none, field{"Referer", evil + "/?" + s.Origin}), http.StatusForbidden, "INVALID_ORIGIN")
	v.Post("/update-user", change, null, field{"Sec-Fetch-Site", "same-origin"}).Want(http.StatusOK)
	v.Post("/update-user", change, none, field{"Referer", s.Origin + "/page"}).Want(http.StatusOK)
}

func refererBehindTLS(_ *testing.T, s *harness.Site) {
	v := s.Client()
	v.Post("/sign-up/email", body{"email": s.Address("victim"), "password": harness.Password, "name": "n"}).Want(http.StatusOK)
	w := s.Watch(v.User())
	change := body{"name": "changed"}
	w.Refused(v.Post("/update-user", change, field{"Origin", ""}, field{"Referer", evil + "/"}), http.StatusForbidden, "INVALID_ORIGIN")
	for _, o := range []string{"http://auth.test", "http://app.example.com", "https://auth.test.evil.example"} {
		w.Refused(v.Post("/update-user", change, field{"Origin", o}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	v.Post("/update-user", change, field{"Origin", ""}, field{"Referer", "https://auth.test/page"}).Want(http.StatusOK)
}

func siblingsChangeNothing(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	user := v.User()
	w := s.Watch(user)
	for _, r := range posts {
		a := v.Post(r.path, r.body, field{"Origin", "https://sub.app.example.com"})
		if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "INVALID_ORIGIN") {
			t.Errorf("%s from a sibling's page: %d %s", r.path, a.Status, a.Body)
		}
	}
	w.Unchanged("a request from a sibling's page")
	v.Post("/update-user", body{"name": "changed"}, field{"Origin", "https://app.example.com"}).Want(http.StatusOK)
}

func corsNamesNoStrangers(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	for _, o := range append([]string{evil, "null", "https://app.example.com.", "HTTPS://evil.example"}, nearlyTrusted...) {
		for _, method := range []string{http.MethodOptions, http.MethodGet} {
			a := v.Send(method, "/get-session", nil, field{"Origin", o}, field{"Access-Control-Request-Method", "POST"})
			if allowed := a.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
				t.Errorf("%s from %s: Access-Control-Allow-Origin: %s", method, o, allowed)
			}
			if !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s from %s: no Vary: Origin", method, o)
			}
		}
	}
	a := v.Get("/get-session", field{"Origin", "https://app.example.com"})
	if a.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" || a.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("a trusted page gets %q", a.Header)
	}
}

func simpleRequestsChangeNothing(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	w := s.Watch(v.User())
	for _, r := range posts {
		if r.path == "/sign-out" || strings.HasPrefix(r.path, "/sign-") {
			continue // those have rows of their own
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
			a := v.Post(r.path, r.body, field{"Origin", evil}, field{"Content-Type", kind})
			if a.Status != http.StatusForbidden && a.Status != http.StatusUnsupportedMediaType {
				t.Errorf("%s as %s: %d %s", r.path, kind, a.Status, a.Body)
			}
		}
		if a := v.Get(r.path, field{"Origin", evil}); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%s as GET: %d %s", r.path, a.Status, a.Body)
		}
	}
	w.Unchanged("a simple request")
	v.Post("/update-user", body{"name": "changed"}).Want(http.StatusOK)
}

func suffixesAreWholeLabels(_ *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	w := s.Watch(v.User())
	change := body{"name": "changed"}
	for _, o := range []string{"https://badwild.example", "https://wild.example.", "https://WILD.example.evil", "https://x.wild.example.evil"} {
		w.Refused(v.Post("/update-user", change, field{"Origin", o}), http.StatusForbidden, "INVALID_ORIGIN")
	}
	v.Post("/update-user", change, field{"Origin", "https://x.wild.example"}).Want(http.StatusOK)
	v.Post("/update-user", change, field{"Origin", "https://x.WILD.example"}).Want(http.StatusOK)
}

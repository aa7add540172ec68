package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// passwordsByLength signs up with passwords of all lengths.
func passwordsByLength(t *testing.T, s *harness.Site) {
	try := func(password string) *harness.Answer {
		return s.Client().Post("/sign-up/email", body{"email": s.Address("n"), "password": password, "name": "n"})
	}
	w := s.Watch("nobody")
	w.Refused(try("seven77"), http.StatusBadRequest, "PASSWORD_TOO_SHORT")
	w.Refused(try(strings.Repeat("x", 129)), http.StatusBadRequest, "PASSWORD_TOO_LONG")
	try("eight888").Want(http.StatusOK)
	try("lettersinlowercaseaa").Want(http.StatusOK)
	email, long := s.Address("long"), strings.Repeat("päss wörd 密码 ", 5)[:64]
	long = strings.ToValidUTF8(long, "")
	s.Client().Post("/sign-up/email", body{"email": email, "password": long + "!", "name": "n"}).Want(http.StatusOK)
	s.Client().Post("/sign-in/email", body{"email": email, "password": long + "!"}).Want(http.StatusOK)
	if a := s.Client().Post("/sign-in/email", body{"email": email, "password": long + "?"}); a.Status != http.StatusUnauthorized {
		t.Errorf("the last character does not count: %d %s", a.Status, a.Body)
	}
}

func passwordsAreNormalised(_ *testing.T, s *harness.Site) {
	email := s.Address("accent")
	s.Client().Post("/sign-up/email", body{"email": email, "password": "caf\u00e9 caf\u00e9", "name": "n"}).Want(http.StatusOK)
	s.Client().Post("/sign-in/email", body{"email": email, "password": "cafe\u0301 cafe\u0301"}).Want(http.StatusOK)
	s.Watch(email).Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": "cafe cafe"}), http.StatusUnauthorized, "")
}

func freshIsEmpty(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	if users := s.Store.Column(t, `SELECT email FROM "user"`); len(users) != 0 {
		t.Errorf("a fresh database has the users %v", users)
	}
	s.SignUp(s.Address("first"))
}

func subjectsAreTheirProviders(t *testing.T, s *harness.Site) {
	subject := s.Address("subject")
	a, b := s.Client(), s.Client()
	a.Arrive(0, harness.Grant{Claims: body{"sub": subject, "email": s.Address("a"), "email_verified": true}}).Want(http.StatusFound)
	b.Arrive(1, harness.Grant{Claims: body{"sub": subject, "email": s.Address("b"), "email_verified": true}}).Want(http.StatusFound)
	again := s.Client()
	again.Arrive(0, harness.Grant{Claims: body{"sub": subject, "email": s.Address("c"), "email_verified": true}}).Want(http.StatusFound)
	if a.User() == "" || a.User() == b.User() || again.User() != a.User() {
		t.Errorf("one subject is %q here, %q there, and %q again", a.User(), b.User(), again.User())
	}
}

func sessionsEnd(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("brief"))
	if v.User() == "" {
		t.Fatal("a session ends before its time")
	}
	s.Eventually("a session of two seconds has ended", func() bool { return v.Clone().Get("/get-session").Body == "null" })
	v.Stranger("a session whose time has come")
}

func otherMethods(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	w := s.Watch(v.User())
	for _, r := range posts {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, "TRACE", "PROPFIND"} {
			if a := v.Clone().Send(method, r.path, nil); a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d %s", method, r.path, a.Status, a.Body)
			}
		}
		for _, kind := range []string{"text/plain", "application/xml", "application/x-json", "multipart/form-data; boundary=x"} {
			a := v.Clone().Post(r.path, r.body, field{"Content-Type", kind})
			if len(r.body) > 0 && a.Status != http.StatusUnsupportedMediaType && a.Status != http.StatusBadRequest {
				t.Errorf("%s as %s: %d %s", r.path, kind, a.Status, a.Body)
			}
		}
	}
	w.Unchanged("another method or content type")
	head, get := s.Client().Send(http.MethodHead, "/ok", nil), s.Client().Get("/ok")
	if head.Status != get.Status && head.Status != http.StatusNotFound && head.Status != http.StatusMethodNotAllowed || head.Body != "" {
		t.Errorf("HEAD /ok: %d %q, GET: %d", head.Status, head.Body, get.Status)
	}
}

func tokensAreRandom(t *testing.T, s *harness.Site) {
	email := s.Address("many")
	s.SignUp(email)
	seen := map[string]bool{}
	for range 12 {
		v := s.SignIn(email)
		for name, token := range map[string]string{"a session's": v.Token(), "a reset's": resetLink(s, email)} {
			if len(token) < 22 || seen[token] { // 22 letters and digits have 130 bits
				t.Errorf("%s token: %q", name, token)
			}
			seen[token] = true
		}
	}
	letters := map[rune]bool{}
	for token := range seen {
		for _, r := range token {
			letters[r] = true
		}
	}
	if len(letters) < 50 {
		t.Errorf("tokens are made of %d characters", len(letters))
	}
}

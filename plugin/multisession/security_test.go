package multisession_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/multisession"
	"github.com/watchword-auth/watchword/plugin/twofactor"
	"github.com/watchword-auth/watchword/secret"
)

// forged are values that a thief who knows a token can make without the
// secret, and the real one, which is the control.
func forged(t *testing.T, token string, own string) map[string]string {
	t.Helper()
	ring, err := secret.New("another-secret-for-tests-0123456789-abcdef")
	if err != nil {
		t.Fatal(err)
	}
	_, signature, _ := strings.Cut(own, ".")
	return map[string]string{
		"bare": token, "no signature": token + ".", "made up": token + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"of another secret": ring.Sign(token), "of another token": token + "." + signature, "the thief's own": own,
	}
}

// TestSE01 is the catalogue's SE-01, CVE-2025-71402: cookies without a
// signature end nobody's session.
func TestSE01(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	victim := s.Client()
	token := enter(victim, ada)
	for name, value := range forged(t, token, own(s, bob)) {
		thief := s.Client()
		enter(thief, bob)
		thief.SetCookie(kept(token), value)
		thief.Post("/sign-out", nil).Want(200)
		if victim.Get("/get-session").Body == "null" {
			t.Fatalf("a cookie that is %s ended the victim's session", name)
		}
	}
	// The control: whoever has the cookie ends it.
	thief := s.Client()
	thief.SetCookie(kept(token), victim.Cookie(kept(token)))
	thief.Post("/sign-out", nil).Want(200)
	victim.Get("/get-session").WantBody(200, "null")
}

// own returns the value of a cookie that keeps a session of the user's.
func own(s *server, email string) string {
	c := s.Client()
	return c.Cookie(kept(enter(c, email)))
}

// TestSE02 is the catalogue's SE-02: a token alone opens and ends nothing.
func TestSE02(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	victim := s.Client()
	token := enter(victim, ada)
	values := forged(t, token, own(s, bob))
	values["none"] = ""
	for name, value := range values {
		thief := s.Client()
		enter(thief, bob)
		thief.SetCookie(kept(token), value)
		for _, path := range []string{"/multi-session/set-active", "/multi-session/revoke"} {
			a := thief.Post(path, j{"sessionToken": token}).WantCode(401, "INVALID_SESSION_TOKEN")
			if a.SetCookie(session) != "" || a.SetCookie(kept(token)) != "" {
				t.Errorf("%s with a cookie that is %s sets cookies", path, name)
			}
		}
		thief.Get("/get-session").Want(200, bob)
		holds(t, thief, bob)
	}
	victim.Get("/get-session").Want(200, ada)
	victim.Post("/multi-session/set-active", j{"sessionToken": token}).Want(200)
}

// TestSE13 is the catalogue's SE-13: the list holds what the browser proves.
func TestSE13(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	token := enter(s.Client(), ada)
	for _, value := range forged(t, token, own(s, bob)) {
		c := s.Client()
		c.SetCookie(kept(token), value)
		holds(t, c)
	}
}

// TestMF02: no cookie of the password alone opens a session.
func TestMF02(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{SkipVerificationOnEnable: true}))
	})
	var out struct{ BackupCodes []string }
	s.SignUp(ada).Post("/two-factor/enable", j{"password": authtest.Password}).Want(200).Decode(&out)
	c := s.Client()
	enter(c, bob)
	a := c.Post("/sign-in/email", j{"email": ada, "password": authtest.Password}).Want(200, `"twoFactorRedirect":true`)
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if strings.Contains(cookie.Name, "_multi-") {
			t.Errorf("the password alone sets %s", cookie.Name)
		}
	}
	holds(t, c, bob)
	c.Post("/two-factor/verify-backup-code", j{"code": out.BackupCodes[0]}).Want(200)
	holds(t, c, ada, bob)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	c := s.Client()
	token := enter(c, ada)
	for _, path := range []string{"/multi-session/set-active", "/multi-session/revoke"} {
		for _, body := range []any{nil, j{}, j{"sessionToken": 1}, j{"sessionToken": nil}, j{"sessionToken": []string{token}}} {
			c.Post(path, body).WantCode(400, "VALIDATION_ERROR")
		}
		for _, token := range []string{"", " ", "x", "a;b", "a=b", "é", strings.Repeat("x", 5000), "..", "%00"} {
			c.Post(path, j{"sessionToken": token}).WantCode(401, "INVALID_SESSION_TOKEN")
		}
		c.Clone().Get(path).Want(404)
	}
	s.Client().Post("/multi-session/revoke", j{"sessionToken": token}).WantCode(401, "UNAUTHORIZED")
	foreign := c.Clone()
	foreign.Headers.Set("Origin", "https://evil.example")
	foreign.Post("/multi-session/set-active", j{"sessionToken": token}).WantCode(403, "INVALID_ORIGIN")
}

// TestManyCookies: a request is asked about so many sessions and no more.
func TestManyCookies(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{MaximumSessions: 1000}))
	c := s.Client()
	for i := range 105 {
		enter(c, fmt.Sprintf("user%d@example.com", i))
	}
	if n := len(strings.Fields(emails(c))); n != 100 {
		t.Errorf("%d sessions are listed", n)
	}
}

// TestRevocationRace: of racing calls none fails, and the session has ended.
func TestRevocationRace(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(multisession.Options{}))
		c := s.Client()
		first := enter(c, ada)
		enter(c, bob)
		var racers sync.WaitGroup
		for i := range 8 {
			racer := c.Clone()
			racers.Go(func() {
				if i%2 == 0 {
					racer.Post("/multi-session/revoke", j{"sessionToken": first}).Want(200)
				} else if a := racer.Post("/multi-session/set-active", j{"sessionToken": first}); a.Status != 200 {
					a.WantCode(401, "INVALID_SESSION_TOKEN")
				}
			})
		}
		racers.Wait()
		holds(t, c, bob)
		if _, err := s.Context().Sessions().Find(first); err == nil {
			t.Error("the session is alive")
		}
	})
}

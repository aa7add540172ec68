package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func logsAreClean(t *testing.T, shared *harness.Site) {
	s := shared.Own(body{"logger": body{"level": "debug"}, "rateLimit": body{"enabled": false}})
	email := s.Address("victim")
	v := s.SignUp(email)
	token, cookie := v.Token(), v.Jar[harness.SessionCookie]
	// Before a link takes what somebody had who never proved the address.
	key := v.Post("/api-key/create", body{"name": "n"}).Text("key")
	reset := resetLink(s, email)
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	link := s.Message("magic-link", email).Token
	s.Client().Get("/magic-link/verify?token=" + link)
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).Want(http.StatusOK)
	code := s.Message("email-otp", email).Code
	s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": "x" + code[1:]})
	s.Client().Get("/reset-password/" + reset + "?callbackURL=%2Fok")
	s.Client(field{"X-Api-Key", key}).Get("/get-session")
	s.Client(field{"Authorization", "Bearer " + token}).Get("/get-session")
	s.Client().Post("/reset-password", body{"token": reset, "newPassword": "a password for the log"}).Want(http.StatusOK)
	const forged = "\r\nlevel=ERROR msg=forged \x1b[31m"
	s.Client().Get("/callback/"+url.PathEscape(forged)+"?error="+url.QueryEscape(forged), field{"User-Agent", "agent\x1b[31m"})
	s.Client().Post("/sign-in/email", body{"email": "a" + forged + "@example.com", "password": "wrong password for the log"})
	s.Client().Arrive(0, harness.Grant{Claims: body{"sub": "x", "email": forged, "email_verified": true}})
	log := s.Log()
	for name, text := range map[string]string{"a password": harness.Password, "a new password": "a password for the log", "a wrong password": "wrong password for the log",
		"a session's token": token, "a cookie": cookie, "a reset's token": reset, "a link's token": link, "a code": `"` + code + `"`, "a key": key,
		"the secret": harness.Secret} {
		if text == "" {
			t.Errorf("there is no text for: %s", name)
		} else if strings.Contains(log, text) {
			t.Errorf("the log holds %s", name)
		}
	}
	if strings.Contains(log, "\nlevel=ERROR msg=forged") || strings.Contains(log, "\x1b") {
		t.Error("a client writes lines of the log")
	}
	if !strings.Contains(log, "msg=request") {
		t.Errorf("there is no log:\n%s", log)
	}
}

// cut returns a site whose storage is reached through a cable, and the cable.
func cut(t *testing.T, s *harness.Site) (*harness.Site, *harness.Cable) {
	t.Helper()
	if s.Profile.Name == harness.Postgres.Name {
		return s.Behind(t, "database")
	}
	return s.Behind(t, "secondaryStorage")
}

func failsClosed(t *testing.T, shared *harness.Site) {
	s, cable := cut(t, shared)
	email := s.Address("victim")
	v := s.SignUp(email)
	v.Get("/get-session").Want(http.StatusOK, email)
	cable.Cut()
	stranger := s.Client()
	stranger.Jar[harness.SessionCookie] = signed("made-up-token-made-up-token-1234", harness.Secret)
	for name, c := range map[string]*harness.Client{"a stranger": stranger, "the user": v.Clone()} {
		for _, path := range []string{"/get-session", "/list-sessions", "/token"} {
			a := c.Get(path)
			if a.Status == http.StatusOK && a.Body != "null" && (name == "a stranger" || path != "/get-session") {
				t.Errorf("%s at %s without storage: %d %s", name, path, a.Status, a.Body)
			}
			if a.Status != http.StatusOK { // what was read a moment ago may still be in the process
				tellsNothing(t, path+" without storage", a)
			}
		}
	}
	a := s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password})
	if a.Status == http.StatusOK {
		t.Errorf("a sign-in without storage: %d %s", a.Status, a.Body)
	}
	if a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	s.Client().Get("/ok").Want(http.StatusOK)
	s.Eventually("the user's session is not believed without storage", func() bool { return v.Clone().Get("/get-session").Status != http.StatusOK })
	cable.Mend()
	s.Eventually("storage is back", func() bool {
		return s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}).Status == http.StatusOK
	})
}

func failuresAreShort(t *testing.T, shared *harness.Site) {
	s, cable := cut(t, shared)
	email := s.Address("victim")
	v := s.SignUp(email)
	cable.Cut()
	for _, r := range posts[:12] {
		if a := v.Clone().Post(r.path, r.body); a.Status >= 400 {
			tellsNothing(t, r.path+" without storage", a)
		}
	}
	for _, path := range gets[:12] {
		if a := v.Clone().Get(path); a.Status >= 400 {
			tellsNothing(t, path+" without storage", a)
		}
	}
	cable.Mend()
	s.Eventually("storage is back", func() bool { return v.Get("/get-session").Status == http.StatusOK })
}

func storedSecrets(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	key := v.Post("/api-key/create", body{"name": "n"}).Text("key")
	f := enrol(t, v)
	user := v.User()
	rows := strings.Join(s.Store.Rows(t, user, email), "\n")
	for name, text := range map[string]string{"a password": harness.Password, "a key": key, "a backup code": f.backup[0], "an app's secret": string(f.secret)} {
		if text == "" || strings.Contains(rows, text) {
			t.Errorf("storage holds %s as it is", name)
		}
	}
	if !strings.Contains(rows, "apikey:") || !strings.Contains(rows, "twoFactor:") || !strings.Contains(rows, "account:") {
		t.Errorf("the rows that were meant are not there:\n%s", rows)
	}
}

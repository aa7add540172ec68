package securitytest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// resetLink asks for a link and returns its token.
func resetLink(s *harness.Site, email string) string {
	s.Client().Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	return s.Message("reset-password", email).Token
}

// once fails the test unless one of the answers is 200 and all others are
// refused. It returns which it was.
func once(t *testing.T, what string, answers []*harness.Answer) int {
	t.Helper()
	winner, won := -1, 0
	for i, a := range answers {
		switch {
		case a.Status == http.StatusOK || a.Status == http.StatusFound && !strings.Contains(a.Header.Get("Location"), "error="):
			winner = i
			won++
		case a.Status >= 500 || a.Status < 300:
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	if won != 1 {
		t.Errorf("%s: %d of %d succeeded", what, won, len(answers))
		for _, a := range answers {
			t.Logf("%d %s %s", a.Status, a.Header.Get("Location"), a.Body)
		}
	}
	return winner
}

// sessions counts the answers that set a session's cookie.
func sessions(answers []*harness.Answer) (n int) {
	for _, a := range answers {
		if line := a.SetCookie(harness.SessionCookie); line != "" && !a.Cleared(harness.SessionCookie) {
			n++
		}
	}
	return n
}

func resetsRace(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	for round := range rounds() {
		token := resetLink(s, email)
		var requests []*harness.Request
		for i := range 8 {
			requests = append(requests, s.Client().Request("POST", "/reset-password", body{"token": token, "newPassword": fmt.Sprintf("password %d of %d", i, round)}))
		}
		winner := once(t, "racing resets", s.Together(requests...))
		if round > 0 {
			continue // each look costs a hash
		}
		for i := range 3 {
			a := s.Client().Post("/sign-in/email", body{"email": email, "password": fmt.Sprintf("password %d of %d", i, round)})
			if (a.Status == http.StatusOK) != (i == winner) {
				t.Errorf("request %d won, and the password of %d gets %d", winner, i, a.Status)
			}
		}
	}
}

func refusedResetsLeaveTheLink(_ *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	token := resetLink(s, email)
	w := s.Watch(email, token)
	w.Refused(s.Client().Post("/reset-password", body{"token": token, "newPassword": "short"}), http.StatusBadRequest, "PASSWORD_TOO_SHORT")
	w.Refused(s.Client().Post("/reset-password", body{"token": token, "newPassword": strings.Repeat("x", 129)}), http.StatusBadRequest, "PASSWORD_TOO_LONG")
	s.Client().Post("/reset-password", body{"token": token, "newPassword": "another password"}).Want(http.StatusOK)
	s.Watch(email).Refused(s.Client().Post("/reset-password", body{"token": token, "newPassword": "a third password"}), http.StatusBadRequest, "INVALID_TOKEN")
}

// dead fails the test if a session is worth anything, as a cookie or as a
// bearer token, at any endpoint. A cookie cache answers reads until it ends.
func dead(t *testing.T, s *harness.Site, what string, c *harness.Client) {
	t.Helper()
	bare := s.Client()
	bare.Jar[harness.SessionCookie] = c.Jar[harness.SessionCookie]
	bare.Stranger(what)
	for _, token := range []string{c.Jar[harness.SessionCookie], c.Token()} {
		s.Client(field{"Authorization", "Bearer " + token}).Stranger(what + ", as a bearer token")
	}
	if s.Profile.Name != harness.CookieCache.Name {
		c.Clone().Stranger(what + ", with all cookies")
	}
	for _, r := range []route{{"/update-user", body{"name": "undead"}}, {"/change-email", body{"newEmail": "undead@example.com"}},
		{"/get-access-token", body{"accountId": "a"}}, {"/api-key/create", body{"name": "undead"}}, {"/device/approve", body{"userCode": "undead"}}} {
		if a := c.Clone().Post(r.path, r.body); a.Status != http.StatusUnauthorized {
			t.Errorf("%s at %s: %d %s", what, r.path, a.Status, a.Body)
		}
	}
}

func newPasswordsEndSessions(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	first := s.SignUp(email)
	second := s.SignIn(email)
	thief := first.Clone()
	second.Post("/change-password", body{"currentPassword": harness.Password, "newPassword": "another password", "revokeOtherSessions": true}).Want(http.StatusOK)
	dead(t, s, "a session from before the change", thief)
	if second.User() == "" {
		t.Error("who changed the password is out")
	}
	s.Client().Post("/reset-password", body{"token": resetLink(s, email), "newPassword": "a third password"}).Want(http.StatusOK)
	dead(t, s, "a session from before the reset", second)
	s.Client().Post("/sign-in/email", body{"email": email, "password": "a third password"}).Want(http.StatusOK)
}

func oldLinksDie(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	old := resetLink(s, email)
	v.Post("/change-password", body{"currentPassword": harness.Password, "newPassword": "another password"}).Want(http.StatusOK)
	w := s.Watch(email)
	w.Refused(s.Client().Post("/reset-password", body{"token": old, "newPassword": "an old password"}), http.StatusBadRequest, "INVALID_TOKEN")
	first, second := resetLink(s, email), resetLink(s, email)
	s.Client().Post("/reset-password", body{"token": second, "newPassword": "a third password"}).Want(http.StatusOK)
	s.Watch(email).Refused(s.Client().Post("/reset-password", body{"token": first, "newPassword": "an old password"}), http.StatusBadRequest, "INVALID_TOKEN")
	_ = t
}

func resetsPassNoFactor(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	f, number := enrol(t, v), newNumber()
	attachNumber(v, number, phoneCode(s, number)).Want(http.StatusOK)
	c := s.Client()
	c.Post("/reset-password", body{"token": resetLink(s, email), "newPassword": harness.Password}).Want(http.StatusOK)
	c.Stranger("a reset")
	c.Post("/email-otp/request-password-reset", body{"email": email}).Want(http.StatusOK)
	c.Post("/email-otp/reset-password", body{"email": email, "otp": s.Message("email-otp", email).Code, "password": harness.Password}).Want(http.StatusOK)
	c.Stranger("a reset by a code")
	c.Post("/phone-number/reset-password", body{"phoneNumber": number, "otp": phoneResetCode(s, number), "newPassword": harness.Password}).Want(http.StatusOK)
	c.Stranger("a reset by telephone")
	asked := challenge(s, email)
	asked.Stranger("a password without the second factor")
	asked.Post("/two-factor/verify-totp", body{"code": f.code(0)}).Want(http.StatusOK)
	if asked.User() == "" {
		t.Error("both factors sign nobody in")
	}
}

func verificationIsBound(t *testing.T, s *harness.Site) {
	email, fresh := s.Address("victim"), s.Address("fresh")
	v := s.SignUp(email)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	forOld := s.Message("verification-email", email).Token
	v.Post("/change-email", body{"newEmail": fresh}).Want(http.StatusOK)
	change := s.Message("verification-email", fresh).Token
	stranger := s.Client()
	if a := stranger.Get("/verify-email?token=" + url.QueryEscape(change)); a.Status >= 500 {
		t.Errorf("a change in another browser: %d %s", a.Status, a.Body)
	}
	stranger.Stranger("a link of a change in another browser")
	// The address may have changed; the link for the old one proves nothing now.
	changed := s.Client()
	if changed.Post("/sign-in/email", body{"email": fresh, "password": harness.Password}).Status == http.StatusOK {
		w := s.Watch(fresh)
		a := s.Client().Get("/verify-email?token=" + url.QueryEscape(forOld))
		w.Refused(a, 0, "")
		reset := resetLink(s, fresh)
		jwt := changed.Get("/token").Text("token")
		for name, token := range map[string]string{"a reset's token": reset, "the session's token": changed.Token(), "a JSON Web Token of the user": jwt} {
			w = s.Watch(fresh)
			if token == "" {
				t.Errorf("there is no token for: %s", name)
			}
			w.Refused(s.Client().Get("/verify-email?token="+url.QueryEscape(token)), http.StatusUnauthorized, "INVALID_TOKEN")
		}
	}
	// A link for a user who is gone is not for the next with that address.
	gone := s.Address("gone")
	g := s.SignUp(gone)
	target := s.Address("target")
	g.Post("/change-email", body{"newEmail": target}).Want(http.StatusOK)
	link := s.Message("verification-email", target).Token
	g.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
	s.SignUp(gone)
	w := s.Watch(gone, target)
	w.Refused(s.Client().Get("/verify-email?token="+url.QueryEscape(link)), 0, "")
}

func changesRace(t *testing.T, s *harness.Site) {
	for range rounds() {
		victim, mine := s.Address("victim"), s.Address("mine")
		a := s.SignUp(s.Address("attacker"))
		s.Together(a.Request("POST", "/change-email", body{"newEmail": mine}), a.Request("POST", "/change-email", body{"newEmail": victim}))
		a.Get("/verify-email?token=" + url.QueryEscape(s.Message("verification-email", mine).Token))
		if got := a.Get("/get-session").Text("user.email"); got == victim {
			t.Fatal("a link mailed to one address made another the user's")
		}
	}
}

func emptyTokens(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	resetLink(s, email)
	w := s.Watch(email)
	for _, token := range []any{"", " ", nil, 0, []any{}, "\x00", "null", "undefined", false, body{}} {
		for _, r := range []route{
			{"/reset-password", body{"token": token, "newPassword": "another password"}},
			{"/sign-in/email-otp", body{"email": email, "otp": token}},
			{"/email-otp/reset-password", body{"email": email, "otp": token, "password": "another password"}},
			{"/organization/accept-invitation", body{"invitationId": token}},
			{"/two-factor/verify-totp", body{"code": token}},
			{"/device/token", body{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": token, "client_id": "tv"}},
			{"/two-factor/verify-backup-code", body{"code": token}},
		} {
			w.Refused(s.Client().Post(r.path, r.body), 0, "")
		}
	}
	for _, token := range []string{"", "%20", "%00", "null", "0", "[]"} {
		for _, path := range []string{"/verify-email?token=", "/magic-link/verify?token=", "/delete-user/callback?token=", "/reset-password/"} {
			if a := v.Get(path + token); a.Status == http.StatusFound && !strings.Contains(a.Header.Get("Location"), "error") || a.Status < 300 || a.Status >= 500 {
				t.Errorf("%s%s: %d %s %s", path, token, a.Status, a.Header.Get("Location"), a.Body)
			}
		}
	}
	for _, key := range []string{" ", "null", "undefined", "\x7f"} {
		s.Client(field{"X-Api-Key", key}).Stranger("an empty key")
	}
	w.Unchanged("an empty token")
	s.Client().Post("/reset-password", body{"token": resetLink(s, email), "newPassword": "another password"}).Want(http.StatusOK)
}

func signUpIsOffEverywhere(_ *testing.T, shared *harness.Site) {
	s := shared.With(body{"emailAndPassword": body{"enabled": true, "disableSignUp": true}, "plugins": body{
		"magicLink": body{"disableSignUp": true}, "emailOTP": body{"disableSignUp": true},
		"genericOAuth": nil, "oneTap": nil}})
	email := s.Address("nobody")
	w := s.Watch(email)
	w.Refused(s.Client().Post("/sign-up/email", body{"email": email, "password": harness.Password, "name": "n"}), http.StatusBadRequest, "EMAIL_PASSWORD_SIGN_UP_DISABLED")
	s.Client().Post("/sign-in/magic-link", body{"email": email, "name": "n"}).Want(http.StatusOK)
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).Want(http.StatusOK)
	w.Refused(s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": "123456"}), 0, "")
	time.Sleep(100 * time.Millisecond) // what is done after the answer is done
	w.Unchanged("asking for a way in")
	shared.SignUp(shared.Address("somebody"))
}

func deletionIsBound(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v, b := s.SignUp(email), s.SignUp(s.Address("other"))
	ask := func() string {
		v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
		return s.Message("delete-account", email).Token
	}
	token := ask()
	w := s.Watch(email, b.User())
	w.Refused(b.Get("/delete-user/callback?token="+token), http.StatusNotFound, "")
	w.Refused(s.Client().Get("/delete-user/callback?token="+token), 0, "")
	gone := s.SignIn(email)
	thief := gone.Clone()
	gone.Post("/sign-out", body{}).Want(http.StatusOK)
	w = s.Watch(email)
	w.Refused(thief.Get("/delete-user/callback?token="+token), 0, "")
	token = ask()
	once(t, "racing links of deletion", s.Together(harness.Repeat(v.Request("GET", "/delete-user/callback?token="+token, nil), 10)...))
	s.Watch(email).Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}), http.StatusUnauthorized, "INVALID_EMAIL_OR_PASSWORD")
}

func nothingIsInherited(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	old := v.User()
	subject := s.Address("subject")
	v.Post("/api-key/create", body{"name": "n"}).Want(http.StatusOK)
	key := v.Post("/api-key/create", body{"name": "m"}).Text("key")
	org := v.Post("/organization/create", body{"name": "n", "slug": s.Address("slug")})
	org.Want(http.StatusOK)
	enrol(t, v)
	link := resetLink(s, email)
	session := v.Clone()
	v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
	n := s.SignUp(email)
	if n.User() == old || n.User() == "" {
		t.Fatal("the new user is the old one")
	}
	dead(t, s, "the old user's session", session)
	s.Client(field{"X-Api-Key", key}).Stranger("the old user's key")
	for _, path := range []string{"/organization/list", "/api-key/list", "/passkey/list-user-passkeys"} {
		if a := n.Get(path); strings.Contains(a.Body, old) || strings.Contains(a.Body, `"id"`) {
			t.Errorf("%s shows what was the old user's: %s", path, a.Body)
		}
	}
	if enabled := n.Get("/get-session").Body; strings.Contains(enabled, `"twoFactorEnabled":true`) {
		t.Error("the second factor is inherited")
	}
	s.Watch(email).Refused(s.Client().Post("/reset-password", body{"token": link, "newPassword": "another password"}), http.StatusBadRequest, "")
	s.Client().Arrive(0, harness.Grant{Claims: body{"sub": subject, "email": s.Address("social"), "email_verified": true}}).Want(http.StatusFound)
}

func sensitiveChanges(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	s.Store.Age(t, v.User(), 30*time.Hour)
	// A refusal may still prolong the session it came with.
	v.Get("/get-session").Want(http.StatusOK)
	s.Store.Age(t, v.User(), 2*time.Hour)
	w := s.Watch(email)
	w.Unchanged("looking")
	v.Clone().Post("/change-password", body{"currentPassword": "not the password", "newPassword": "another password"}).WantCode(http.StatusBadRequest, "INVALID_PASSWORD")
	v.Clone().Post("/delete-user", body{"password": "not the password"}).WantCode(http.StatusBadRequest, "INVALID_PASSWORD")
	v.Clone().Post("/delete-user", body{}).WantCode(http.StatusBadRequest, "SESSION_EXPIRED")
	v.Clone().Get("/passkey/generate-register-options").WantCode(http.StatusForbidden, "SESSION_NOT_FRESH")
	w.Unchanged("a change without a recent proof")
	s.SignIn(email).Get("/passkey/generate-register-options").Want(http.StatusOK)
}

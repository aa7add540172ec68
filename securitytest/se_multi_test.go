package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// kept is the cookie that keeps a session in a browser with several.
func kept(token string) string {
	return harness.SessionCookie + "_multi-" + strings.ToLower(token)
}

// forgedKeepers are cookies that whoever knows a token can make of their own.
func forgedKeepers(own *harness.Client, token string) map[string]string {
	mine := own.Jar[kept(own.Token())]
	_, signature, _ := strings.Cut(mine, ".")
	return map[string]string{
		"bare": token, "without a signature": token + ".", "made up": token + ".AAAA", "with one's own signature": token + "." + signature,
		"one's own, under its name": mine,
	}
}

func signOutNeedsSignatures(t *testing.T, s *harness.Site) {
	thiefs := s.Address("thief")
	v := s.SignUp(s.Address("victim"))
	s.SignUp(thiefs)
	w := s.Watch(v.User())
	for name, value := range forgedKeepers(s.SignIn(thiefs), v.Token()) {
		thief := s.SignIn(thiefs)
		thief.Jar[kept(v.Token())] = value
		thief.Post("/sign-out", nil).Want(http.StatusOK)
		w.Unchanged("signing out with a cookie that is " + name)
	}
	if v.User() == "" {
		t.Error("the victim's session ended")
	}
	// The control: a browser that has the cookie ends the session.
	browser := s.SignIn(thiefs)
	browser.Jar[kept(v.Token())] = v.Jar[kept(v.Token())]
	browser.Post("/sign-out", nil).Want(http.StatusOK)
	dead(t, s, "a session of a browser that signed out", v)
}

func tokensAloneSwitchNothing(t *testing.T, s *harness.Site) {
	email, thiefs := s.Address("victim"), s.Address("thief")
	v := s.SignUp(email)
	token := v.Token()
	s.SignUp(thiefs)
	w := s.Watch(v.User())
	values := forgedKeepers(s.SignIn(thiefs), token)
	values["missing"] = ""
	for _, value := range values {
		thief := s.SignIn(thiefs)
		if thief.Jar[kept(token)] = value; value == "" {
			delete(thief.Jar, kept(token))
		}
		for _, path := range []string{"/multi-session/set-active", "/multi-session/revoke"} {
			w.Refused(thief.Post(path, body{"sessionToken": token}), http.StatusUnauthorized, "INVALID_SESSION_TOKEN")
		}
	}
	if v.User() == "" {
		t.Error("the victim's session ended")
	}
	// The control: a browser that has the cookie switches, and revokes.
	browser := s.SignIn(thiefs)
	browser.Jar[kept(token)] = v.Jar[kept(token)]
	browser.Post("/multi-session/set-active", body{"sessionToken": token}).Want(http.StatusOK, email)
	browser.Post("/multi-session/revoke", body{"sessionToken": token}).Want(http.StatusOK)
	dead(t, s, "a session that its browser revoked", v)
}

// deviceListsNeedSignatures: the list of a browser's sessions holds those of
// which it has the cookie.
func deviceListsNeedSignatures(t *testing.T, s *harness.Site) {
	t.Helper()
	email := s.Address("victim")
	v := s.SignUp(email)
	thief := s.SignUp(s.Address("thief"))
	const list = "/multi-session/list-device-sessions"
	for name, value := range forgedKeepers(thief, v.Token()) {
		c := thief.Clone()
		c.Jar[kept(v.Token())] = value
		if a := c.Get(list); a.Status != http.StatusOK || strings.Contains(a.Body, email) || strings.Contains(a.Body, v.Token()) {
			t.Errorf("with a cookie that is %s: %d %s", name, a.Status, a.Body)
		}
	}
	v.Get(list).Want(http.StatusOK, email)
}

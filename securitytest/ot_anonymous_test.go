package securitytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// visit is the browser of somebody who has said nothing of themselves.
func visit(s *harness.Site) *harness.Client {
	c := s.Client()
	c.Post("/sign-in/anonymous", nil).Want(http.StatusOK, `"isAnonymous":true`)
	return c
}

// users counts the users of that key.
func users(t *testing.T, s *harness.Site, id string) int {
	t.Helper()
	return len(s.Store.Column(t, `SELECT id FROM "user" WHERE id = '`+id+`'`))
}

func factorsLinkVisitors(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	visitor := visit(s)
	id, old := visitor.User(), visitor.Clone()
	visitor.Post("/sign-in/email", body{"email": g.email, "password": harness.Password}).Want(http.StatusOK, `"twoFactorRedirect":true`)
	visitor.Stranger("the password")
	if old.User() != id || users(t, s, id) != 1 {
		t.Error("the password alone ended the anonymous user")
	}
	visitor.Clone().Post("/two-factor/verify-totp", body{"code": "abcdef"}).Want(http.StatusUnauthorized, "INVALID_CODE")
	if users(t, s, id) != 1 {
		t.Error("a wrong code ended the anonymous user")
	}
	// What the browser was left is no session under another name.
	thief := s.Client()
	thief.Jar[harness.SessionCookie] = visitor.Jar["better-auth.anonymous_session"]
	thief.Stranger("the cookie that remembers the anonymous session")
	visitor.Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
	if visitor.User() != g.c.User() || users(t, s, id) != 0 {
		t.Errorf("after the second factor %q is signed in, and there are %d anonymous users", visitor.User(), users(t, s, id))
	}
	old.Stranger("the session of an anonymous user who was linked")
}

func visitorsStaySmall(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	user, visitor, other := v.User(), visit(s), visit(s)
	id := visitor.User()
	w := s.Watch(user)
	w.Refused(visitor.Post("/sign-in/anonymous", nil), http.StatusBadRequest, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY")
	w.Refused(v.Post("/delete-anonymous-user", nil), http.StatusForbidden, "USER_IS_NOT_ANONYMOUS")
	w.Refused(s.Client().Post("/delete-anonymous-user", nil), http.StatusUnauthorized, "")
	for _, path := range []string{"/admin/list-users", "/admin/get-user?id=" + user} {
		w.Refused(visitor.Get(path), http.StatusForbidden, "")
	}
	for _, member := range []body{{"isAnonymous": false}, {"role": "admin"}, {"email": email}} {
		w.Refused(visitor.Post("/update-user", member), http.StatusBadRequest, "")
	}
	// All that a visitor names is somebody else's.
	third := visit(s)
	thirdID := third.User()
	third.Post("/delete-anonymous-user", body{"userId": user, "id": other.User(), "email": email}).Want(http.StatusOK)
	if users(t, s, thirdID) != 0 || users(t, s, user) != 1 || other.User() == "" {
		t.Error("it is not the caller's own user that is gone")
	}
	// Becoming somebody changes nothing of them.
	visitor.Post("/update-user", body{"name": "Chosen by nobody", "image": "https://img.example/nobody"}).Want(http.StatusOK)
	row := func() string {
		return fmt.Sprint(s.Store.Column(t, `SELECT name FROM "user" WHERE id = '`+user+`'`), s.Store.Column(t, `SELECT COALESCE(image, '-') FROM "user" WHERE id = '`+user+`'`))
	}
	before := row()
	visitor.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK)
	if row() != before || users(t, s, id) != 0 || strings.Contains(visitor.Get("/get-session").Body, "nobody") {
		t.Errorf("the user is %s, was %s; %d anonymous users are left", row(), before, users(t, s, id))
	}
	s.SignIn(email)
}

package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func removedUsersAreOut(t *testing.T, s *harness.Site) {
	admin := administrator(t, s)
	for name, remove := range map[string]func(v *harness.Client){
		"an administrator": func(v *harness.Client) {
			admin.Post("/admin/remove-user", body{"userId": v.User()}).Want(http.StatusOK)
		},
		"the user": func(v *harness.Client) {
			v.Clone().Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
		},
	} {
		email := s.Address("victim")
		first := s.SignUp(email)
		second := s.SignIn(email)
		id := first.User()
		remove(first)
		dead(t, s, "a session of a user removed by "+name, first)
		dead(t, s, "another session of a user removed by "+name, second)
		if rows := s.Store.Column(t, `SELECT id FROM "user" WHERE id = '`+id+`'`); len(rows) != 0 {
			t.Errorf("removed by %s, the user is there", name)
		}
	}
	for name, end := range map[string]func(c *harness.Client){
		"who signed up": func(c *harness.Client) {
			c.Post("/sign-up/email", body{"name": "n", "email": s.Address("somebody"), "password": harness.Password}).Want(http.StatusOK)
		},
		"who asked to be gone": func(c *harness.Client) { c.Post("/delete-anonymous-user", nil).Want(http.StatusOK) },
	} {
		visitor := visit(s)
		if old := visitor.Clone(); old.User() != "" {
			end(visitor)
			dead(t, s, "a session of an anonymous user "+name, old)
		} else {
			t.Error("an anonymous user has no session")
		}
	}
}

func demotionHoldsAtOnce(t *testing.T, s *harness.Site) {
	chief, x := administrator(t, s), administrator(t, s)
	x.Get("/admin/list-users?limit=1").Want(http.StatusOK)
	chief.Post("/admin/set-role", body{"userId": x.User(), "role": "user"}).Want(http.StatusOK)
	for _, path := range []string{"/admin/list-users?limit=1", "/admin/get-user?id=" + x.User()} {
		if a := x.Clone().Get(path); a.Status != http.StatusForbidden && a.Status != http.StatusUnauthorized {
			t.Errorf("%s by who was demoted: %d %s", path, a.Status, a.Body)
		}
	}
	s.Watch(chief.User()).Refused(x.Post("/admin/ban-user", body{"userId": chief.User()}), 0, "")
	y := administrator(t, s)
	id := y.User()
	chief.Post("/admin/ban-user", body{"userId": id}).Want(http.StatusOK)
	s.Watch(chief.User()).Refused(y.Post("/admin/remove-user", body{"userId": chief.User()}), 0, "")
}

func revokedSessionsDriveNothing(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	first := s.SignUp(email)
	first.Get("/get-session").Want(http.StatusOK) // with a cache, if there is one
	second := s.SignIn(email)
	second.Post("/revoke-session", body{"token": first.Token()}).Want(http.StatusOK)
	dead(t, s, "a revoked session", first)
	w := s.Watch(email)
	for _, r := range posts {
		if strings.HasPrefix(r.path, "/sign-") || strings.HasPrefix(r.path, "/update-session") || r.path == "/is-username-available" || r.path == "/device/code" {
			continue
		}
		if a := first.Clone().Post(r.path, r.body); a.Status == http.StatusOK && r.path != "/request-password-reset" &&
			r.path != "/send-verification-email" && !strings.HasPrefix(r.path, "/email-otp/") && !strings.HasPrefix(r.path, "/phone-number/") && !strings.HasPrefix(r.path, "/forget-") &&
			r.path != "/organization/check-slug" || a.Status >= 500 {
			t.Errorf("%s with a revoked session: %d %s", r.path, a.Status, a.Body)
		}
	}
	w.Unchanged("a revoked session")
	if second.User() == "" {
		t.Error("the other session is gone too")
	}
}

func refreshesRaceRevocation(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	for range rounds() {
		v := s.SignIn(email)
		old := v.Clone()
		requests := harness.Repeat(v.Request("GET", "/get-session", nil), 8)
		requests = append(requests, v.Request("POST", "/revoke-sessions", body{}))
		requests = append(requests, harness.Repeat(v.Request("GET", "/get-session", nil), 8)...)
		s.Together(requests...)
		old.Stranger("a session that was refreshed while it was revoked")
	}
}

func deletedSessionsAreOut(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	user := v.User()
	other := s.SignIn(email)
	admin := administrator(t, s)
	admin.Post("/admin/revoke-user-session", body{"sessionToken": v.Token()}).Want(http.StatusOK)
	dead(t, s, "a session revoked by an administrator", v)
	admin.Post("/admin/revoke-user-sessions", body{"userId": user}).Want(http.StatusOK)
	dead(t, s, "one of all sessions revoked by an administrator", other)
	if s.Profile.Name == harness.SQLite.Name || s.Profile.Name == harness.Postgres.Name {
		third := s.SignIn(email)
		s.Store.Exec(t, `DELETE FROM "session" WHERE "userId" = '`+user+`'`)
		dead(t, s, "a session whose row was deleted", third)
	}
	if s.SignIn(email).User() == "" {
		t.Error("nobody can sign in any more")
	}
}

func bannedUsersAreOut(t *testing.T, s *harness.Site) {
	admin := administrator(t, s)
	email := s.Address("victim")
	v := s.SignUp(email)
	id := v.User()
	// Proven: else a link would take the password of who never was.
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	v.Get("/verify-email?token=" + url.QueryEscape(s.Message("verification-email", email).Token)).Want(http.StatusOK)
	key := v.Post("/api-key/create", body{"name": "n"}).Text("key")
	if s.Client(field{"X-Api-Key", key}).User() != id {
		t.Error("the key is no session before the ban")
	}
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	link := s.Message("magic-link", email).Token
	s.Client().Post("/email-otp/send-verification-otp", body{"email": email, "type": "sign-in"}).Want(http.StatusOK)
	code := s.Message("email-otp", email).Code
	admin.Post("/admin/ban-user", body{"userId": id, "banReason": "spam"}).Want(http.StatusOK)
	dead(t, s, "a banned user's session", v)
	key401 := s.Client(field{"X-Api-Key", key}).Get("/get-session")
	if key401.Status == http.StatusOK && key401.Body != "null" {
		t.Errorf("a banned user's key is a session: %s", key401.Body)
	}
	w := s.Watch(email)
	w.Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}), http.StatusForbidden, "BANNED_USER")
	if a := s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code}); a.Status != http.StatusForbidden {
		t.Errorf("a code of a banned user: %d %s", a.Status, a.Body)
	}
	c := s.Client()
	if a := c.Get("/magic-link/verify?callbackURL=%2Fok&token=" + link); a.Status < 300 || a.Status >= 500 || sessions([]*harness.Answer{a}) != 0 {
		t.Errorf("a link of a banned user: %d %s", a.Status, a.Header.Get("Location"))
	}
	c.Stranger("a link of a banned user")
	admin.Post("/admin/unban-user", body{"userId": id}).Want(http.StatusOK)
	s.SignIn(email)
}

func providersLiftNoBan(t *testing.T, s *harness.Site) {
	admin := administrator(t, s)
	email := s.Address("victim")
	grant := harness.Grant{Claims: body{"sub": email, "email": email, "email_verified": true, "name": "before"}}
	v := s.Client()
	v.Arrive(0, grant).Want(http.StatusFound)
	id := v.User()
	admin.Post("/admin/ban-user", body{"userId": id}).Want(http.StatusOK)
	grant.Claims["name"] = "after"
	c := s.Client()
	begun := c.Begin(0, nil)
	a := c.Get(s.Providers[0].Approve(t, begun, grant))
	a.Want(http.StatusFound)
	if to := a.Header.Get("Location"); !strings.Contains(strings.ToLower(to), "error=banned") || sessions([]*harness.Answer{a}) != 0 {
		t.Errorf("a provider's word for a banned user leads to %s", to)
	}
	c.Stranger("a provider's word for a banned user")
	if got := admin.Get("/admin/get-user?id=" + id); got.Text("name") != "before" || !strings.Contains(got.Body, `"banned":true`) {
		t.Errorf("the banned user is now %s", got.Body)
	}
}

func revokedSessionsMintNothing(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	thief := v.Clone()
	if v.Get("/token").Text("token") == "" {
		t.Error("a session mints nothing")
	}
	v.Post("/revoke-sessions", body{}).Want(http.StatusOK)
	if s.Profile.Name == harness.CookieCache.Name {
		delete(thief.Jar, harness.CacheCookie)
	}
	a := thief.Get("/token")
	s.Watch("nobody").Refused(a, http.StatusUnauthorized, "")
}

func oldCookies(_ *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	before := v.Clone()
	v.Post("/sign-out", body{}).Want(http.StatusOK)
	if s.Profile.Name == harness.CookieCache.Name {
		delete(before.Jar, harness.CacheCookie)
	}
	before.Stranger("a session that was signed out")
	v.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK)
	before.Stranger("a session from before the next sign-in")
}

func revokingOnesOwn(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	for _, path := range []string{"/revoke-session", "/revoke-sessions", "/sign-out"} {
		v := s.Client()
		if s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}).Status != http.StatusOK {
			s.SignUp(email)
		}
		v.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK)
		old := v.Clone()
		a := v.Post(path, body{"token": v.Token()})
		a.Want(http.StatusOK)
		if path == "/sign-out" && !a.Cleared(harness.SessionCookie) {
			t.Errorf("%s leaves the cookie", path)
		}
		delete(old.Jar, harness.CacheCookie)
		old.Stranger("what " + path + " ended")
		v.Get("/get-session")
		v.Stranger("the browser after " + path)
	}
}

package securitytest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// administrator signs up somebody, makes them an administrator behind the
// instance's back, and signs them in.
func administrator(t *testing.T, s *harness.Site) *harness.Client { return holder(t, s, "admin") }

// holder is [administrator] for any role.
func holder(t *testing.T, s *harness.Site, role string) *harness.Client {
	email := s.Address(role)
	s.SignUp(email)
	s.Store.Exec(t, `UPDATE "user" SET "role" = `+quote(role)+` WHERE "email" = '`+email+`'`)
	return s.SignIn(email)
}

// administration is every administrative endpoint with a good call about a
// user.
func administration(user string) map[string]body {
	return map[string]body{
		"set-role": {"userId": user, "role": "admin"}, "create-user": {"email": "x@example.com", "name": "x", "password": harness.Password},
		"update-user": {"userId": user, "data": body{"name": "owned"}}, "list-user-sessions": {"userId": user},
		"ban-user": {"userId": user}, "unban-user": {"userId": user}, "impersonate-user": {"userId": user},
		"revoke-user-session": {"sessionToken": "x"}, "revoke-user-sessions": {"userId": user}, "remove-user": {"userId": user},
		"set-user-password": {"userId": user, "newPassword": "another password of mine"},
	}
}

func administrationIsClosed(_ *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	victim := v.User()
	a := s.SignUp(s.Address("attacker"))
	w := s.Watch(victim, a.User())
	for path, members := range administration(victim) {
		w.Refused(s.Client().Post("/admin/"+path, members), http.StatusUnauthorized, "")
		w.Refused(a.Post("/admin/"+path, members), http.StatusForbidden, "")
	}
	for _, path := range []string{"/admin/list-users", "/admin/get-user?id=" + victim} {
		w.Refused(s.Client().Get(path), http.StatusUnauthorized, "")
		w.Refused(a.Get(path), http.StatusForbidden, "")
	}
	for _, role := range []any{"admin", " admin", "ADMIN", "user,admin", []string{"admin"}} {
		w.Refused(a.Post("/update-user", body{"role": role}), 0, "")
		a.Post("/update-user", body{"name": "attacker", "role": role})
		if got := a.Get("/get-session").Text("user.role"); got != "user" {
			w.Unchanged("a role of one's own: " + got)
		}
	}
	w.Refused(a.Get("/admin/list-users"), http.StatusForbidden, "")
}

func fieldsNeedPermission(t *testing.T, s *harness.Site) {
	clerk, v := holder(t, s, "clerk"), s.SignUp(s.Address("victim"))
	victim := v.User()
	w := s.Watch(victim)
	for _, data := range []body{
		{"role": "admin"}, {"banned": true}, {"banReason": "x"}, {"banExpires": "2099-01-01T00:00:00Z"}, {"email": s.Address("thief")},
		{"emailVerified": true}, {"id": "another"}, {"name": "x", "role": "admin"},
	} {
		w.Refused(clerk.Post("/admin/update-user", body{"userId": victim, "data": data}), 0, "")
	}
	w.Refused(clerk.Post("/admin/update-user", body{"userId": victim, "data": body{"password": "another password of mine"}}), 0, "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER")
	w.Refused(clerk.Post("/admin/create-user", body{"email": s.Address("new"), "name": "x", "password": harness.Password, "role": "admin"}), http.StatusForbidden, "")
	clerk.Post("/admin/update-user", body{"userId": victim, "data": body{"name": "renamed"}}).Want(http.StatusOK)
	clerk.Post("/admin/create-user", body{"email": s.Address("new"), "name": "x", "password": harness.Password}).Want(http.StatusOK)
}

func rolesAboveOnesOwn(t *testing.T, s *harness.Site) {
	warden := holder(t, s, "warden")
	other := s.SignUp(s.Address("friend")).User()
	w := s.Watch(other, warden.User())
	for _, role := range []any{"admin", []string{"admin"}, []string{"user", "admin"}, "user,admin", " admin", "ghost", []any{"admin", 1}} {
		for _, whom := range []string{warden.User(), other} {
			w.Refused(warden.Post("/admin/set-role", body{"userId": whom, "role": role}), 0, "")
		}
	}
	warden.Post("/admin/set-role", body{"userId": other, "role": "warden"}).Want(http.StatusOK)
	administrator(t, s).Post("/admin/set-role", body{"userId": other, "role": []string{"user", "admin"}}).Want(http.StatusOK)
}

func impersonationEnds(t *testing.T, s *harness.Site) {
	boss, second := administrator(t, s), administrator(t, s)
	v := s.SignUp(s.Address("victim"))
	victim := v.User()
	w := s.Watch(victim)
	w.Refused(boss.Post("/admin/impersonate-user", body{"userId": second.User()}), http.StatusForbidden, "YOU_CANNOT_IMPERSONATE_ADMINS")
	as := boss.Clone()
	as.Post("/admin/impersonate-user", body{"userId": victim}).Want(http.StatusOK)
	if as.User() != victim {
		t.Fatal("the administrator is not the user")
	}
	for path, members := range administration(second.User()) {
		if path != "impersonate-user" {
			s.Watch(second.User()).Refused(as.Post("/admin/"+path, members), 0, "")
		}
	}
	if a := as.Get("/get-session"); tooLong(a.Text("session.expiresAt")) {
		t.Errorf("an impersonation lives until %s", a.Text("session.expiresAt"))
	}
	for _, forged := range []string{"", "x", boss.Token(), boss.Token() + ".AAAA", second.Jar[harness.SessionCookie] + "x"} {
		thief := as.Clone()
		thief.Jar["better-auth.admin_session"] = forged
		a := thief.Post("/admin/stop-impersonating", body{})
		if a.Status < 400 || thief.User() == boss.User() {
			t.Errorf("back with the cookie %q: %d %s", forged, a.Status, a.Body)
		}
	}
	plain := s.SignIn(s.SignUp(s.Address("x")).Get("/get-session").Text("user.email"))
	s.Watch(plain.User()).Refused(plain.Post("/admin/stop-impersonating", body{}), 0, "")

	again := boss.Clone()
	again.Post("/admin/impersonate-user", body{"userId": victim}).Want(http.StatusOK)
	again.Post("/admin/stop-impersonating", body{}).Want(http.StatusOK)
	if again.User() != boss.User() {
		t.Error("there is no way back")
	}
}

func tooLong(instant string) bool {
	at, err := time.Parse(time.RFC3339, instant)
	return err != nil || time.Until(at) > time.Hour+time.Minute
}

func bansForGood(t *testing.T, s *harness.Site) {
	boss := administrator(t, s)
	email := s.Address("banned")
	v := s.SignUp(email)
	victim := v.User()
	boss.Post("/admin/ban-user", body{"userId": victim, "banExpiresIn": 1}).Want(http.StatusOK)
	boss.Post("/admin/ban-user", body{"userId": victim}).Want(http.StatusOK)
	if expiry := s.Store.Column(t, `SELECT "banExpires" FROM "user" WHERE "id" = `+quote(victim)); expiry[0] != "" {
		t.Errorf("a ban for good ends at %s", expiry[0])
	}
	w := s.Watch(victim)
	w.Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}), http.StatusForbidden, "BANNED_USER")
	w.Refused(boss.Post("/admin/update-user", body{"userId": victim, "data": body{"id": "another"}}), 0, "")
	boss.Post("/admin/unban-user", body{"userId": victim}).Want(http.StatusOK)
	s.SignIn(email)
}

func programsOnly(t *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	w := s.Watch(c.User())
	for _, path := range []string{"/two-factor/view-backup-codes", "/api-key/verify", "/api-key/delete-all-expired-api-keys", "/organization/add-member",
		"/sign-jwt", "/verify-jwt", "/totp/generate", "/two-factor/generate-totp", "/email-otp/create-verification-otp", "/email-otp/get-verification-otp",
		"/set-password", "/admin/oauth2/create-client"} {
		w.Refused(c.Post(path, body{"userId": c.User(), "email": "x@example.com", "type": "sign-in", "key": "x", "newPassword": "another password of mine"}), http.StatusNotFound, "")
		if a := c.Get(path); a.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
}

func noMassAssignment(t *testing.T, s *harness.Site) {
	sent := body{"credit": 1000, "role": "admin", "banned": false, "emailVerified": true, "twoFactorEnabled": true, "id": "chosen", "createdAt": "2000-01-01T00:00:00Z"}
	clean := func(c *harness.Client, how string) {
		a := c.Get("/get-session")
		for _, taken := range []string{`"credit":1000`, `"role":"admin"`, `"emailVerified":true`, `"twoFactorEnabled":true`, `"id":"chosen"`, `"createdAt":"2000`} {
			if strings.Contains(a.Body, taken) {
				t.Errorf("%s set %s: %s", how, taken, a.Body)
			}
		}
	}
	for name, value := range sent {
		email := s.Address("user")
		c := s.Client()
		a := c.Post("/sign-up/email", body{"email": email, "name": "x", "password": harness.Password, name: value})
		if a.Status >= 500 {
			t.Errorf("sign-up with %s: %d", name, a.Status)
		}
		if a.Status != http.StatusOK {
			c = s.SignUp(email)
		}
		clean(c, "sign-up with "+name)
		for _, path := range []string{"/update-user", "/update-session"} {
			if a := c.Post(path, body{"name": "x", name: value, "userId": "other", "token": "mine", "expiresAt": "2099-01-01T00:00:00Z"}); a.Status >= 500 {
				t.Errorf("%s with %s: %d", path, name, a.Status)
			}
			clean(c, path+" with "+name)
		}
	}
	c := s.SignUp(s.Address("user"))
	for _, odd := range []any{body{"a": 1}, []int{1}} {
		s.Watch(c.User()).Refused(c.Post("/update-user", body{"nickname": odd}), http.StatusBadRequest, "")
	}
	c.Post("/update-user", body{"nickname": "Ada"}).Want(http.StatusOK)
	c.Get("/get-session").Want(http.StatusOK, `"nickname":"Ada"`)
}

func listsOfUsers(t *testing.T, s *harness.Site) {
	boss := administrator(t, s)
	w := s.Watch(boss.User())
	for _, query := range []string{
		"searchField=password&searchValue=x", "searchField=account.password&searchValue=a", "filterField=password&filterValue=a&filterOperator=contains",
		"filterField=secret&filterValue=a", "sortBy=password", "filterField=id&filterValue=x&filterOperator=raw", "searchField=email&searchOperator=like&searchValue=a",
		"sortBy=id%3B%20DROP%20TABLE%20user",
	} {
		if a := boss.Get("/admin/list-users?" + query); a.Status == http.StatusOK && strings.Contains(a.Body, `"users":[{`) && !strings.Contains(query, "sortBy") || a.Status >= 500 {
			t.Errorf("%s: %d %s", query, a.Status, a.Body)
		}
	}
	w.Refused(s.SignUp(s.Address("user")).Get("/admin/list-users"), http.StatusForbidden, "")
	boss.Get("/admin/list-users?limit=1").Want(http.StatusOK, `"total":`)
}

func answersHoldNoSecrets(t *testing.T, s *harness.Site) {
	boss := administrator(t, s)
	email := s.Address("user")
	c := s.SignUp(email)
	c.Post("/two-factor/enable", body{"password": harness.Password}).Want(http.StatusOK)
	var secrets []string
	for _, query := range []string{`SELECT "password" FROM "account" WHERE "userId" = `, `SELECT "secret" FROM "twoFactor" WHERE "userId" = `, `SELECT "backupCodes" FROM "twoFactor" WHERE "userId" = `} {
		secrets = append(secrets, s.Store.Column(t, query+quote(c.User()))...)
	}
	if len(secrets) != 3 || slices.Contains(secrets, "") {
		t.Fatalf("nothing to look for: %d secrets", len(secrets))
	}
	for _, a := range []*harness.Answer{
		boss.Get("/admin/list-users?limit=100"), boss.Get("/admin/get-user?id=" + c.User()), boss.Post("/admin/list-user-sessions", body{"userId": c.User()}),
		c.Get("/list-accounts"), c.Get("/list-sessions"), c.Get("/get-session"), c.Post("/update-user", body{"name": "x"}),
	} {
		a.Want(http.StatusOK)
		for _, secret := range secrets {
			if strings.Contains(a.Body, secret) {
				t.Errorf("an answer holds a secret: %s", a.Body)
			}
		}
	}
	s.Watch(email).Refused(c.Post("/admin/list-user-sessions", body{"userId": boss.User()}), http.StatusForbidden, "")
}

package admin_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
)

// AK-09: columns with a permission of their own are not changed without it.
func TestAK09ProtectedColumns(t *testing.T) {
	t.Parallel()
	s, _, _ := withRanks(t)
	clerk := s.SignIn("clerk@example.com")
	id := s.User("ada@example.com").ID
	for data, code := range map[string]string{
		`{"role":"admin"}`: "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", `{"banned":false}`: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
		`{"banExpires":null}`: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", `{"email":"x@example.com"}`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL",
		`{"emailVerified":true}`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", `{"phoneNumber":"1"}`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER",
	} {
		clerk.Post("/admin/update-user", `{"userId":"`+id+`","data":`+data+`}`).WantCode(403, code)
	}
	clerk.Post("/admin/update-user", body{"userId": id, "data": body{"password": "x"}}).WantCode(400, "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER")
	clerk.Post("/admin/update-user", body{"userId": id, "data": body{"id": "x"}}).WantCode(400, "USER_ID_CANNOT_BE_UPDATED")
	clerk.Post("/admin/create-user", body{"email": "n@example.com", "name": "n", "role": "user"}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
	clerk.Post("/admin/create-user", body{"email": "n@example.com", "name": "n", "data": body{"role": "admin"}}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
	clerk.Post("/admin/create-user", body{"email": "n@example.com", "name": "n", "data": body{"banned": false}}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS")
	clerk.Post("/admin/create-user", body{"email": "n@example.com", "name": "n"}).Want(200, `"role":"user"`)
}

// every is a valid call of each endpoint of administrators.
func every(id string) map[string]body {
	return map[string]body{
		"set-role": {"userId": id, "role": "user"}, "create-user": {"email": "x@example.com", "name": "x"},
		"update-user": {"userId": id, "data": body{"name": "x"}}, "list-user-sessions": {"userId": id},
		"ban-user": {"userId": id}, "unban-user": {"userId": id}, "impersonate-user": {"userId": id},
		"revoke-user-session": {"sessionToken": "x"}, "revoke-user-sessions": {"userId": id}, "remove-user": {"userId": id},
		"set-user-password": {"userId": id, "newPassword": "new password"},
	}
}

// AK-10: nothing is open to others, and no spelling of a role opens it.
func TestAK10OnlyAdministrators(t *testing.T) {
	t.Parallel()
	s, _, ada := withAdmin(t)
	id := s.User("boss@example.com").ID
	for _, role := range []string{"user", " admin", "admin ", "ADMIN", "user; admin", "superadmin"} {
		setRole(t, s, "ada@example.com", role)
		for path, request := range every(id) {
			s.Client().Post("/admin/"+path, request).WantBody(401, "")
			a := ada.Post("/admin/"+path, request)
			if a.Status != 403 || !strings.Contains(a.Body, `"YOU_ARE_NOT_ALLOWED_TO_`) {
				t.Errorf("%q: %s: %d %s", role, path, a.Status, a.Body)
			}
		}
		for _, path := range []string{"/admin/list-users", "/admin/get-user?id=" + id} {
			s.Client().Get(path).WantBody(401, "")
			ada.Get(path).Want(403, `"YOU_ARE_NOT_ALLOWED_TO_`)
		}
	}
	ada.Post("/update-user", body{"role": "admin", "name": "x"}).Want(400)
	s.Client().Post("/sign-up/email", body{"name": "x", "email": "x@example.com", "password": authtest.Password, "role": "admin"}).
		WantCode(400, "FIELD_NOT_ALLOWED")
}

func withRanks(t *testing.T, change ...func(*core.Options)) (s *authtest.Server, boss, support *authtest.Client) {
	t.Helper()
	s = authtest.New(t, append([]func(*core.Options){with(admin.Options{Roles: roles()})}, change...)...)
	for _, name := range []string{"admin", "support", "clerk", "ada"} {
		s.SignUp(name + "@example.com")
		if name != "ada" {
			setRole(t, s, name+"@example.com", name)
		}
	}
	return s, s.SignIn("admin@example.com"), s.SignIn("support@example.com")
}

// AK-11: nobody gives more than they have, nor acts on who has more.
func TestAK11NobodyRisesByThemselves(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, support := withRanks(t, engine)
		self, adminID, ada := s.User("support@example.com").ID, s.User("admin@example.com").ID, s.User("ada@example.com").ID
		for _, role := range []any{"admin", []string{"admin"}, []string{"user", "admin"}} {
			support.Post("/admin/set-role", body{"userId": self, "role": role}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
			support.Post("/admin/update-user", body{"userId": self, "data": body{"role": role}}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
		}
		support.Post("/admin/set-role", body{"userId": self, "role": "user,admin"}).WantCode(400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE")
		support.Post("/admin/set-role", body{"userId": self, "role": "ghost"}).WantCode(400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE")
		support.Post("/admin/set-role", body{"userId": ada, "role": "support"}).Want(200)
		support.Post("/admin/set-role", body{"userId": ada, "role": "user"}).Want(200)
		for path, request := range every(adminID) {
			if path == "create-user" || path == "revoke-user-session" {
				continue
			}
			if a := support.Post("/admin/"+path, request); a.Status != 403 {
				t.Errorf("%s on an administrator: %d %s", path, a.Status, a.Body)
			}
		}
		token := boss.Get("/get-session").Text("session.token")
		support.Post("/admin/revoke-user-session", body{"sessionToken": token}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS")
		boss.Get("/get-session").Want(200, "admin@example.com")
		boss.Post("/admin/set-role", body{"userId": self, "role": "user"}).Want(200)
		support.Post("/admin/set-user-password", body{"userId": ada, "newPassword": "new password"}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD")
	})
}

// AK-12: impersonation ends with its hour, with the administrator's rights,
// and only the administrator's own session comes back.
func TestAK12Impersonation(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, ada := withAdmin(t, engine)
		id, bossID := s.User("ada@example.com").ID, s.User("boss@example.com").ID
		boss.Post("/admin/impersonate-user", body{"userId": bossID}).WantCode(403, "YOU_CANNOT_IMPERSONATE_ADMINS")
		boss.Post("/admin/stop-impersonating", nil).WantBody(400, `{"message":"You are not impersonating anyone"}`)
		own := boss.Clone()
		boss.Post("/admin/impersonate-user", body{"userId": id}).Want(200, `"impersonatedBy":"`+bossID+`"`, `"email":"ada@example.com"`)
		boss.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		boss.Get("/admin/list-users").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
		if a := ada.Get("/list-sessions").Want(200); strings.Contains(a.Body, bossID) || strings.Count(a.Body, `"token"`) != 1 {
			t.Error(a.Body)
		}
		own.Post("/admin/list-user-sessions", body{"userId": id}).Want(200, bossID)

		forged := boss.Clone()
		forged.SetCookie("better-auth.admin_session", ada.Cookie("better-auth.session_token"))
		forged.Post("/admin/stop-impersonating", nil).WantBody(500, `{"message":"Failed to find admin session"}`)
		forged.SetCookie("better-auth.admin_session", "")
		forged.Post("/admin/stop-impersonating", nil).WantBody(500, `{"message":"Failed to find admin session"}`)

		stolen := boss.Clone()
		boss.Post("/admin/stop-impersonating", nil).Want(200, `"email":"boss@example.com"`)
		boss.Get("/get-session").Want(200, `"email":"boss@example.com"`)
		stolen.Get("/get-session").WantBody(200, "null")
		stolen.Post("/admin/stop-impersonating", nil).WantBody(401, "")
	})
}

// AK-12: however the browser behaves, an hour is an hour.
func TestAK12ImpersonationIsNotProlonged(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, _ := withAdmin(t, engine)
		boss.Post("/admin/impersonate-user", body{"userId": s.User("ada@example.com").ID}).Want(200)
		boss.SetCookie("better-auth.dont_remember", "")
		s.Clock.Advance(59 * time.Minute)
		boss.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		s.Clock.Advance(2 * time.Minute)
		boss.Get("/get-session").WantBody(200, "null")
	})
}

// AK-12: who may not impersonate any more does not go on with it.
func TestAK12ImpersonationEndsWithItsRight(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"demoted", "banned", "removed"} {
		s, boss, _ := withAdmin(t)
		id, bossID := s.User("ada@example.com").ID, s.User("boss@example.com").ID
		boss.Post("/admin/impersonate-user", body{"userId": id}).Want(200)
		boss.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		c := s.Context()
		users := c.Tables().Users
		var err error
		switch end {
		case "demoted":
			setRole(t, s, "boss@example.com", "user")
		case "banned":
			_, err = c.Users().Update(bossID, db.ToAny(users.Table, users.Column("banned"), true))
		case "removed":
			err = c.Users().Delete(s.User("boss@example.com"))
		}
		if err != nil {
			t.Fatal(err)
		}
		boss.Get("/get-session").WantBody(200, "null")
	}
}

func TestImpersonationKeepsWhetherTheBrowserRemembers(t *testing.T) {
	t.Parallel()
	s, _, _ := withAdmin(t)
	boss := s.Client()
	boss.Post("/sign-in/email", body{"email": "boss@example.com", "password": authtest.Password, "rememberMe": false}).Want(200)
	boss.Post("/admin/impersonate-user", body{"userId": s.User("ada@example.com").ID}).Want(200)
	boss.Post("/admin/stop-impersonating", nil).Want(200)
	if boss.Cookie("better-auth.dont_remember") == "" {
		t.Error("the session outlives the browser now")
	}
}

// AK-13: a ban for good does not inherit an earlier expiry.
func TestAK13Bans(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, ada := withAdmin(t, engine)
		id := s.User("ada@example.com").ID
		boss.Post("/admin/ban-user", body{"userId": s.User("boss@example.com").ID}).WantCode(400, "YOU_CANNOT_BAN_YOURSELF")
		boss.Post("/admin/ban-user", body{"userId": id, "banExpiresIn": 60}).
			Want(200, `"banned":true,"banReason":"No reason","banExpires":"2026-03-02T12:01:00.000Z"`)
		ada.Get("/get-session").WantBody(200, "null")
		s.Client().Post("/sign-in/email", body{"email": "ada@example.com", "password": authtest.Password}).
			WantBody(403, `{"message":"You have been banned from this application. Please contact support if you believe this is an error.","code":"BANNED_USER"}`)
		boss.Post("/admin/ban-user", body{"userId": id, "banReason": "spam"}).Want(200, `"banReason":"spam","banExpires":null`)
		s.Clock.Advance(2 * time.Minute)
		s.Client().Post("/sign-in/email", body{"email": "ada@example.com", "password": authtest.Password}).WantCode(403, "BANNED_USER")
		boss.Post("/admin/unban-user", body{"userId": id}).Want(200, `"banned":false,"banReason":null,"banExpires":null`)
		s.SignIn("ada@example.com")
		boss.Post("/admin/ban-user", body{"userId": id, "banExpiresIn": 60}).Want(200)
		s.Clock.Advance(61 * time.Second)
		s.SignIn("ada@example.com").Get("/get-session").Want(200, `"banned":false,"banReason":null,"banExpires":null`)
		boss.Post("/admin/update-user", body{"userId": id, "data": body{"banned": true}}).Want(200)
		s.Client().Post("/sign-in/email", body{"email": "ada@example.com", "password": authtest.Password}).WantCode(403, "BANNED_USER")
	})
}

// A ban holds from the next request on: for sessions that raced with it, and
// for those a cookie vouches for.
func TestBansHoldAtOnce(t *testing.T) {
	t.Parallel()
	s, boss, ada := withAdmin(t, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	id := s.User("ada@example.com").ID
	ada.Get("/get-session").Want(200, "ada@example.com")
	boss.Post("/admin/ban-user", body{"userId": id}).Want(200)
	ada.Get("/get-session").WantBody(200, "null")
	boss.Post("/admin/unban-user", body{"userId": id}).Want(200)
	ada = s.SignIn("ada@example.com")
	users := s.Context().Tables().Users
	if _, err := s.Context().Users().Update(id, db.ToAny(users.Table, users.Column("banned"), true)); err != nil {
		t.Fatal(err)
	}
	ada.SetCookie("better-auth.session_data", "")
	ada.Get("/get-session").WantBody(200, "null")
}

func TestBanRacesWithSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, _ := withAdmin(t, engine)
		id := s.User("ada@example.com").ID
		clients := make([]*authtest.Client, 64)
		var wg sync.WaitGroup
		for i := range clients {
			clients[i] = s.Client()
			wg.Go(func() {
				clients[i].Post("/sign-in/email", body{"email": "ada@example.com", "password": authtest.Password})
			})
		}
		boss.Post("/admin/ban-user", body{"userId": id}).Want(200)
		wg.Wait()
		for _, c := range clients {
			c.Get("/get-session").WantBody(200, "null")
		}
	})
}

func TestOneUserOfManyCreations(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, _ := withAdmin(t, engine)
		var wg sync.WaitGroup
		answers := make([]*authtest.Answer, 64)
		for i := range answers {
			c := boss.Clone()
			wg.Go(func() {
				answers[i] = c.Post("/admin/create-user", body{"email": "new@example.com", "name": fmt.Sprint(i)})
			})
		}
		wg.Wait()
		made := 0
		for _, a := range answers {
			if a.Status == 200 {
				made++
				continue
			}
			a.WantCode(400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
		}
		if made != 1 {
			t.Errorf("%d users", made)
		}
		s.User("new@example.com")
	})
}

// AK-16, IN-03: a list is no oracle and no way into the database.
func TestAK16ListsRevealNothing(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		_, boss, ada := withAdmin(t, engine)
		ada.Get("/admin/list-users").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
		for _, query := range []string{
			"?sortBy=id;drop+table+user", "?sortBy=password", "?filterField=account.password&filterValue=x",
			"?filterField=%22&filterValue=x", "?filterField=createdAt&filterValue=x", "?filterField=banned&filterOperator=contains&filterValue=t",
		} {
			boss.Get("/admin/list-users"+query).WantBody(200, `{"users":[],"total":0}`)
		}
		for _, query := range []string{"?searchValue=%25", "?searchValue=_", "?filterField=email&filterOperator=contains&filterValue=%25"} {
			boss.Get("/admin/list-users"+query).WantBody(200, `{"users":[],"total":0}`)
		}
		boss.Get("/admin/list-users?limit=1000000000000&offset=-5").Want(200, `"total":2`)
	})
}

// AK-17: sessions of others are shown and ended by permission only.
func TestAK17SessionsOfOthers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, ada := withAdmin(t, engine)
		id := s.User("ada@example.com").ID
		ada.Post("/admin/list-user-sessions", body{"userId": id}).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS")
		other := s.SignIn("ada@example.com")
		a := boss.Post("/admin/list-user-sessions", body{"userId": id}).Want(200)
		if strings.Contains(a.Body, "password") || strings.Count(a.Body, `"token"`) != 2 {
			t.Error(a.Body)
		}
		boss.Post("/admin/list-user-sessions", body{"userId": "x"}).WantBody(200, `{"sessions":[]}`)
		token := other.Get("/get-session").Text("session.token")
		boss.Post("/admin/revoke-user-session", body{"sessionToken": token}).WantBody(200, `{"success":true}`)
		other.Get("/get-session").WantBody(200, "null")
		ada.Get("/get-session").Want(200, "ada@example.com")
		boss.Post("/admin/revoke-user-sessions", body{"userId": id}).WantBody(200, `{"success":true}`)
		ada.Get("/get-session").WantBody(200, "null")
	})
}

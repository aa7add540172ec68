package admin_test

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
)

type body = authtest.JSON

// with makes the plugin part of an instance.
func with(o admin.Options) func(*core.Options) {
	return func(c *core.Options) { c.Plugins = append(c.Plugins, admin.New(o)) }
}

// setRole changes a role behind the instance's back.
func setRole(t *testing.T, s *authtest.Server, email, role string) {
	t.Helper()
	users := s.Context().Tables().Users
	column := users.Column("role")
	_, err := s.Context().Users().Update(s.User(email).ID, db.ToAny(users.Table, column, role))
	if err != nil {
		t.Fatal(err)
	}
}

// withAdmin returns an instance with an administrator and a user.
func withAdmin(t *testing.T, change ...func(*core.Options)) (s *authtest.Server, boss, ada *authtest.Client) {
	t.Helper()
	s = authtest.New(t, append([]func(*core.Options){with(admin.Options{})}, change...)...)
	boss = s.SignUp("boss@example.com")
	setRole(t, s, "boss@example.com", "admin")
	return s, boss, s.SignUp("ada@example.com")
}

func TestUsers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, boss, _ := withAdmin(t, engine)
		id := s.User("ada@example.com").ID
		boss.Get("/admin/get-user?id="+id).Want(200, `"email":"ada@example.com"`, `"role":"user","banned":false,"banReason":null,"banExpires":null`)
		boss.Get("/admin/get-user?id=x").WantBody(404, `{"message":"User not found","code":"USER_NOT_FOUND"}`)

		boss.Post("/admin/create-user", body{"email": "Bob@example.com", "name": "Bob", "password": "x",
			"role": []string{"user", "editor"}, "data": body{"emailVerified": true, "id": "mine", "nothing": 1}}).
			Want(200, `"email":"bob@example.com"`, `"emailVerified":true`, `"role":"user,editor"`)
		bob := s.User("bob@example.com")
		if bob.ID == "mine" {
			t.Error("the caller chose the key")
		}
		s.Client().Post("/sign-in/email", body{"email": "bob@example.com", "password": "x"}).Want(200)
		boss.Post("/admin/create-user", body{"email": "bob@example.com", "name": "Bob"}).
			WantCode(400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
		boss.Post("/admin/create-user", body{"email": "bob", "name": "Bob"}).WantCode(400, "INVALID_EMAIL")
		boss.Post("/admin/create-user", body{"email": "c@example.com", "name": "C", "data": body{"role": 5}}).WantCode(400, "INVALID_ROLE_TYPE")

		boss.Post("/admin/update-user", body{"userId": id, "data": body{"name": "Ada", "image": nil}}).Want(200, `"name":"Ada"`)
		boss.Post("/admin/update-user", body{"userId": id, "data": body{"name": nil}}).WantCode(400, "VALIDATION_ERROR")
		boss.Post("/admin/update-user", body{"userId": id, "data": body{"email": "BOB@example.com"}}).
			WantCode(400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
		boss.Post("/admin/update-user", body{"userId": id, "data": body{"email": "New@example.com"}}).Want(200, `"email":"new@example.com"`)
		boss.Post("/admin/update-user", body{"userId": id, "data": body{}}).WantCode(400, "NO_DATA_TO_UPDATE")
		boss.Post("/admin/update-user", body{"userId": "x", "data": body{"name": "x"}}).WantCode(404, "USER_NOT_FOUND")

		boss.Post("/admin/set-role", body{"userId": id, "role": []string{"user", "editor"}}).Want(200, `"role":"user,editor"`)
		boss.Post("/admin/set-user-password", body{"userId": id, "newPassword": "short"}).WantCode(400, "PASSWORD_TOO_SHORT")
		boss.Post("/admin/set-user-password", body{"userId": id, "newPassword": "long enough"}).WantBody(200, `{"status":true}`)
		s.Client().Post("/sign-in/email", body{"email": "new@example.com", "password": "long enough"}).Want(200)

		boss.Post("/admin/remove-user", body{"userId": s.User("boss@example.com").ID}).WantCode(400, "YOU_CANNOT_REMOVE_YOURSELF")
		boss.Post("/admin/remove-user", body{"userId": id}).WantBody(200, `{"success":true}`)
		boss.Post("/admin/remove-user", body{"userId": id}).WantCode(404, "USER_NOT_FOUND")
		s.Client().Post("/sign-in/email", body{"email": "new@example.com", "password": "long enough"}).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
	})
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		_, boss, _ := withAdmin(t, engine)
		for _, c := range []struct{ query, want string }{
			{"", `"total":2}`},
			{"?limit=1&offset=1", `"total":2,"limit":1,"offset":1}`},
			{"?limit=x&offset=", `"total":2}`},
			{"?searchValue=ADA", `"total":1}`},
			{"?searchValue=boss&searchField=name&searchOperator=starts_with", `"total":1}`},
			{"?searchValue=example.com&searchOperator=ends_with", `"total":2}`},
			{"?filterField=role&filterValue=admin", `"total":1}`},
			{"?filterField=role&filterOperator=not_in&filterValue=admin&filterValue=x", `"total":1}`},
			{"?filterField=banned&filterValue=false", `"total":2}`},
			{"?filterField=createdAt&filterOperator=lt&filterValue=2099-01-01T00:00:00.000Z", `"total":2}`},
			{"?sortBy=name&sortDirection=desc&limit=1", `"name":"boss@example.com"`},
		} {
			boss.Get("/admin/list-users"+c.query).Want(200, c.want)
		}
		for _, query := range []string{"?searchField=password&searchValue=x", "?sortDirection=up", "?filterOperator=like", "?searchOperator=eq"} {
			boss.Get("/admin/list-users"+query).WantCode(400, "VALIDATION_ERROR")
		}
	})
}

func TestHasPermission(t *testing.T) {
	t.Parallel()
	s, boss, ada := withAdmin(t)
	list := body{"permissions": body{"user": []string{"list"}}}
	boss.Post("/admin/has-permission", list).WantBody(200, `{"error":null,"success":true}`)
	ada.Post("/admin/has-permission", list).WantBody(200, `{"error":null,"success":false}`)
	ada.Post("/admin/has-permission", body{"role": "admin", "permissions": body{"user": []string{"list"}}}).
		WantBody(200, `{"error":null,"success":false}`)
	boss.Post("/admin/has-permission", body{"permission": body{"user": []string{"list"}}}).
		WantBody(400, `{"message":"invalid permission check. no permission(s) were passed."}`)
	boss.Post("/admin/has-permission", body{"permission": body{}, "permissions": body{}}).
		WantBody(400, `{"message":"[body] Invalid input: more than one option matched","code":"VALIDATION_ERROR"}`)
	s.Client().Post("/admin/has-permission", list).WantBody(401, "")

	ask := func(in *admin.HasPermissionInput) bool {
		t.Helper()
		in.Permissions = map[string][]string{"user": {"ban"}}
		out, err := core.Invoke(t.Context(), s.Kernel, admin.HasPermission, in, core.Call{})
		if err != nil {
			t.Fatal(err)
		}
		return out.Success
	}
	if !ask(&admin.HasPermissionInput{Role: input.Some("admin")}) || ask(&admin.HasPermissionInput{Role: input.Some("user")}) ||
		!ask(&admin.HasPermissionInput{UserID: input.Some(s.User("boss@example.com").ID)}) {
		t.Error("a program is told something else than users are")
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	o := core.Options{BaseURL: authtest.Origin, Secret: authtest.Secret}
	o.Plugins = []core.Plugin{admin.New(admin.Options{AdminRoles: []string{"boss"}})}
	if _, err := core.New(o); err == nil {
		t.Error("an admin role that is not there was taken")
	}
}

func TestAdminUserIDs(t *testing.T) {
	t.Parallel()
	root := authtest.New(t, with(admin.Options{AdminUserIDs: []string{"root"}}))
	c := root.Context()
	u := &core.User{ID: "root", Name: "r", Email: "root@example.com"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	if err := c.Accounts().SetPassword("root", "plain:"+authtest.Password); err != nil {
		t.Fatal(err)
	}
	root.SignIn("root@example.com").Get("/admin/list-users").Want(200, `"total":1`)
}

// roles are those of an application with administrators of several ranks.
func roles() access.Roles {
	r := admin.DefaultRoles()
	r["support"] = access.NewRole(access.Statements{"user": {"get", "update", "set-role", "set-password", "ban", "impersonate", "delete"},
		"session": {"list", "revoke"}})
	r["clerk"] = access.NewRole(access.Statements{"user": {"update", "create", "get"}})
	return r
}

// TestValidateUserInfo asks the application about whom an administrator makes.
func TestValidateUserInfo(t *testing.T) {
	t.Parallel()
	var sources []core.UserSource
	s, boss, _ := withAdmin(t, func(o *core.Options) {
		o.User.ValidateUserInfo = func(_ *core.Context, u *core.User, source core.UserSource) error {
			if source.Method == "admin" {
				sources = append(sources, source)
			}
			if u.Email == "eve@evil.test" {
				return core.NewError(403, "WRONG_DOMAIN", "Not of this company")
			}
			return nil
		}
	})
	boss.Post("/admin/create-user", body{"email": "Eve@evil.test", "name": "Eve"}).WantCode(403, "WRONG_DOMAIN")
	if _, err := s.Context().Users().ByEmail("eve@evil.test"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the user was created: %v", err)
	}
	boss.Post("/admin/create-user", body{"email": "bob@corp.test", "name": "Bob"}).Want(200, `"email":"bob@corp.test"`)
	for _, source := range sources {
		if source.Action != "create-user" {
			t.Errorf("asked about %+v", source)
		}
	}
	if len(sources) != 2 {
		t.Errorf("asked %d times", len(sources))
	}
}

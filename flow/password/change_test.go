package password_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/flow/password"
	"github.com/watchword-auth/watchword/internal/authtest"
)

func changing(c *authtest.Client, current, next string, more ...authtest.JSON) *authtest.Answer {
	body := authtest.JSON{"currentPassword": current, "newPassword": next}
	for _, m := range more {
		maps.Copy(body, m)
	}
	return c.Post("/change-password", body)
}

var revoke = authtest.JSON{"revokeOtherSessions": true}

func TestChange(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		ada := s.SignUp("ada@example.com")
		phone := s.SignIn("ada@example.com")
		long := strings.Repeat("x", 129)
		for _, wrong := range []struct{ current, next, code string }{
			{"wrong password", next, "INVALID_PASSWORD"},
			{"", next, "INVALID_PASSWORD"},
			{authtest.Password, "short", "PASSWORD_TOO_SHORT"},
			{authtest.Password, long, "PASSWORD_TOO_LONG"},
			{long, next, "PASSWORD_TOO_LONG"},
			{"wrong password", "short", "PASSWORD_TOO_SHORT"},
		} {
			changing(ada, wrong.current, wrong.next).WantCode(400, wrong.code)
		}
		changing(s.Client(), authtest.Password, next).WantCode(401, "UNAUTHORIZED")

		a := changing(ada, authtest.Password, next).Want(200, `{"token":null,"user":{`, `"email":"ada@example.com"`)
		if cookies := a.Header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("cookies are set for nothing: %q", cookies)
		}
		phone.Get("/get-session").Want(200, "ada@example.com")
		if signsIn(s, "ada@example.com", authtest.Password) || !signsIn(s, "ada@example.com", next) {
			t.Fatal("the old password works, or the new one does not")
		}
	})
}

func TestChangeRevokesOtherSessions(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		ada := s.SignUp("ada@example.com")
		phone, stolen := s.SignIn("ada@example.com"), ada.Clone()
		s.Clock.Advance(time.Minute)
		a := changing(ada, authtest.Password, next, revoke).Want(200)
		if token := a.Text("token"); len(token) != 32 || !strings.HasPrefix(ada.Cookie("better-auth.session_token"), token) {
			t.Fatalf("the new token %q is not in the cookie", token)
		}
		ada.Get("/get-session").Want(200, "ada@example.com")
		for name, c := range map[string]*authtest.Client{"the phone": phone, "a stolen cookie": stolen} {
			if body := c.Get("/get-session").Body; body != "null" {
				t.Errorf("%s is still signed in: %s", name, body)
			}
		}
	})
}

// A browser that is to forget the session does so after the change too.
func TestChangeKeepsDontRemember(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	c := s.Client()
	c.Post("/sign-in/email", authtest.JSON{"email": "ada@example.com", "password": authtest.Password, "rememberMe": false}).Want(200)
	changing(c, authtest.Password, next, revoke).Want(200)
	c.Get("/get-session").Want(200, "ada@example.com")
	c.CloseBrowser()
	c.Get("/get-session").WantBody(200, "null")
}

// The password and the sessions change together or not at all.
func TestFailedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		broken := false
		s := authtest.New(t, engine, func(o *core.Options) {
			o.DatabaseHooks.Session.BeforeCreate = func(*core.Context, *core.Session) error {
				if broken {
					return errors.New("the disk is full")
				}
				return nil
			}
		})
		ada := s.SignUp("ada@example.com")
		broken = true
		a := changing(ada, authtest.Password, next, revoke).WantBody(500, "")
		if cookies := a.Header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("cookies of a session that is not: %q", cookies)
		}
		broken = false
		ada.Get("/get-session").Want(200, "ada@example.com")
		if !signsIn(s, "ada@example.com", authtest.Password) {
			t.Fatal("a change that failed changed the password")
		}
	})
}

func TestForeignPagesChangeNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	body := authtest.JSON{"currentPassword": authtest.Password, "newPassword": next}
	ada.Send("POST", "/change-password", authtest.Form{"currentPassword": authtest.Password, "newPassword": next}).
		WantCode(415, "UNSUPPORTED_MEDIA_TYPE")
	ada.Get("/change-password").WantBody(404, "")
	ada.Headers.Set("Origin", evil)
	ada.Post("/change-password", body).WantCode(403, "INVALID_ORIGIN")
	ada.Headers.Set("Origin", "null")
	ada.Post("/change-password", body).WantCode(403, "MISSING_OR_NULL_ORIGIN")
	ada.Headers.Set("Origin", authtest.Origin)
	ada.Headers.Set("Content-Type", "text/plain")
	ada.Post("/change-password", body).WantCode(415, "UNSUPPORTED_MEDIA_TYPE")
	if !signsIn(s, "ada@example.com", authtest.Password) {
		t.Fatal("a foreign page changed the password")
	}
}

// A session that was revoked does not change the password from its cookie.
func TestRevokedSessionChangesNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp("ada@example.com")
	stolen := ada.Clone()
	ada.Post("/revoke-sessions", authtest.JSON{}).Want(200)
	stolen.Get("/get-session").Want(200, "ada@example.com") // from the cache, for five minutes
	changing(stolen, authtest.Password, next).WantCode(401, "UNAUTHORIZED")
	stolen = ada.Clone()
	stolen.Post("/verify-password", authtest.JSON{"password": authtest.Password}).WantCode(401, "UNAUTHORIZED")
}

func TestVerifyPassword(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	for typed, code := range map[string]string{
		"wrong password": "INVALID_PASSWORD", "": "INVALID_PASSWORD", strings.Repeat("x", 129): "PASSWORD_TOO_LONG",
	} {
		ada.Post("/verify-password", authtest.JSON{"password": typed}).WantCode(400, code)
	}
	ada.Post("/verify-password", authtest.JSON{"password": authtest.Password}).WantBody(200, `{"status":true}`)
	s.Client().Post("/verify-password", authtest.JSON{"password": authtest.Password}).WantCode(401, "UNAUTHORIZED")
	ada.Post("/verify-password", authtest.JSON{"password": 5}).WantCode(400, "VALIDATION_ERROR")
}

// social makes a user without a password and returns a session.
func social(t *testing.T, s *authtest.Server) *core.Current {
	t.Helper()
	c := s.Context()
	u := &core.User{Name: "Ada", Email: "ada@example.com"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	session, err := c.Sessions().Create(u, core.NewSession{})
	if err != nil {
		t.Fatal(err)
	}
	return &core.Current{Session: session, User: u}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		call := core.Call{Session: social(t, s)}
		ada := s.Client()
		ada.Post("/set-password", authtest.JSON{"newPassword": next}).WantBody(404, "")

		set := func(newPassword string, how core.Call) error {
			_, err := core.Invoke(t.Context(), s.Kernel, password.Set, &password.SetInput{NewPassword: newPassword}, how)
			return err
		}
		change := &password.ChangeInput{CurrentPassword: "anything", NewPassword: next}
		_, err := core.Invoke(t.Context(), s.Kernel, password.Change, change, call)
		if !errors.Is(err, core.ErrCredentialAccountNotFound) {
			t.Fatalf("change without a password: %v", err)
		}
		if err := set("short", call); !errors.Is(err, core.ErrPasswordTooShort) {
			t.Fatalf("a short password: %v", err)
		}
		if err := set(next, core.Call{}); !errors.Is(err, core.ErrUnauthorized) {
			t.Fatalf("nobody: %v", err)
		}
		if err := set(next, call); err != nil {
			t.Fatal(err)
		}
		if !signsIn(s, "ada@example.com", next) {
			t.Fatal("the password does not work")
		}
		if err := set("another password", call); !errors.Is(err, core.ErrPasswordAlreadySet) {
			t.Fatalf("a second password: %v", err)
		}
	})
}

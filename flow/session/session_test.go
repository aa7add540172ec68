package session_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/flow/session"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
)

type (
	options = core.Options
	body    = authtest.JSON
)

const (
	sessionToken = "better-auth.session_token"
	sessionData  = "better-auth.session_data"
	dontRemember = "better-auth.dont_remember"

	day = 24 * time.Hour
)

// stores runs a test with sessions in every place they can be kept in.
func stores(t *testing.T, test func(t *testing.T, store func(*options))) {
	t.Helper()
	t.Parallel()
	authtest.Engines(t, test)
	for name, both := range map[string]bool{"secondary": false, "secondary and database": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, func(o *options) {
				o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now})
				o.Session.StoreSessionInDatabase = both
			})
		})
	}
}

func TestSignUpToSignOut(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store)
		s.Client().Get("/get-session").WantBody(200, "null")
		ada := s.SignUp("ada@example.com")
		stolen := ada.Clone()
		ada.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		a := ada.Post("/sign-out", body{}).WantBody(200, `{"success":true}`)
		for _, name := range []string{sessionToken, sessionData, dontRemember} {
			if !a.Cleared(name) {
				t.Errorf("%s is still there", name)
			}
		}
		stolen.Get("/get-session").WantBody(200, "null")
		s.SignIn("ADA@example.com").Get("/get-session").Want(200, `"email":"ada@example.com"`)
		s.Client().Post("/sign-out", nil).WantBody(200, `{"success":true}`)
		s.Client().Post("/sign-out", "null").WantCode(400, "VALIDATION_ERROR")
	})
}

func TestGetSessionAnswer(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store)
		ada := s.SignUp("ada@example.com")
		a := ada.Get("/get-session").Want(200)
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" ||
			a.Header.Get("Content-Type") != "application/json" || len(a.Header.Values("Set-Cookie")) != 0 {
			t.Errorf("%v", a.Header)
		}
		var got, want any
		a.Decode(&got)
		token, _, _ := strings.Cut(ada.Cookie(sessionToken), ".")
		current, err := s.Context().Sessions().Find(token)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(session.GetOutput{Session: current.Session, User: current.User})
		if err != nil || json.Unmarshal(text, &want) != nil || string(text) != a.Body {
			t.Errorf("%s, want %s, %v", a.Body, text, err)
		}
		ada.Post("/get-session", nil).WantCode(405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED")
		ada.Post("/get-session", "not JSON").WantCode(405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED")
	})
}

func TestSessionIsProlonged(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store)
		ada := s.SignUp("ada@example.com")
		expires := func() string { t.Helper(); return ada.Get("/get-session").Want(200).Text("session.expiresAt") }
		first := expires()
		s.Clock.Advance(day - time.Second)
		if got := expires(); got != first {
			t.Errorf("prolonged after less than a day: %s", got)
		}
		s.Clock.Advance(time.Second)
		if got := ada.Get("/get-session?disableRefresh=true").Text("session.expiresAt"); got != first {
			t.Errorf("prolonged against the caller's will: %s", got)
		}
		a := ada.Get("/get-session").Want(200)
		if want := s.Clock.Now().Add(7 * day).Format("2006-01-02T15:04:05.000Z"); a.Text("session.expiresAt") != want {
			t.Errorf("%s, want %s", a.Text("session.expiresAt"), want)
		}
		if line := a.SetCookie(sessionToken); !strings.Contains(line, "Max-Age=604800") {
			t.Errorf("cookie %q", line)
		}
		s.Clock.Advance(7*day - time.Second)
		ada.Get("/get-session").Want(200, "ada@example.com")
		s.Clock.Advance(7 * day)
		ada.Get("/get-session").WantBody(200, "null")
	})
}

func TestExpiredSessionIsRemoved(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine)
		ada := s.SignUp("ada@example.com")
		stolen := ada.Clone()
		stolen.SetCookie(sessionToken, ada.Cookie(sessionToken)) // kept beyond its age
		s.Clock.Advance(7*day + time.Second)
		if a := stolen.Get("/get-session").WantBody(200, "null"); !a.Cleared(sessionToken) {
			t.Errorf("%v", a.Header)
		}
		if n, err := db.Count(t.Context(), s.Adapter(), s.Tables().Sessions.Table); err != nil || n != 0 {
			t.Errorf("%d sessions, %v", n, err)
		}
	})
}

func TestRefreshCanBeDisabled(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *options) { o.Session.DisableSessionRefresh = true })
	ada := s.SignUp("ada@example.com")
	first := ada.Get("/get-session").Text("session.expiresAt")
	s.Clock.Advance(6 * day)
	if got := ada.Get("/get-session").Text("session.expiresAt"); got != first {
		t.Errorf("prolonged: %s", got)
	}
}

func TestRefreshIsDeferred(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store, func(o *options) { o.Session.DeferSessionRefresh = true })
		ada := s.SignUp("ada@example.com")
		first := ada.Get("/get-session").Want(200, `"needsRefresh":false`).Text("session.expiresAt")
		s.Clock.Advance(2 * day)
		a := ada.Get("/get-session").Want(200, `"needsRefresh":true`)
		if a.Text("session.expiresAt") != first || a.SetCookie(sessionToken) != "" {
			t.Errorf("GET has written: %s", a.Body)
		}
		ada.Get("/list-accounts").Want(200)
		ada.Get("/get-session").Want(200, `"needsRefresh":true`)
		a = ada.Post("/get-session", nil).Want(200)
		if a.Text("session.expiresAt") == first || strings.Contains(a.Body, "needsRefresh") || a.SetCookie(sessionToken) == "" {
			t.Errorf("POST has not written: %s", a.Body)
		}
		ada.Get("/get-session").Want(200, `"needsRefresh":false`)
	})
}

func TestTamperedCookies(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp("ada@example.com")
	value := ada.Cookie(sessionToken)
	token, signature, _ := strings.Cut(value, ".")
	eve := s.SignUp("eve@example.com")
	other, _, _ := strings.Cut(eve.Cookie(sessionToken), ".")
	for _, wrong := range []string{token, token + ".", "." + signature, token + "x." + signature, other + "." + signature,
		strings.ToLower(token) + "." + signature, value + "x", strings.TrimSuffix(value, "%3D"), strings.Repeat("x", 6000)} {
		for _, cached := range []bool{false, true} {
			c := s.Client()
			c.SetCookie(sessionToken, wrong)
			if cached {
				c.SetCookie(sessionData, ada.Cookie(sessionData))
			}
			c.Get("/get-session").WantBody(200, "null")
			c.Get("/list-sessions").WantCode(401, "UNAUTHORIZED")
		}
	}
	eve.SetCookie(sessionData, ada.Cookie(sessionData))
	eve.Get("/get-session").Want(200, `"email":"eve@example.com"`)
}

func TestCookieCache(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{core.CacheCompact, core.CacheJWT, core.CacheJWE} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				s := authtest.New(t, engine, func(o *options) {
					o.Session.CookieCache = core.CookieCache{Enabled: true, Strategy: strategy}
				})
				ada := s.SignUp("ada@example.com")
				t.Run("answers without storage", func(t *testing.T) {
					rename(t, s, "ada@example.com", "Grace")
					if a := ada.Get("/get-session").Want(200, `"name":"ada@example.com"`); len(a.Header.Values("Set-Cookie")) > 0 {
						t.Error(a.Header)
					}
					ada.Get("/get-session?disableCookieCache=true").Want(200, `"name":"Grace"`)
					ada.Get("/get-session").Want(200, `"name":"Grace"`)
				})
				t.Run("ends after its time", func(t *testing.T) {
					rename(t, s, "ada@example.com", "Ada")
					old := ada.Cookie(sessionData)
					s.Clock.Advance(5*time.Minute + time.Second)
					ada.SetCookie(sessionData, old)
					ada.Get("/get-session").Want(200, `"name":"Ada"`)
				})
				t.Run("garbage is no failure", func(t *testing.T) {
					good := ada.Cookie(sessionData)
					for _, wrong := range []string{"x", "e30", "a.b.c", "....", good[1:], good[:len(good)-1], good + "x"} {
						ada.SetCookie(sessionData, wrong)
						ada.Get("/get-session").Want(200, "ada@example.com")
					}
				})
				t.Run("does not carry what was revoked", func(t *testing.T) {
					stolen := ada.Clone()
					ada.Post("/sign-out", nil).Want(200)
					stolen.Get("/get-session").Want(200, "ada@example.com") // what a cache means
					stolen.Post("/revoke-other-sessions", nil).WantCode(401, "UNAUTHORIZED")
				})
			})
		})
	}
}

// rename changes a user behind the instance's back.
func rename(t *testing.T, s *authtest.Server, email, name string) {
	t.Helper()
	if _, err := s.Context().Users().Update(s.User(email).ID, s.Tables().Users.Name.To(name)); err != nil {
		t.Fatal(err)
	}
}

func TestCookieCacheVersionAndSwitch(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *options) {
		o.Session.CookieCache = core.CookieCache{Enabled: true, VersionFunc: func(_ *core.Session, u *core.User) string { return u.Name }}
	})
	ada := s.SignUp("ada@example.com")
	if a := ada.Get("/get-session"); a.SetCookie(sessionData) != "" {
		t.Error("the cache does not hold")
	}
	off := authtest.New(t)
	if a := off.SignUp("eve@example.com"); a.Cookie(sessionData) != "" {
		t.Error("a cache nobody asked for")
	}
	eve := off.SignIn("eve@example.com")
	eve.SetCookie(sessionData, ada.Cookie(sessionData))
	eve.SetCookie(sessionData+".0", "x")
	if a := eve.Get("/get-session").Want(200, "eve@example.com"); !a.Cleared(sessionData) || !a.Cleared(sessionData+".0") {
		t.Errorf("%v", a.Header)
	}
}

func TestListAndRevoke(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store)
		ada, eve := s.SignUp("ada@example.com"), s.SignUp("eve@example.com")
		phone, laptop := s.SignIn("ada@example.com"), s.SignIn("ada@example.com")
		token := func(c *authtest.Client) string {
			value, _, _ := strings.Cut(c.Cookie(sessionToken), ".")
			return value
		}
		list := func(c *authtest.Client) int {
			t.Helper()
			var sessions []struct{ Token, UserID string }
			c.Get("/list-sessions").Want(200).Decode(&sessions)
			for _, one := range sessions {
				if one.UserID != s.User("ada@example.com").ID {
					t.Errorf("a session of %s", one.UserID)
				}
			}
			return len(sessions)
		}
		if n := list(ada); n != 3 {
			t.Fatalf("%d sessions", n)
		}
		eve.Post("/revoke-session", body{"token": token(phone)}).WantBody(200, `{"status":true}`)
		eve.Post("/revoke-session", body{"token": "unknown"}).WantBody(200, `{"status":true}`)
		phone.Get("/get-session").Want(200, "ada@example.com")
		if a := ada.Post("/revoke-session", body{"token": token(phone)}).Want(200); a.Cleared(sessionToken) {
			t.Error("the wrong session's cookies were cleared")
		}
		phone.Get("/get-session").WantBody(200, "null")
		ada.Post("/revoke-session", body{}).WantCode(400, "VALIDATION_ERROR")

		ada.Post("/revoke-other-sessions", nil).WantBody(200, `{"status":true}`)
		laptop.Get("/get-session").WantBody(200, "null")
		if n := list(ada); n != 1 {
			t.Fatalf("%d sessions", n)
		}
		if a := ada.Post("/revoke-session", body{"token": token(ada)}).Want(200); !a.Cleared(sessionToken) {
			t.Error("the cookies of the caller's own session are still there")
		}
		s.Clock.Advance(time.Second) // sessions of the same millisecond as a revocation are not told apart
		ada, phone = s.SignIn("ada@example.com"), s.SignIn("ada@example.com")
		stolen := ada.Clone()
		if a := ada.Post("/revoke-sessions", nil).WantBody(200, `{"status":true}`); !a.Cleared(sessionToken) {
			t.Error("the cookies are still there")
		}
		stolen.Get("/get-session").WantBody(200, "null")
		phone.Get("/get-session").WantBody(200, "null")
		eve.Get("/get-session").Want(200, "eve@example.com")
	})
}

func TestWhoMayList(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	for _, path := range []string{"/revoke-sessions", "/revoke-other-sessions", "/update-session", "/revoke-session", "/unlink-account"} {
		s.Client().Post(path, body{"token": "x", "accountId": "x"}).WantBody(401, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
	}
	s.Client().Get("/list-sessions").WantCode(401, "UNAUTHORIZED")
	s.Clock.Advance(day)
	ada.Get("/list-sessions").WantBody(403, `{"message":"Session is not fresh","code":"SESSION_NOT_FRESH"}`)
	ada.Post("/unlink-account", body{"accountId": "x"}).WantCode(403, "SESSION_NOT_FRESH")
}

func TestUpdateSession(t *testing.T) {
	stores(t, func(t *testing.T, store func(*options)) {
		s := authtest.New(t, store, func(o *options) {
			o.Session.AdditionalFields = []core.AdditionalField{{Name: "theme"}, {Name: "device", NoInput: true}}
			o.Session.CookieCache.Enabled = true
		})
		ada := s.SignUp("ada@example.com")
		a := ada.Post("/update-session", body{"theme": "dark", "token": "x", "userId": "y"}).Want(200, `{"session":{`, `"theme":"dark"`)
		if a.SetCookie(sessionToken) == "" || a.SetCookie(sessionData) == "" {
			t.Errorf("%v", a.Header)
		}
		ada.Get("/get-session").Want(200, `"theme":"dark"`)
		ada.Get("/get-session?disableCookieCache=1").Want(200, `"theme":"dark"`)
		ada.Post("/update-session", body{}).WantBody(400, `{"message":"No fields to update"}`)
		ada.Post("/update-session", body{"token": "x"}).WantBody(400, `{"message":"No fields to update"}`)
		ada.Post("/update-session", body{"device": "x"}).WantCode(400, "FIELD_NOT_ALLOWED")
		ada.Post("/update-session", nil).WantBody(400, `{"message":"[body] Invalid input: expected record, received undefined","code":"VALIDATION_ERROR"}`)
		stolen := ada.Clone()
		ada.Post("/sign-out", nil).Want(200)
		if a := stolen.Post("/update-session", body{"theme": "x"}).WantCode(401, "FAILED_TO_GET_SESSION"); !a.Cleared(sessionToken) {
			t.Errorf("%v", a.Header)
		}
	})
}

func TestInProcess(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	out, err := core.Invoke(t.Context(), s.Kernel, session.Get, &session.GetInput{}, core.Call{})
	if out != nil || err != nil {
		t.Errorf("%v, %v", out, err)
	}
	u := s.User("ada@example.com")
	row, err := s.Context().Sessions().Create(u, core.NewSession{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := core.Invoke(t.Context(), s.Kernel, session.List, &session.ListInput{}, core.Call{Session: &core.Current{Session: row, User: u}})
	if err != nil || len(*list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}

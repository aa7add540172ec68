package user_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
)

const gone = `{"success":true,"message":"User deleted"}`

func enabled(o *core.Options) { o.User.DeleteUser.Enabled = true }
func byLink(o *core.Options)  { o.User.DeleteUser.Enabled, o.User.DeleteUser.Verify = true, true }

func remove(c *authtest.Client, body authtest.JSON) *authtest.Answer {
	return c.Post("/delete-user", body)
}

func wherever(t *testing.T, test func(t *testing.T, where func(*core.Options))) {
	t.Helper()
	authtest.Engines(t, test)
	t.Run("secondary storage", func(t *testing.T) {
		t.Parallel()
		test(t, func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) })
	})
}

// left returns how many rows a user has left in the database.
func left(t *testing.T, s *authtest.Server, userID string) int64 {
	t.Helper()
	c, tables := s.Context(), s.Tables()
	users, err := db.Count(c, c.DB(), tables.Users.Table, tables.Users.ID.Eq(userID))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := db.Count(c, c.DB(), tables.Accounts.Table, tables.Accounts.UserID.Eq(userID))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := c.Sessions().List(userID)
	if err != nil {
		t.Fatal(err)
	}
	return users + accounts + int64(len(sessions))
}

func TestDeleteTakesEverything(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, enabled)
		ada, bob := s.SignUp("ada@example.com"), s.SignUp("bob@example.com")
		phone, id := s.SignIn("ada@example.com"), s.User("ada@example.com").ID
		if n := left(t, s, id); n != 4 {
			t.Fatalf("%d rows before, want 4", n)
		}
		a := remove(ada, authtest.JSON{}).WantBody(200, gone)
		for _, name := range []string{"session_token", "session_data", "dont_remember"} {
			if !a.Cleared("better-auth." + name) {
				t.Errorf("%s is not cleared", name)
			}
		}
		if n := left(t, s, id); n != 0 {
			t.Fatalf("%d rows are left", n)
		}
		for _, c := range []*authtest.Client{ada, phone} {
			c.Get("/get-session").WantBody(200, "null")
		}
		bob.Get("/get-session").Want(200, "bob@example.com")
		again := s.SignUp("ada@example.com").Get("/get-session").Want(200)
		if again.Text("user.id") == id {
			t.Error("a new user got the key of the deleted one")
		}
	})
}

func TestDeleteAsksForAProof(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, enabled)
	ada := s.SignUp("ada@example.com")
	s.Clock.Advance(25 * time.Hour)
	remove(ada, authtest.JSON{}).WantCode(400, "SESSION_EXPIRED")
	remove(ada, authtest.JSON{"password": ""}).WantCode(400, "SESSION_EXPIRED")
	remove(ada, authtest.JSON{"password": "wrong password"}).WantCode(400, "INVALID_PASSWORD")
	remove(ada, authtest.JSON{"password": strings.Repeat("x", 129)}).WantCode(400, "PASSWORD_TOO_LONG")
	for _, wrong := range []any{nil, 5, true, []string{"x"}, authtest.JSON{"$ne": ""}} {
		remove(ada, authtest.JSON{"password": wrong}).WantCode(400, "VALIDATION_ERROR")
		remove(ada, authtest.JSON{"token": wrong}).WantCode(400, "VALIDATION_ERROR")
	}
	for _, wrong := range []string{" ", "unknown", "\x00", "0"} {
		remove(ada, authtest.JSON{"token": wrong}).WantCode(404, "INVALID_TOKEN")
	}
	remove(ada, authtest.JSON{"callbackURL": evil, "password": authtest.Password}).WantCode(403, "INVALID_CALLBACK_URL")
	remove(s.Client(), authtest.JSON{"password": authtest.Password}).WantCode(401, "UNAUTHORIZED")
	ada.Post("/delete-user", nil).WantCode(400, "VALIDATION_ERROR")
	ada.Post("/delete-user", authtest.Form{"password": authtest.Password}).WantCode(415, "UNSUPPORTED_MEDIA_TYPE")
	foreign := ada.Clone()
	foreign.Headers.Set("Origin", evil)
	remove(foreign, authtest.JSON{"password": authtest.Password}).WantCode(403, "INVALID_ORIGIN")
	ada.Get("/get-session").Want(200, "ada@example.com")
	remove(ada, authtest.JSON{"password": authtest.Password}).WantBody(200, gone)
}

func TestDeleteSwitchedOff(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	remove(ada, authtest.JSON{"password": authtest.Password}).WantBody(404, "")
	ada.Get("/delete-user/callback?token=x").WantCode(404, "NOT_FOUND")
	ada.Get("/get-session").Want(200, "ada@example.com")
}

func TestDeleteWithoutAPassword(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, enabled)
	ada := s.SignUp("ada@example.com")
	c := s.Context()
	accounts, err := c.Accounts().ByUser(s.User("ada@example.com").ID)
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	if err := c.Accounts().Delete(accounts[0]); err != nil {
		t.Fatal(err)
	}
	remove(ada, authtest.JSON{"password": authtest.Password}).WantCode(400, "CREDENTIAL_ACCOUNT_NOT_FOUND")
}

func TestDeleteByLink(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, byLink)
		ada := s.SignUp("ada@example.com")
		remove(ada, authtest.JSON{"password": "wrong password"}).WantCode(400, "INVALID_PASSWORD")
		remove(ada, authtest.JSON{"callbackURL": "/bye?x=1"}).WantBody(200, `{"success":true,"message":"Verification email sent"}`)
		mail := s.Message(core.MessageDeleteAccount, "ada@example.com")
		want := authtest.Origin + "/api/auth/delete-user/callback?token=" + mail.Token + "&callbackURL=%2Fbye%3Fx%3D1"
		if mail.URL != want || len(mail.Token) != 32 {
			t.Fatalf("the link is %s, want %s", mail.URL, want)
		}
		s.Client().Get(mail.URL).WantCode(404, "FAILED_TO_GET_USER_INFO")
		for _, target := range []string{evil, "//evil.example", "/%5Cevil.example"} {
			ada.Get("/delete-user/callback?token="+mail.Token+"&callbackURL="+target).WantCode(403, "INVALID_CALLBACK_URL")
		}
		ada.Get("/delete-user/callback?token=").WantCode(404, "INVALID_TOKEN")
		ada.Get("/delete-user/callback").WantCode(400, "VALIDATION_ERROR")
		ada.Get("/get-session").Want(200, "ada@example.com")
		a := ada.Get(mail.URL)
		if got := a.Header.Get("Location"); a.Status != 302 || got != "/bye?x=1" || !a.Cleared("better-auth.session_token") {
			t.Fatalf("%d to %s, %v", a.Status, got, a.Header)
		}
		ada.Get(mail.URL).WantCode(404, "FAILED_TO_GET_USER_INFO")
		if a := s.Client().Post("/sign-in/email", authtest.JSON{"email": "ada@example.com", "password": authtest.Password}); a.Status != 401 {
			t.Fatalf("the user still signs in: %d %s", a.Status, a.Body)
		}
	})
}

func TestDeleteByTokenInTheBody(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, byLink)
	ada := s.SignUp("ada@example.com")
	remove(ada, authtest.JSON{}).Want(200)
	token := s.Message(core.MessageDeleteAccount).Token
	remove(ada, authtest.JSON{"token": token}).WantBody(200, gone)
}

// A link opened in the wrong session deletes nobody, and is spent.
func TestDeleteLinkOfSomebodyElse(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, byLink)
		ada, mallory := s.SignUp("ada@example.com"), s.SignUp("mallory@example.com")
		remove(ada, authtest.JSON{}).Want(200)
		link := s.Message(core.MessageDeleteAccount, "ada@example.com").URL
		mallory.Get(link).WantCode(404, "INVALID_TOKEN")
		ada.Get(link).WantCode(404, "INVALID_TOKEN")
		ada.Get("/get-session").Want(200, "ada@example.com")
		mallory.Get("/get-session").Want(200, "mallory@example.com")
	})
}

func TestDeleteLinkExpires(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, byLink)
		ada := s.SignUp("ada@example.com")
		remove(ada, authtest.JSON{}).Want(200)
		link := s.Message(core.MessageDeleteAccount).URL
		s.Clock.Advance(24*time.Hour + time.Second)
		ada.Get(link).WantCode(404, "INVALID_TOKEN")
	})
}

// A session that was revoked deletes nobody from its cookie.
func TestDeleteByARevokedSession(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, byLink, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp("ada@example.com")
	remove(ada, authtest.JSON{}).Want(200)
	link, stolen := s.Message(core.MessageDeleteAccount).URL, ada.Clone()
	ada.Post("/revoke-sessions", authtest.JSON{}).Want(200)
	stolen.Get(link).WantCode(404, "FAILED_TO_GET_USER_INFO")
	remove(stolen, authtest.JSON{"password": authtest.Password}).WantCode(401, "UNAUTHORIZED")
	s.User("ada@example.com")
}

// Of callers who open one link at once one deletes.
func TestRacingDeleteLinks(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		var deletions, redirects atomic.Int64
		s := authtest.New(t, where, byLink, func(o *core.Options) {
			o.User.DeleteUser.AfterDelete = func(*core.Context, *core.User) error {
				deletions.Add(1)
				return nil
			}
		})
		ada := s.SignUp("ada@example.com")
		id := s.User("ada@example.com").ID
		remove(ada, authtest.JSON{}).Want(200)
		link := s.Message(core.MessageDeleteAccount).URL
		const callers = 8
		var ready, done sync.WaitGroup
		ready.Add(callers)
		for range callers {
			c := ada.Clone()
			done.Go(func() {
				ready.Done()
				ready.Wait()
				switch a := c.Get(link); a.Status {
				case 302:
					redirects.Add(1)
				case 404: // the token is spent, or the session is gone already
				default:
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		done.Wait()
		if deletions.Load() != 1 || redirects.Load() != 1 {
			t.Fatalf("%d deletions, %d redirects, want one of each", deletions.Load(), redirects.Load())
		}
		if n := left(t, s, id); n != 0 {
			t.Fatalf("%d rows are left", n)
		}
	})
}

func TestDeleteHooks(t *testing.T) {
	t.Parallel()
	var seen []string
	veto := true
	note := func(what string) func(*core.Context, *core.User) error {
		return func(_ *core.Context, u *core.User) error {
			seen = append(seen, what+" "+u.Email)
			if veto {
				return core.NewError(409, "UNPAID", "There is an unpaid bill")
			}
			return nil
		}
	}
	s := authtest.New(t, enabled, func(o *core.Options) {
		o.User.DeleteUser.BeforeDelete, o.User.DeleteUser.AfterDelete = note("before"), note("after")
		o.DatabaseHooks.User.BeforeDelete, o.DatabaseHooks.User.AfterDelete = note("row before"), note("row after")
	})
	ada := s.SignUp("ada@example.com")
	a := remove(ada, authtest.JSON{}).WantCode(409, "UNPAID")
	if a.Cleared("better-auth.session_token") {
		t.Error("a veto signed the user out")
	}
	ada.Get("/get-session").Want(200, "ada@example.com")
	veto = false
	remove(ada, authtest.JSON{}).WantBody(200, gone)
	want := "before, before, row before, row after, after"
	if got := strings.ReplaceAll(strings.Join(seen, ", "), " ada@example.com", ""); got != want {
		t.Fatalf("hooks: %s, want %s", got, want)
	}
}

// A deletion that fails halfway deletes nothing.
func TestFailedDeleteDeletesNothing(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, enabled, func(o *core.Options) {
			o.DatabaseHooks.Session.BeforeDelete = func(_ *core.Context, session *core.Session) error {
				if session.UserAgent != nil && *session.UserAgent == "kiosk" {
					return errors.New("the kiosk is not to be signed out")
				}
				return nil
			}
		})
		ada := s.SignUp("ada@example.com")
		s.Clock.Advance(time.Second)
		kiosk := s.Client()
		kiosk.Headers.Set("User-Agent", "kiosk")
		kiosk.Post("/sign-in/email", authtest.JSON{"email": "ada@example.com", "password": authtest.Password}).Want(200)
		remove(ada, authtest.JSON{}).WantBody(500, "")
		if n := left(t, s, s.User("ada@example.com").ID); n != 4 {
			t.Fatalf("%d rows are left, want all 4", n)
		}
		ada.Get("/get-session").Want(200, "ada@example.com")
	})
}

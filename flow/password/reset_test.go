package password_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
)

const (
	evil = "https://evil.example"
	next = "a brand new password"
)

const sent = `{"status":true,"message":"If this email exists in our system, check your email for the reset link"}`

// asked has a reset mail sent and returns it.
func asked(t *testing.T, s *authtest.Server, email string) *core.Message {
	t.Helper()
	s.Client().Post("/request-password-reset", authtest.JSON{"email": email}).WantBody(200, sent)
	return s.Message(core.MessageResetPassword, strings.ToLower(email))
}

func reset(s *authtest.Server, token any, password string) *authtest.Answer {
	return s.Client().Post("/reset-password", authtest.JSON{"token": token, "newPassword": password})
}

func signsIn(s *authtest.Server, email, password string) bool {
	a := s.Client().Post("/sign-in/email", authtest.JSON{"email": email, "password": password})
	return a.Status == 200
}

// wherever runs a test over engines, and over verifications in secondary
// storage.
func wherever(t *testing.T, test func(t *testing.T, where func(*core.Options))) {
	t.Helper()
	authtest.Engines(t, test)
	t.Run("secondary storage", func(t *testing.T) {
		t.Parallel()
		test(t, func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) })
	})
}

func TestResetWorksOnce(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		phone := s.SignUp("ada@example.com")
		mail := asked(t, s, "ADA@example.com")
		if want := authtest.Origin + "/api/auth/reset-password/" + mail.Token + "?callbackURL="; mail.URL != want || len(mail.Token) != 24 {
			t.Fatalf("the link is %s, want %s", mail.URL, want)
		}
		a := reset(s, mail.Token, next).WantBody(200, `{"status":true}`)
		if cookies := a.Header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Fatalf("a reset signs in: %q", cookies)
		}
		reset(s, mail.Token, "yet another one").WantCode(400, "INVALID_TOKEN")
		if signsIn(s, "ada@example.com", authtest.Password) || !signsIn(s, "ada@example.com", next) {
			t.Fatal("the old password works, or the new one does not")
		}
		phone.Get("/get-session").Want(200, "ada@example.com")
	})
}

// Of callers who redeem one token at once one wins, and its password counts.
func TestRacingResets(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		s.SignUp("ada@example.com")
		token := asked(t, s, "ada@example.com").Token
		const callers = 8
		passwords := make([]string, callers)
		var won atomic.Int64
		var ready, done sync.WaitGroup
		ready.Add(callers)
		for i := range callers {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				password := next + strings.Repeat("!", i)
				if a := reset(s, token, password); a.Status == 200 {
					won.Add(1)
					passwords[i] = password
				} else {
					a.WantCode(400, "INVALID_TOKEN")
				}
			})
		}
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d of %d won", won.Load(), callers)
		}
		if !signsIn(s, "ada@example.com", strings.Join(passwords, "")) {
			t.Fatal("the winner's password does not count")
		}
	})
}

func TestResetRefuses(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, func(o *core.Options) {
			o.User.DeleteUser.Enabled, o.User.DeleteUser.Verify = true, true
		})
		ada := s.SignUp("ada@example.com")
		token := asked(t, s, "ada@example.com").Token
		ada.Post("/delete-user", authtest.JSON{}).Want(200)
		other := s.Message(core.MessageDeleteAccount).Token
		for _, wrong := range []string{
			"", " ", "0", "null", "[]", "\x00", "%00", token[:23], token + "x", strings.ToLower(token) + "X",
			"reset-password:" + token, other, "delete-account-" + other, strings.Repeat("x", 100_000),
		} {
			reset(s, wrong, next).WantCode(400, "INVALID_TOKEN")
		}
		for _, wrong := range []any{nil, 0, []string{token}, true} {
			reset(s, wrong, next).WantCode(400, "VALIDATION_ERROR")
		}
		s.Client().Post("/reset-password", authtest.JSON{"newPassword": next}).WantCode(400, "INVALID_TOKEN")
		if !signsIn(s, "ada@example.com", authtest.Password) {
			t.Fatal("a refused token changed the password")
		}
		s.Client().Post("/reset-password?token="+token, authtest.JSON{"newPassword": next}).WantBody(200, `{"status":true}`)
	})
}

func TestResetExpires(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		s.SignUp("ada@example.com")
		token := asked(t, s, "ada@example.com").Token
		s.Clock.Advance(time.Hour + time.Second)
		a := s.Client().Get("/reset-password/" + token + "?callbackURL=/new")
		if got := a.Header.Get("Location"); got != authtest.Origin+"/new?error=INVALID_TOKEN" {
			t.Fatalf("an old link leads to %s", got)
		}
		reset(s, token, next).WantCode(400, "INVALID_TOKEN")
	})
}

// Whatever fails leaves the token as it was, the password too, and the
// sessions.
func TestFailedResetLeavesTheToken(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		var broken atomic.Bool
		s := authtest.New(t, engine, func(o *core.Options) {
			o.EmailAndPassword.RevokeSessionsOnReset = true
			o.DatabaseHooks.Account.BeforeUpdate = func(*core.Context, *core.Changes[core.Account]) error {
				if broken.Load() {
					return errors.New("the disk is full")
				}
				return nil
			}
		})
		phone := s.SignUp("ada@example.com")
		token := asked(t, s, "ada@example.com").Token
		reset(s, token, "short").WantCode(400, "PASSWORD_TOO_SHORT")
		reset(s, token, strings.Repeat("x", 129)).WantCode(400, "PASSWORD_TOO_LONG")
		broken.Store(true)
		reset(s, token, next).WantBody(500, "")
		broken.Store(false)
		phone.Get("/get-session").Want(200, "ada@example.com")
		if !signsIn(s, "ada@example.com", authtest.Password) {
			t.Fatal("a reset that failed changed the password")
		}
		reset(s, token, next).WantBody(200, `{"status":true}`)
		phone.Get("/get-session").WantBody(200, "null")
	})
}

// A link dies with any later change of the password.
func TestResetLinkDiesWithThePassword(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where)
		ada := s.SignUp("ada@example.com")
		first, second := asked(t, s, "ada@example.com").Token, asked(t, s, "ada@example.com").Token
		s.Clock.Advance(time.Minute)
		reset(s, second, next).Want(200)
		reset(s, first, "by the first link").WantCode(400, "INVALID_TOKEN")

		third := asked(t, s, "ada@example.com").Token
		s.Clock.Advance(time.Minute)
		ada.Post("/change-password", authtest.JSON{"currentPassword": next, "newPassword": "changed by hand"}).Want(200)
		reset(s, third, "by the third link").WantCode(400, "INVALID_TOKEN")
		if !signsIn(s, "ada@example.com", "changed by hand") {
			t.Fatal("an old link changed the password")
		}
	})
}

func TestResetEndsSessions(t *testing.T) {
	t.Parallel()
	wherever(t, func(t *testing.T, where func(*core.Options)) {
		s := authtest.New(t, where, func(o *core.Options) { o.EmailAndPassword.RevokeSessionsOnReset = true })
		phone, bob := s.SignUp("ada@example.com"), s.SignUp("bob@example.com")
		laptop := s.SignIn("ada@example.com")
		s.Clock.Advance(time.Minute)
		reset(s, asked(t, s, "ada@example.com").Token, next).Want(200)
		for _, c := range []*authtest.Client{phone, laptop} {
			c.Get("/get-session").WantBody(200, "null")
		}
		bob.Get("/get-session").Want(200, "bob@example.com")
	})
}

func TestResetGivesAFirstPassword(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	c := s.Context()
	u := &core.User{Name: "Ada", Email: "ada@example.com"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	if err := c.Accounts().Create(&core.Account{UserID: u.ID, ProviderID: "github", AccountID: "7"}); err != nil {
		t.Fatal(err)
	}
	reset(s, asked(t, s, "ada@example.com").Token, next).Want(200)
	if !signsIn(s, "ada@example.com", next) {
		t.Fatal("the password does not work")
	}
}

func TestResetOfAUserWhoIsGone(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.User.DeleteUser.Enabled = true })
	ada := s.SignUp("ada@example.com")
	token := asked(t, s, "ada@example.com").Token
	ada.Post("/delete-user", authtest.JSON{}).Want(200)
	reset(s, token, next).WantCode(400, "USER_NOT_FOUND")
}

func TestOnPasswordReset(t *testing.T) {
	t.Parallel()
	var told []string
	s := authtest.New(t, func(o *core.Options) {
		o.EmailAndPassword.OnPasswordReset = func(_ *core.Context, u *core.User) error {
			told = append(told, u.Email)
			return nil
		}
	})
	s.SignUp("ada@example.com")
	token := asked(t, s, "ada@example.com").Token
	reset(s, token, "short").WantCode(400, "PASSWORD_TOO_SHORT")
	reset(s, token, next).Want(200)
	reset(s, token, next).WantCode(400, "INVALID_TOKEN")
	if strings.Join(told, " ") != "ada@example.com" {
		t.Fatalf("told of %q, want one reset", told)
	}
}

// Known and unknown addresses differ in nothing but the mailbox: the token is
// stored and the mail sent behind the answer.
func TestRequestTellsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := authtest.New(t, func(o *core.Options) {
			o.Advanced.OutboundMinResponseTime = 200 * time.Millisecond
			o.DatabaseHooks.Verification.BeforeCreate = func(*core.Context, *core.Verification) error {
				time.Sleep(3 * time.Second)
				return nil
			}
		})
		s.SignUp("ada@example.com")
		for _, email := range []string{"ada@example.com", "nobody@example.com"} {
			began := time.Now()
			var a *authtest.Answer
			if work := s.Hasher.Work(func() {
				a = s.Client().Post("/request-password-reset", authtest.JSON{"email": email})
			}); work != 0 {
				t.Errorf("%s: %d passwords hashed", email, work)
			}
			a.WantBody(200, sent)
			if took := time.Since(began); took != 200*time.Millisecond {
				t.Errorf("%s: %v, want 200ms", email, took)
			}
		}
		s.Message(core.MessageResetPassword, "ada@example.com")
		s.NoMessage()
	})
}

func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	c := s.Client()
	for _, target := range []any{evil, "//evil.example", "/\\evil.example", "relative", "javascript:alert(1)", "http://auth.test.evil.example"} {
		c.Post("/request-password-reset", authtest.JSON{"email": "ada@example.com", "redirectTo": target}).WantCode(403, "INVALID_REDIRECT_URL")
	}
	for _, email := range []any{nil, "", 1, []string{"ada@example.com"}, "a@evil.test,ada@example.com", "ada@example.com\nbcc:e@evil.test"} {
		c.Post("/request-password-reset", authtest.JSON{"email": email}).WantCode(400, "VALIDATION_ERROR")
	}
	for _, origin := range []string{evil, "null"} {
		c.Headers.Set("Origin", origin)
		if a := c.Post("/request-password-reset", authtest.JSON{"email": "ada@example.com"}); a.Status != 403 {
			t.Fatalf("a page of %s made a browser send a mail: %d %s", origin, a.Status, a.Body)
		}
	}
	s.NoMessage()
	for _, off := range []func(*core.Options){
		func(o *core.Options) { o.EmailAndPassword.DisablePasswordReset = true },
		func(o *core.Options) { o.Deliver = nil },
	} {
		authtest.New(t, off).Client().Post("/request-password-reset", authtest.JSON{"email": "ada@example.com"}).
			WantCode(400, "RESET_PASSWORD_DISABLED")
	}
}

// No header of a request makes its way into the link.
func TestLinkKeepsTheConfiguredHost(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	for _, header := range []string{"X-Forwarded-Host", "X-Original-Host", "X-Host", "Forwarded"} {
		c := s.Client()
		c.Headers.Set(header, "evil.example")
		c.Headers.Set("X-Forwarded-Proto", "https")
		c.Post("/request-password-reset", authtest.JSON{"email": "ada@example.com"}).Want(200)
		if mail := s.Message(core.MessageResetPassword); !strings.HasPrefix(mail.URL, authtest.Origin+"/api/auth/") {
			t.Fatalf("%s: the link is %s", header, mail.URL)
		}
	}
}

func TestResetLink(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	token := asked(t, s, "ada@example.com").Token
	for target, want := range map[string]string{
		"/new":                         "/new?token=" + token,
		"/new?x=1":                     "/new?x=1&token=" + token,
		"/new?x=1#part":                "/new?x=1&token=" + token + "#part",
		"/new?token=other":             "/new?token=" + token,
		"/new?token=a&y=%26+b&token=c": "/new?token=" + token + "&y=%26+b",
		authtest.Origin:                "/?token=" + token,
		authtest.Origin + "/abs?y=2#f": "/abs?y=2&token=" + token + "#f",
	} {
		a := s.Client().Get("/reset-password/" + token + "?callbackURL=" + url.QueryEscape(target))
		if got := a.Header.Get("Location"); a.Status != 302 || got != authtest.Origin+want {
			t.Errorf("%s: %d to %s, want %s", target, a.Status, got, want)
		}
	}
	s.Client().Get("/reset-password/"+token).WantCode(400, "VALIDATION_ERROR")
	for _, unknown := range []string{"unknown", "%00", "%20"} {
		a := s.Client().Get("/reset-password/" + unknown + "?callbackURL=/new")
		if got := a.Header.Get("Location"); got != authtest.Origin+"/new?error=INVALID_TOKEN" {
			t.Errorf("%s leads to %s", unknown, got)
		}
	}
	a := s.Client().Get("/reset-password/" + token + "?callbackURL=")
	if got := a.Header.Get("Location"); got != authtest.Origin+"/api/auth/error?error=INVALID_TOKEN" {
		t.Errorf("without a page the link leads to %s", got)
	}
	for _, target := range []string{evil, "//evil.example", "/\\evil.example", "/%2fevil.example", "javascript:alert(1)"} {
		s.Client().Get("/reset-password/"+token+"?callbackURL="+url.QueryEscape(target)).WantCode(403, "INVALID_CALLBACK_URL")
	}
	reset(s, token, next).Want(200)
}

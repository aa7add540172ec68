package twofactor_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

func TestMF09(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, victim := enrolled(t, s, email)
		_, own := enrolled(t, s, "eve@example.com")
		s.Clock.Advance(period)
		c := halfway(s, email)
		c.Post("/two-factor/verify-totp", j{"code": own.code(), "userId": s.User("eve@example.com").ID, "email": "eve@example.com"}).
			WantCode(401, "INVALID_CODE")
		c.Post("/sign-in/email", j{"email": "eve@example.com", "password": authtest.Password}).Want(200, "twoFactorRedirect")
		c.Post("/two-factor/verify-totp", j{"code": victim.code()}).WantCode(401, "INVALID_CODE")
		c.Post("/two-factor/verify-totp", j{"code": own.code()}).Want(200, "eve@example.com")
		forged := s.Client()
		forged.SetCookie(challenge, url.QueryEscape("2fa-AAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
		forged.Post("/two-factor/verify-totp", j{"code": victim.later()}).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
	})
}

func TestMF10(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		a := started(t, s, c)
		if !signedIn(s.SignIn(email)) {
			t.Error("a secret that was never proven is asked for")
		}
		c.Post("/two-factor/enable", j{"password": authtest.Password, "method": "otp"}).Want(200)
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": a.code()}).WantCode(400, "TOTP_NOT_ENABLED")
	})
}

func TestMF11(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c, a := enrolled(t, s, email)
		c.Post("/two-factor/enable", j{"password": authtest.Password}).WantCode(400, "TOTP_ALREADY_ENABLED")
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": a.later()}).Want(200)
		halfway(s, email).Post("/two-factor/verify-backup-code", j{"code": a.backup[0]}).Want(200)
		// Racing callers of enable leave one secret.
		d := s.SignUp("bob@example.com")
		clients := make([]*client, 64)
		for i := range clients {
			clients[i] = d.Clone()
		}
		race(func(i int) bool {
			return clients[i].Post("/two-factor/enable", j{"password": authtest.Password}).Status == 200
		})
		b := started(t, s, d)
		d.Post("/two-factor/verify-totp", j{"code": b.code()}).Want(200)
		halfway(s, "bob@example.com").Post("/two-factor/verify-totp", j{"code": b.later()}).Want(200)
	})
}

func TestMF12(t *testing.T) {
	both(t, twofactor.Options{AllowPasswordless: true}, func(t *testing.T, s *server) {
		signed, _ := enrolled(t, s, email)
		c := halfway(s, email)
		for _, path := range []string{"/two-factor/disable", "/two-factor/generate-backup-codes", "/two-factor/get-totp-uri",
			"/two-factor/enable", "/change-password", "/update-user"} {
			c.Post(path, j{"password": authtest.Password, "currentPassword": authtest.Password, "newPassword": "a brand new password"}).
				Want(401)
			signed.Clone().Post(path, j{"password": "wrong password", "currentPassword": "wrong password",
				"newPassword": "a brand new password"}).Want(400)
		}
	})
}

func TestMF13(t *testing.T) {
	both(t, twofactor.Options{Lockout: twofactor.Lockout{Disable: true}}, func(t *testing.T, s *server) {
		enrolled(t, s, email)
		for _, path := range []string{"/two-factor/verify-totp", "/two-factor/verify-otp", "/two-factor/verify-backup-code"} {
			c := halfway(s, email)
			for _, body := range []string{`{}`, `{"code":null}`, `{"code":[]}`, `{"code":{"$ne":1}}`, `{"code":0}`, `{"trustDevice":true}`, `[]`, ``} {
				if got := c.Post(path, body); got.Status != 400 {
					t.Errorf("%s %s: %d %s", path, body, got.Status, got.Body)
				}
			}
			c.Post("/two-factor/send-otp", nil)
			if got := c.Post(path, `{"code":""}`); got.Status < 400 || got.Status > 401 {
				t.Errorf("%s with no code: %d", path, got.Status)
			}
			c.Get(path).Want(404)
			if signedIn(c) {
				t.Fatalf("%s signed in", path)
			}
		}
	})
}

// Enrolment makes no session fresh.
func TestMF14(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		made := c.Get("/get-session").Text("session.createdAt")
		s.Clock.Advance(23 * time.Hour)
		c.Post("/two-factor/verify-totp", j{"code": started(t, s, c).code()}).Want(200)
		if got := c.Get("/get-session").Text("session.createdAt"); got != made {
			t.Errorf("the session was made %s, now it says %s", made, got)
		}
		c.Post("/two-factor/disable", j{"password": authtest.Password}).Want(200)
		if got := c.Get("/get-session").Text("session.createdAt"); got != made {
			t.Errorf("after disable: made %s, now it says %s", made, got)
		}
	})
}

func TestMF16(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		s.Clock.Advance(10 * period)
		for offset, want := range map[time.Duration]int{-2: 401, 2: 401, -1: 200, 1: 200} {
			s.Clock.Advance(10 * period)
			s.Clock.Advance(offset * period)
			code := a.code()
			s.Clock.Advance(-offset * period)
			halfway(s, email).Post("/two-factor/verify-totp", j{"code": code}).Want(want)
		}
		c := halfway(s, email)
		c.Post("/two-factor/send-otp", nil).Want(200)
		code := s.Message(twofactor.MessageOTP).Code
		s.Clock.Advance(3*time.Minute + time.Second)
		c.Post("/two-factor/verify-otp", j{"code": code}).WantCode(400, "OTP_HAS_EXPIRED")
	})
}

func TestMF17(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		_, other := enrolled(t, s, "eve@example.com")
		s.Clock.Advance(period)
		signIn := func(c *client, email string) bool {
			return !strings.Contains(c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200).Body, "twoFactorRedirect")
		}
		eve := halfway(s, "eve@example.com")
		eve.Post("/two-factor/verify-totp", j{"code": other.code(), "trustDevice": true}).Want(200)
		c := halfway(s, email)
		c.Post("/two-factor/verify-totp", j{"code": a.code(), "trustDevice": true}).Want(200)
		first := c.Cookie(trusted)

		if !signIn(c, email) || c.Cookie(trusted) == first {
			t.Fatal("a trusted device is asked, or keeps its proof")
		}
		for name, value := range map[string]string{"used": first, "another's": eve.Cookie(trusted),
			"unsigned": "x!trust-device-y", "edited": strings.Replace(c.Cookie(trusted), "!", "!x", 1)} {
			thief := s.Client()
			thief.SetCookie(trusted, value)
			if signIn(thief, email) {
				t.Errorf("the %s proof was taken", name)
			}
		}
		// Both devices stop being trusted when one of them disables.
		d := halfway(s, email)
		d.Post("/two-factor/verify-totp", j{"code": a.later(), "trustDevice": true}).Want(200)
		d.Post("/two-factor/disable", j{"password": authtest.Password}).Want(200)
		if d.Cookie(trusted) != "" {
			t.Error("the proof stays in the browser")
		}
		b := started(t, s, d)
		d.Post("/two-factor/verify-totp", j{"code": b.code()}).Want(200)
		if signIn(c, email) {
			t.Error("another device is trusted after the second factor was set up anew")
		}
		s.Clock.Advance(time.Millisecond)
		c.Post("/two-factor/verify-totp", j{"code": b.later(), "trustDevice": true}).Want(200)
		if !signIn(c, email) {
			t.Error("a device cannot be trusted again")
		}
		s.Clock.Advance(30*24*time.Hour + time.Second)
		if signIn(c, email) {
			t.Error("trust does not end")
		}
	})
}

func TestMF18(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		signed, a := enrolled(t, s, email)
		clients := make([]*client, 64)
		for i := range clients {
			clients[i] = signed.Clone()
		}
		if won := race(func(i int) bool {
			return clients[i].Post("/two-factor/verify-backup-code", j{"code": a.backup[0]}).Status == 200
		}); won != 1 {
			t.Errorf("one backup code worked %d times", won)
		}
		for _, path := range []string{"/get-session", "/list-sessions", "/list-accounts"} {
			body := signed.Get(path).Body
			for _, hidden := range []string{"backupCodes", `"secret"`, a.backup[1], a.secret} {
				if strings.Contains(body, hidden) {
					t.Errorf("%s shows %s", path, hidden)
				}
			}
		}
	})
}

// Server-only endpoints have no route.
func TestAK14(t *testing.T) {
	both(t, twofactor.Options{}, func(_ *testing.T, s *server) {
		c, _ := enrolled(t, s, email)
		for _, path := range []string{"/two-factor/view-backup-codes", "/two-factor/generate-totp", "/totp/generate", "/viewBackupCodes"} {
			c.Post(path, j{"userId": s.User(email).ID, "secret": "x"}).Want(404)
		}
	})
}

// Clients cannot say that they have a second factor, or have none.
func TestAK15(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c := s.Client()
		c.Post("/sign-up/email", j{"name": "x", "email": email, "password": authtest.Password, "twoFactorEnabled": true})
		c.Get("/get-session").Want(200, `"twoFactorEnabled":false`)
		a := started(t, s, c)
		c.Post("/two-factor/verify-totp", j{"code": a.code()}).Want(200)
		c.Post("/update-user", j{"twoFactorEnabled": false})
		c.Post("/update-user", j{"twoFactorEnabled": true}).WantCode(400, "FIELD_NOT_ALLOWED")
		c.Get("/get-session").Want(200, `"twoFactorEnabled":true`)
	})
}

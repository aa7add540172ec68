package twofactor_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

func TestEnrolAndSignIn(t *testing.T) {
	both(t, twofactor.Options{Issuer: "My App", TOTP: twofactor.TOTPOptions{Issuer: "Again"}}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		old := c.Clone()
		a := started(t, s, c)
		c.Get("/get-session").Want(200, `"twoFactorEnabled":false`)
		c.Post("/two-factor/verify-totp", j{"code": a.wrong()}).WantCode(401, "INVALID_CODE")
		answer := c.Post("/two-factor/verify-totp", j{"code": a.code()}).Want(200, `"twoFactorEnabled":false`) // as before
		if token := answer.Text("token"); !strings.HasPrefix(c.Cookie(session), token) {
			t.Errorf("the answer names token %q, the cookie is %q", token, c.Cookie(session))
		}
		if signedIn(old) {
			t.Error("the session from before the second factor still holds")
		}

		d := s.Client()
		redirect := d.Post("/sign-in/email", j{"email": email, "password": authtest.Password})
		redirect.WantBody(200, `{"twoFactorRedirect":true,"twoFactorMethods":["totp","otp"]}`)
		if !redirect.Cleared(session) || !strings.Contains(redirect.SetCookie(challenge), "Max-Age=600;") {
			t.Errorf("cookies: %q", redirect.Header.Values("Set-Cookie"))
		}
		d.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(200, `"token":`, email)
		if !signedIn(d) || d.Cookie(challenge) != "" {
			t.Error("the second factor did not sign in")
		}
		d.Post("/two-factor/get-totp-uri", j{"password": authtest.Password}).Want(200, "otpauth://totp/Again:ada%40example.com?secret=", "issuer=Again", "&digits=6&period=30")
		d.Post("/two-factor/get-totp-uri", j{"password": "wrong password"}).WantCode(400, "INVALID_PASSWORD")
	})
}

func TestCodesByMail(t *testing.T) {
	for _, store := range []twofactor.Store{twofactor.Plain, twofactor.Encrypted, twofactor.Hashed} {
		t.Run(string(store), func(t *testing.T) {
			both(t, twofactor.Options{OTP: twofactor.OTPOptions{Store: store}}, func(t *testing.T, s *server) {
				c := s.SignUp(email)
				c.Post("/two-factor/enable", j{"password": authtest.Password, "method": "otp"}).WantBody(200, `{"method":"otp"}`)
				d := halfway(s, email)
				d.Post("/two-factor/verify-otp", j{"code": "123456"}).WantCode(400, "OTP_HAS_EXPIRED")
				d.Post("/two-factor/send-otp", nil).WantBody(200, `{"status":true}`)
				first := s.Message(twofactor.MessageOTP, email).Code
				d.Post("/two-factor/send-otp", j{}).Want(200)
				code := s.Message(twofactor.MessageOTP, email).Code
				if first != code {
					d.Post("/two-factor/verify-otp", j{"code": first}).WantCode(401, "INVALID_CODE")
				}
				d.Post("/two-factor/verify-otp", j{"code": code}).Want(200, `"token":`)
				if !signedIn(d) {
					t.Error("not signed in")
				}
				d.Post("/two-factor/generate-backup-codes", j{"password": authtest.Password}).WantCode(400, "TWO_FACTOR_NOT_ENABLED")
				d.Post("/two-factor/get-totp-uri", j{"password": authtest.Password}).WantCode(400, "TOTP_NOT_ENABLED")
				halfway(s, email).Post("/two-factor/verify-totp", j{"code": "123456"}).WantCode(400, "TOTP_NOT_ENABLED")
				halfway(s, email).Post("/two-factor/verify-backup-code", j{"code": "x"}).WantCode(400, "BACKUP_CODES_NOT_ENABLED")
				started(t, s, d) // a secret can follow
			})
		})
	}
}

func TestCodeByMailEnables(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		c.Post("/two-factor/send-otp", nil).Want(200)
		code := s.Message(twofactor.MessageOTP).Code
		c.Post("/two-factor/verify-otp", j{"code": code}).Want(200, `"twoFactorEnabled":true`)
		halfway(s, email)
	})
}

func TestBackupCodes(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c, a := enrolled(t, s, email)
		if len(a.backup) != 10 || len(a.backup[0]) != 11 || a.backup[0][5] != '-' {
			t.Fatalf("backup codes: %q", a.backup)
		}
		d := halfway(s, email)
		d.Post("/two-factor/verify-backup-code", j{"code": "wrong-code1"}).WantCode(401, "INVALID_BACKUP_CODE")
		d.Post("/two-factor/verify-backup-code", j{"code": a.backup[3], "disableSession": true}).Want(200, email)
		if signedIn(d) {
			t.Error("disableSession signed in")
		}
		halfway(s, email).Post("/two-factor/verify-backup-code", j{"code": a.backup[3]}).WantCode(401, "INVALID_BACKUP_CODE")
		halfway(s, email).Post("/two-factor/verify-backup-code", j{"code": a.backup[4]}).Want(200, `"token":`)
		in := &twofactor.ViewBackupCodesInput{UserID: s.User(email).ID}
		out, err := core.Invoke(t.Context(), s.Kernel, twofactor.ViewBackupCodes, in, core.Call{})
		if err != nil || len(out.BackupCodes) != 8 {
			t.Errorf("ViewBackupCodes: %v, %v; want 8 codes", out, err)
		}
		c.Post("/two-factor/generate-backup-codes", j{"password": "wrong password"}).WantCode(400, "INVALID_PASSWORD")
		c.Post("/two-factor/generate-backup-codes", j{"password": authtest.Password}).Want(200, `"status":true`)
		halfway(s, email).Post("/two-factor/verify-backup-code", j{"code": a.backup[5]}).WantCode(401, "INVALID_BACKUP_CODE")
	})
}

func TestDisable(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		c, _ := enrolled(t, s, email)
		c.Post("/two-factor/disable", j{"password": "wrong password"}).WantCode(400, "INVALID_PASSWORD")
		c.Post("/two-factor/disable", j{}).Want(400, "[body.password] Invalid input: expected string, received undefined")
		old := c.Clone()
		c.Post("/two-factor/disable", j{"password": authtest.Password}).WantBody(200, `{"status":true}`)
		if !signedIn(c) || signedIn(old) {
			t.Error("the session was not replaced")
		}
		if !signedIn(s.SignIn(email)) {
			t.Error("a second factor is still asked for")
		}
	})
}

func TestPasswordless(t *testing.T) {
	both(t, twofactor.Options{AllowPasswordless: true}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		c.Post("/two-factor/enable", j{}).WantCode(400, "INVALID_PASSWORD")
		a := s.Context().Tables().Accounts
		account, err := s.Context().Accounts().Credential(s.User(email).ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Context().Accounts().Update(account.ID, a.Password.ToNull()); err != nil {
			t.Fatal(err)
		}
		c.Post("/two-factor/enable", j{}).Want(200, "totpURI")
		s.Clock.Advance(25 * time.Hour)
		c.Post("/two-factor/enable", j{}).WantCode(403, "SESSION_NOT_FRESH")
	})
}

func TestSkipVerification(t *testing.T) {
	both(t, twofactor.Options{SkipVerificationOnEnable: true}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		a := started(t, s, c)
		if !signedIn(c) {
			t.Error("the session is gone")
		}
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": a.code()}).Want(200)
	})
}

func TestSwitchedOff(t *testing.T) {
	off := twofactor.Options{TOTP: twofactor.TOTPOptions{Disable: true}, OTP: twofactor.OTPOptions{Disable: true}}
	both(t, off, func(_ *testing.T, s *server) {
		c := s.SignUp(email)
		c.Post("/two-factor/enable", j{"password": authtest.Password}).WantCode(400, "TOTP_NOT_CONFIGURED")
		c.Post("/two-factor/enable", j{"password": authtest.Password, "method": "otp"}).WantCode(400, "OTP_NOT_CONFIGURED")
		c.Post("/two-factor/send-otp", nil).Want(400, "otp isn't configured")
		c.Post("/two-factor/verify-totp", j{"code": "1"}).Want(400, "totp isn't configured")
	})
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]twofactor.Options{
		"digits":  {TOTP: twofactor.TOTPOptions{Digits: 9}},
		"period":  {TOTP: twofactor.TOTPOptions{Period: time.Millisecond}},
		"lockout": {Lockout: twofactor.Lockout{MaxFailedAttempts: -1}},
		"store":   {OTP: twofactor.OTPOptions{Store: "rot13"}},
		"hashed":  {BackupCodes: twofactor.BackupCodeOptions{Store: twofactor.Hashed}},
		"short":   {BackupCodes: twofactor.BackupCodeOptions{Length: 3}},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, Database: memory.New(), Plugins: []core.Plugin{twofactor.New(o)}})
		if err == nil || !strings.Contains(err.Error(), "twofactor: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The session that ends with the browser still does after the second factor.
func TestDontRemember(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		c := s.Client()
		c.Post("/sign-in/email", j{"email": email, "password": authtest.Password, "rememberMe": false}).Want(200, "twoFactorRedirect")
		c.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(200)
		if !signedIn(c) {
			t.Fatal("not signed in")
		}
		c.CloseBrowser()
		if signedIn(c) {
			t.Error("the session outlived the browser")
		}
	})
}

func TestRateLimit(t *testing.T) {
	on := true
	both(t, twofactor.Options{}, func(_ *testing.T, s *server) {
		c := s.Client()
		c.Headers.Set("X-Forwarded-For", "203.0.113.9")
		for range 3 {
			c.Post("/two-factor/verify-totp", j{"code": "1"}).Want(http.StatusUnauthorized)
		}
		c.Post("/two-factor/verify-totp", j{"code": "1"}).Want(http.StatusTooManyRequests)
	}, func(o *core.Options) { o.RateLimit.Enabled = &on })
}

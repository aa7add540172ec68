package integration_test

import (
	"net/http"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv/redis"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

// TestRacingCodes has many callers type a code at once. One of those who type
// the right one within the allowed attempts is let in, however many are beyond
// them; and no more wrong ones are looked at than are allowed.
func TestRacingCodes(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(t *testing.T) change{
		"sqlite":   func(t *testing.T) change { return authtest.SQLite(t) },
		"postgres": func(t *testing.T) change { return func(o *core.Options) { o.Database = openPostgres(t)() } },
		"redis": func(t *testing.T) change {
			return func(o *core.Options) { o.SecondaryStorage = openRedis(t, redis.Options{}) }
		},
		"sqlite beside redis": func(t *testing.T) change {
			file := authtest.SQLite(t)
			return func(o *core.Options) {
				file(o)
				o.SecondaryStorage, o.Verification.StoreInDatabase = openRedis(t, redis.Options{}), true
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := authtest.New(t, where(t), func(o *core.Options) {
				o.Plugins = append(o.Plugins, emailotp.New(emailotp.Options{AllowedAttempts: 3}),
					twofactor.New(twofactor.Options{Lockout: twofactor.Lockout{MaxFailedAttempts: 1000}}))
			})
			s.SignUp("ada@example.com")
			raceCode(t, &code{allowed: 3, wrong: http.StatusBadRequest, alike: true, ask: func() (string, func(string) *authtest.Answer) {
				s.Client().Post("/email-otp/send-verification-otp", authtest.JSON{"email": "ada@example.com", "type": "sign-in"}).Want(200)
				return s.Message(emailotp.Message).Code, func(typed string) *authtest.Answer {
					return s.Client().Post("/sign-in/email-otp", authtest.JSON{"email": "ada@example.com", "otp": typed})
				}
			}})
			ada := s.SignUp("bob@example.com")
			ada.Post("/two-factor/enable", authtest.JSON{"password": authtest.Password, "method": "otp"}).Want(200)
			raceCode(t, &code{allowed: 5, wrong: http.StatusUnauthorized, ask: func() (string, func(string) *authtest.Answer) {
				c := s.Client()
				c.Post("/sign-in/email", authtest.JSON{"email": "bob@example.com", "password": authtest.Password}).Want(200, "twoFactorRedirect")
				c.Post("/two-factor/send-otp", nil).Want(200)
				return s.Message(twofactor.MessageOTP).Code, func(typed string) *authtest.Answer {
					return c.Clone().Post("/two-factor/verify-otp", authtest.JSON{"code": typed})
				}
			}})
		})
	}
}

// code is a kind of code that is mailed.
type code struct {
	allowed int  // attempts
	wrong   int  // the status of a guess that was looked at
	alike   bool // a guess that was not looked at is answered as one that was
	ask     func() (right string, guess func(string) *authtest.Answer)
}

func raceCode(t *testing.T, k *code) {
	t.Helper()
	for range 5 {
		right, guess := k.ask()
		for range k.allowed - 1 {
			guess(other(right)).Want(k.wrong, "INVALID_")
		}
		if got := race(24, func(int) *authtest.Answer { return guess(right) }); got[http.StatusOK] != 1 {
			t.Errorf("the right code, typed often at once: %v", got)
		}
	}
	right, guess := k.ask()
	looked := make(chan bool, 24)
	race(24, func(int) *authtest.Answer {
		a := guess(other(right))
		looked <- a.Status == k.wrong && (a.Text("code") == "INVALID_CODE" || a.Text("code") == "INVALID_OTP")
		return a
	})
	n := 0
	for range 24 {
		if <-looked {
			n++
		}
	}
	if n < k.allowed || n > k.allowed && !k.alike {
		t.Errorf("%d wrong codes were looked at, %d are allowed", n, k.allowed)
	}
	if a := guess(right); a.Status == http.StatusOK {
		t.Error("the code is good after too many guesses")
	}
}

// other is a code that is not this one.
func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

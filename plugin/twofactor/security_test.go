package twofactor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

func cached(o *core.Options) { o.Session.CookieCache.Enabled = true }

// Nothing that the password step sets is worth anything, and no session is left.
func TestMF01(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		enrolled(t, s, email)
		before := sessions(t, s)
		c := s.Client()
		answer := c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
		thief := s.Client()
		for _, line := range answer.Header.Values("Set-Cookie") {
			pair, _, _ := strings.Cut(line, ";")
			name, value, _ := strings.Cut(pair, "=")
			thief.SetCookie(name, value)
			one := s.Client()
			one.SetCookie(name, value)
			for _, path := range []string{"/get-session", "/list-sessions"} {
				for _, with := range []*client{one, thief} {
					if got := with.Get(path); got.Status == 200 && got.Body != "null" {
						t.Errorf("%s with %s: %s", path, name, got.Body)
					}
				}
			}
			thief.Post("/update-user", j{"name": "x"}).Want(401)
		}
		if after := sessions(t, s); after != before {
			t.Errorf("%d sessions, %d before", after, before)
		}
		var body map[string]any
		answer.Decode(&body)
		if len(body) != 2 {
			t.Errorf("the answer tells %v", body)
		}
	}, cached)
}

func sessions(t *testing.T, s *server) int {
	t.Helper()
	list, err := s.Context().Sessions().List(s.User(email).ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// leaky copies the new session's token into a header, as plugins do.
type leaky struct{}

func (leaky) ID() string { return "leaky" }

func (leaky) Register(r *core.Registrar) error {
	r.After(core.EveryPath, func(c *core.Context, _ *core.Result) error {
		if current := c.NewSession(); current != nil {
			c.ResponseHeader().Set("Set-Auth-Token", current.Session.Token)
		}
		return nil
	})
	return nil
}

// Hooks of other plugins and of the application see no session before the second factor,
// whatever the order.
func TestMF02(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		c := s.Client()
		answer := c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200, "twoFactorRedirect")
		if got := answer.Header.Get("Set-Auth-Token"); got != "" {
			t.Errorf("the token left in a header: %s", got)
		}
		if got := answer.Header.Get("App-Token"); got != "" {
			t.Errorf("the application saw a session: %s", got)
		}
		if c.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(200).Header.Get("Set-Auth-Token") == "" {
			t.Error("hooks do not see the session after the second factor")
		}
	}, func(o *core.Options) {
		o.Plugins = append([]core.Plugin{leaky{}}, o.Plugins...)
		o.Hooks.After = func(c *core.Context, _ *core.Result) error {
			if c.NewSession() != nil && strings.HasPrefix(c.Path(), "/sign-in") {
				c.ResponseHeader().Set("App-Token", "seen")
			}
			return nil
		}
	})
}

// The ways to sign in that ask, and the endpoint an application adds.
func TestMF03(t *testing.T) {
	asked := map[string]bool{"/sign-in/email": true, "/sign-in/username": true, "/sign-in/phone-number": true,
		"/sign-in/email-otp": false, "/magic-link/verify": false, "/sign-in/social": false, "/callback/google": false,
		"/passkey/verify-authentication": false, "/verify-email": false, "/sso/callback/acme": false, "/own/sign-in": false}
	check := func(asked map[string]bool) func(t *testing.T, s *server) {
		return func(t *testing.T, s *server) {
			enrolled(t, s, email)
			for path, want := range asked {
				if path == "/sign-in/email" || path == "/verify-email" || path == "/sign-in/social" || strings.HasPrefix(path, "/callback") {
					continue // the instance's own; below
				}
				got := s.Client().Post(path, j{})
				if asks := strings.Contains(got.Body, "twoFactorRedirect"); asks != want {
					t.Errorf("%s asks: %v, want %v: %s", path, asks, want, got.Body)
				}
			}
			halfway(s, email)
		}
	}
	with := func(o *core.Options) { o.Plugins = append(o.Plugins, doors(asked)) }
	t.Run("reference", func(t *testing.T) { both(t, twofactor.Options{}, check(asked), with) })
	all := map[string]bool{"/passkey/verify-authentication": true, "/own/sign-in": true, "/magic-link/verify": false}
	t.Run("more", func(t *testing.T) {
		both(t, twofactor.Options{SignInPaths: []string{"/sign-in/email", "/passkey/verify-authentication", "/own/sign-in"}}, check(all), with)
	})
}

// doors are endpoints that sign the user in without asking anything.
type doors map[string]bool

func (doors) ID() string { return "doors" }

func (d doors) Register(r *core.Registrar) error {
	for path := range d {
		switch path {
		case "/sign-in/email", "/verify-email", "/sign-in/social", "/callback/google":
			continue
		}
		core.Post(r, core.Ref[twofactor.SendOTPInput, core.Status](path), path,
			func(c *core.Context, _ *twofactor.SendOTPInput) (*core.Status, error) {
				u, err := c.Users().ByEmail(email)
				if err != nil {
					return nil, err
				}
				_, err = c.SignIn(u, core.NewSession{})
				return &core.Status{Status: true}, err
			}, core.Op{})
	}
	return nil
}

func TestMF04(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		c := halfway(s, email)
		copied := c.Clone()
		for range 5 {
			c.Post("/two-factor/verify-totp", j{"code": a.wrong()}).WantCode(401, "INVALID_CODE")
		}
		answer := c.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE")
		if !answer.Cleared(challenge) {
			t.Error("the challenge stays in the browser")
		}
		copied.Post("/two-factor/verify-totp", j{"code": a.code()}).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
		c = halfway(s, email)
		for range 5 {
			c.Post("/two-factor/verify-backup-code", j{"code": "x"}).WantCode(401, "INVALID_BACKUP_CODE")
		}
		c = halfway(s, email)
		c.Post("/two-factor/verify-totp", j{"code": a.later()}).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
		c.Post("/two-factor/verify-backup-code", j{"code": a.backup[0]}).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
		s.Clock.Advance(15*time.Minute - 31*time.Second)
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": a.code()}).WantCode(429, "ACCOUNT_TEMPORARILY_LOCKED")
		s.Clock.Advance(time.Minute)
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": a.code()}).Want(200)
		// A right guess returns the whole budget.
		for range 2 {
			c := halfway(s, email)
			for range 4 {
				c.Post("/two-factor/verify-totp", j{"code": a.wrong()}).WantCode(401, "INVALID_CODE")
			}
			c.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(200)
		}
	})
}

// The budget is one for all methods, challenges and addresses, signed in or not.
func TestMF05(t *testing.T) {
	for name, o := range map[string]twofactor.Options{"with a secret": {}, "mail only": {TOTP: twofactor.TOTPOptions{Disable: true}}} {
		t.Run(name, func(t *testing.T) {
			both(t, o, func(t *testing.T, s *server) {
				c := s.SignUp(email)
				if o.TOTP.Disable {
					c.Post("/two-factor/enable", j{"password": authtest.Password, "method": "otp"}).Want(200)
				} else {
					c.Post("/two-factor/verify-totp", j{"code": started(t, s, c).code()}).Want(200)
				}
				evaluated, locked := 0, 0
				for i := range 40 {
					d := halfway(s, email)
					d.Headers.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
					d.Post("/two-factor/send-otp", nil)
					for _, path := range []string{"verify-otp", "verify-backup-code", "verify-totp"} {
						for _, with := range []*client{d, c} {
							if path == "verify-otp" && with == c {
								c.Post("/two-factor/send-otp", nil)
							}
							switch got := with.Post("/two-factor/"+path, j{"code": "wrong"}); got.Status {
							case 401:
								evaluated++
							case 429:
								locked++
							}
						}
					}
				}
				if evaluated != 10 || locked == 0 {
					t.Errorf("%d guesses were looked at, %d refused", evaluated, locked)
				}
			})
		})
	}
}

func TestMF05Race(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		wrong := a.wrong()
		clients := make([]*client, 64)
		for i := range clients {
			clients[i] = halfway(s, email)
		}
		looked := race(func(i int) bool {
			return clients[i].Post("/two-factor/verify-totp", j{"code": wrong}).Status == 401
		})
		if looked != 10 {
			t.Errorf("%d racing guesses were looked at, want 10", looked)
		}
		s.Clock.Advance(16 * time.Minute)
		one := halfway(s, email)
		for i := range clients {
			clients[i] = one.Clone()
		}
		looked = race(func(i int) bool {
			return strings.Contains(clients[i].Post("/two-factor/verify-totp", j{"code": wrong}).Body, `"INVALID_CODE"`)
		})
		if looked != 5 {
			t.Errorf("%d racing guesses at one challenge were looked at, want 5", looked)
		}
	})
}

func TestMF06(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		code := a.later()
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": code}).Want(200)
		wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
		for _, again := range []string{code, code[:3] + " " + code[3:], wide, "0" + code, strings.TrimLeft(code, "0") + " ", "+" + code} {
			halfway(s, email).Post("/two-factor/verify-totp", j{"code": again}).WantCode(401, "INVALID_CODE")
		}
		s.Clock.Advance(15 * time.Minute)
		early := a.later()
		next := func() string { s.Clock.Advance(period); n := a.code(); s.Clock.Advance(-period); return n }()
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": next}).Want(200)
		halfway(s, email).Post("/two-factor/verify-totp", j{"code": early}).WantCode(401, "INVALID_CODE")
	})
}

func TestMF07(t *testing.T) {
	both(t, twofactor.Options{Lockout: twofactor.Lockout{Disable: true}}, func(t *testing.T, s *server) {
		_, a := enrolled(t, s, email)
		code, clients := a.later(), make([]*client, 64)
		for i := range clients {
			clients[i] = halfway(s, email)
		}
		if won := race(func(i int) bool {
			return clients[i].Post("/two-factor/verify-totp", j{"code": code}).Status == 200
		}); won != 1 {
			t.Errorf("one code signed in %d times", won)
		}
	})
}

func TestMF08(t *testing.T) {
	storages := map[string]func(*core.Options){
		"database": func(*core.Options) {},
		"kv":       func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) },
		"both": func(o *core.Options) {
			o.SecondaryStorage, o.Verification.StoreInDatabase = kv.NewMemory(kv.MemoryOptions{Now: o.Now}), true
		},
	}
	for name, storage := range storages {
		t.Run(name, func(t *testing.T) {
			both(t, twofactor.Options{Lockout: twofactor.Lockout{Disable: true}}, func(t *testing.T, s *server) {
				_, a := enrolled(t, s, email)
				c := halfway(s, email)
				used, late := c.Clone(), halfway(s, email)
				code := a.later()
				clients := make([]*client, 64)
				for i := range clients {
					clients[i] = c.Clone()
				}
				if won := race(func(i int) bool {
					return clients[i].Post("/two-factor/verify-totp", j{"code": code}).Status == 200
				}); won != 1 {
					t.Errorf("one challenge signed in %d times", won)
				}
				used.Post("/two-factor/verify-totp", j{"code": a.later()}).Want(401)
				late.Post("/two-factor/send-otp", nil).Want(200)
				mail := s.Message(twofactor.MessageOTP).Code
				for i := range clients {
					clients[i] = late.Clone()
				}
				won := race(func(i int) bool {
					return clients[i].Post("/two-factor/verify-otp", j{"code": mail}).Status == 200
				})
				if won != 1 {
					t.Errorf("one code by mail signed in %d times", won)
				}
				gone := halfway(s, email)
				s.Clock.Advance(10*time.Minute + time.Millisecond)
				stale := s.Client()
				stale.SetCookie(challenge, gone.Cookie(challenge))
				stale.Post("/two-factor/verify-totp", j{"code": a.code()}).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
			}, storage)
		})
	}
}

package securitytest_test

import (
	"encoding/base32"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

const trustCookie = "better-auth.trust_device"

func guessesAreCounted(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	c := g.challenge()
	w := s.Watch(g.c.Token())
	for range 5 {
		w.Refused(c.Post("/two-factor/verify-totp", body{"code": g.wrongCode()}), http.StatusUnauthorized, "INVALID_CODE")
	}
	w.Refused(c.Post("/two-factor/verify-totp", body{"code": g.wrongCode()}), http.StatusBadRequest, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE")
	w.Refused(c.Post("/two-factor/verify-totp", body{"code": g.code(0)}), 0, "")
	g.challenge().Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}

func guessesCountTogether(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	evaluated := 0
	count := func(answers ...*harness.Answer) {
		for _, a := range answers {
			if a.Status == http.StatusUnauthorized {
				evaluated++
			} else if a.Status < 400 || a.Status >= 500 {
				t.Errorf("a wrong code: %d %s", a.Status, a.Body)
			}
		}
	}
	for i := range 4 {
		c := g.challenge()
		code := body{"code": g.wrongCode()}
		ip := harness.Field{"X-Forwarded-For", "203.0.113." + string(rune('1'+i))}
		count(c.Post("/two-factor/verify-totp", code, ip), c.Post("/two-factor/verify-backup-code", code, ip))
		count(s.Together(harness.Repeat(c.Request(http.MethodPost, "/two-factor/verify-totp", code, ip), 4)...)...)
		count(g.c.Post("/two-factor/verify-totp", code, ip))
	}
	if evaluated > 10 {
		t.Errorf("%d guesses were looked at", evaluated)
	}
	w := s.Watch(g.c.Token())
	w.Refused(g.challenge().Post("/two-factor/verify-totp", body{"code": g.code(0)}), http.StatusTooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED")
	w.Refused(g.challenge().Post("/two-factor/verify-backup-code", body{"code": g.backup[0]}), http.StatusTooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED")
	other := guard(t, s)
	other.challenge().Post("/two-factor/verify-totp", body{"code": other.code(0)}).Want(http.StatusOK)
}

func codesWorkOnce(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	code := g.code(0)
	g.challenge().Post("/two-factor/verify-totp", body{"code": code}).Want(http.StatusOK)
	c := g.challenge()
	w := s.Watch(g.c.Token())
	for _, again := range []string{code, code[:3] + " " + code[3:], fullWidth(code), g.code(-1)} {
		w.Refused(c.Post("/two-factor/verify-totp", body{"code": again}), 0, "INVALID_CODE")
	}
	g.challenge().Post("/two-factor/verify-totp", body{"code": g.code(1)}).Want(http.StatusOK)
}

func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, digits)
}

func racingCodes(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	code := body{"code": g.code(0)}
	var requests []*harness.Request
	for range 8 {
		requests = append(requests, g.challenge().Request(http.MethodPost, "/two-factor/verify-totp", code))
	}
	exactly(t, "uses of one code", 1, s.Together(requests...))
}

func challengesMakeOneSession(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	c := g.challenge()
	used := c.Clone()
	exactly(t, "sessions of one challenge", 1, s.Together(
		c.Request(http.MethodPost, "/two-factor/verify-totp", body{"code": g.code(0)}),
		c.Request(http.MethodPost, "/two-factor/verify-totp", body{"code": g.code(0)}),
		c.Request(http.MethodPost, "/two-factor/verify-totp", body{"code": g.code(0)})))
	w := s.Watch(g.c.Token())
	w.Refused(used.Post("/two-factor/verify-totp", body{"code": g.code(1)}), http.StatusUnauthorized, "INVALID_TWO_FACTOR_COOKIE")

	c = g.challenge()
	c.Post("/two-factor/send-otp", body{}).Want(http.StatusOK)
	code := s.Message("two-factor-otp", g.email).Code
	exactly(t, "uses of one mailed code", 1, s.Together(harness.Repeat(c.Request(http.MethodPost, "/two-factor/verify-otp", body{"code": code}), 16)...))
}

func challengesAreBound(t *testing.T, s *harness.Site) {
	g, other := guard(t, s), guard(t, s)
	c := g.challenge()
	w := s.Watch(g.c.Token())
	w.Refused(c.Post("/two-factor/verify-totp", body{"code": other.code(0), "userId": other.c.User(), "email": other.email}), http.StatusUnauthorized, "INVALID_CODE")
	// A second sign-in in the same browser takes the first one's place.
	c.Post("/sign-in/email", body{"email": other.email, "password": harness.Password}).Want(http.StatusOK)
	w.Refused(c.Post("/two-factor/verify-totp", body{"code": g.code(0)}), http.StatusUnauthorized, "INVALID_CODE")
	c.Post("/two-factor/verify-totp", body{"code": other.code(0)}).Want(http.StatusOK)
	if c.User() != other.c.User() {
		t.Error("the challenge was somebody else's")
	}
}

func oddCodes(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	c := g.challenge()
	w := s.Watch(g.c.Token())
	for _, path := range []string{"/two-factor/verify-totp", "/two-factor/verify-otp", "/two-factor/verify-backup-code"} {
		for _, members := range []any{body{}, body{"code": nil}, body{"code": []string{}}, body{"code": body{"$ne": 1}}, body{"code": 0}, body{"trustDevice": true}, []int{}, "null"} {
			w.Refused(c.Post(path, members), http.StatusBadRequest, "")
		}
		w.Refused(c.Get(path+"?code="+g.code(0)), http.StatusNotFound, "")
	}
	w.Refused(c.Post("/two-factor/verify-totp", body{"code": ""}), 0, "")
	c = g.challenge()
	c.Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}

func codesOfOtherTimes(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	c := g.challenge()
	w := s.Watch(g.c.Token())
	for _, steps := range []int64{-4, -3, 3, 4} { // two steps and one for the time this takes
		w.Refused(c.Post("/two-factor/verify-totp", body{"code": g.code(steps)}), http.StatusUnauthorized, "INVALID_CODE")
	}
	c.Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}

func trustedDevices(t *testing.T, s *harness.Site) {
	g, other := guard(t, s), guard(t, s)
	c := g.challenge()
	c.Post("/two-factor/verify-totp", body{"code": g.code(0), "trustDevice": true}).Want(http.StatusOK)
	trust := c.Jar[trustCookie]
	if trust == "" {
		t.Fatal("no trust in the device")
	}
	asks := func(email, cookie, what string) {
		t.Helper()
		thief := s.Client()
		thief.Jar[trustCookie] = cookie
		thief.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK, `"twoFactorRedirect":true`)
		thief.Stranger(what)
	}
	asks(other.email, trust, "somebody else's device")
	for _, forged := range []string{trust + "x", "x" + trust, strings.SplitN(trust, ".", 2)[0]} {
		asks(g.email, forged, "a forged device")
	}
	again := s.Client()
	again.Jar[trustCookie] = trust
	again.Post("/sign-in/email", body{"email": g.email, "password": harness.Password}).Want(http.StatusOK, `"token"`)
	asks(g.email, trust, "a proof that was used")
	rotated := again.Jar[trustCookie]
	c.Post("/two-factor/disable", body{"password": harness.Password}).Want(http.StatusOK)
	enrol(t, c)
	asks(g.email, rotated, "a device of an earlier factor")
}

func backupCodesWorkOnce(t *testing.T, s *harness.Site) {
	g := guard(t, s)
	code := body{"code": g.backup[0]}
	var requests []*harness.Request
	for range 6 {
		requests = append(requests, g.challenge().Request(http.MethodPost, "/two-factor/verify-backup-code", code))
	}
	exactly(t, "uses of one backup code", 1, s.Together(requests...))
	a := g.c.Post("/two-factor/generate-backup-codes", body{"password": harness.Password})
	a.Want(http.StatusOK)
	w := s.Watch(g.c.Token())
	w.Refused(g.challenge().Post("/two-factor/verify-backup-code", body{"code": g.backup[1]}), http.StatusUnauthorized, "INVALID_BACKUP_CODE")
	var out struct{ BackupCodes []string }
	a.Decode(&out)
	for _, path := range []string{"/get-session", "/list-sessions", "/list-accounts"} {
		if shown := g.c.Get(path); slices.ContainsFunc(append(out.BackupCodes, base32.StdEncoding.EncodeToString(g.secret)), func(s string) bool { return strings.Contains(shown.Body, s) }) {
			t.Errorf("%s shows a secret", path)
		}
	}
	g.challenge().Post("/two-factor/verify-backup-code", body{"code": out.BackupCodes[0]}).Want(http.StatusOK)
}

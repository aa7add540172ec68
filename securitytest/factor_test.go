package securitytest_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// factor is a second factor: an authenticator app and backup codes.
type factor struct {
	secret []byte
	backup []string
}

// enrol gives a user a second factor, as the app would.
func enrol(t *testing.T, c *harness.Client) *factor {
	t.Helper()
	a := c.Post("/two-factor/enable", body{"password": harness.Password})
	a.Want(http.StatusOK)
	var out struct{ BackupCodes []string }
	a.Decode(&out)
	u, err := url.Parse(a.Text("totpURI"))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(u.Query().Get("secret"), "="))
	if err != nil {
		t.Fatal(err)
	}
	f := &factor{secret, out.BackupCodes}
	// The code of the step before: the present one is for the test. It is too old where a step ended on the way.
	before := f.code(-1)
	answer := c.Post("/two-factor/verify-totp", body{"code": before})
	if now := f.code(-1); answer.Status != http.StatusOK && now != before {
		answer = c.Post("/two-factor/verify-totp", body{"code": now})
	}
	answer.Want(http.StatusOK)
	return f
}

// code is the app's code, so many steps of 30 seconds from now.
func (f *factor) code(steps int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(time.Now().Unix()/30+steps))
	mac := hmac.New(sha1.New, f.secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// wrongCode is one that is none of the app's.
func (f *factor) wrongCode() string {
	for guess := 0; ; guess++ {
		text := fmt.Sprintf("%06d", guess)
		if text != f.code(-1) && text != f.code(0) && text != f.code(1) {
			return text
		}
	}
}

// challenge signs a user with a second factor in, up to that factor.
func challenge(s *harness.Site, email string) *harness.Client {
	c := s.Client()
	c.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK, `"twoFactorRedirect":true`)
	return c
}

func guessesAddUp(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	f := enrol(t, v)
	guesses := 0
	for round := range 4 {
		c := challenge(s, email)
		for i := range 4 {
			path := []string{"/two-factor/verify-totp", "/two-factor/verify-backup-code"}[(round+i)%2]
			a := c.Post(path, body{"code": f.wrongCode()})
			if a.Status == http.StatusUnauthorized {
				guesses++
			}
		}
	}
	if guesses != 10 {
		t.Errorf("%d guesses were looked at, 10 are allowed", guesses)
	}
	w := s.Watch(email)
	w.Refused(challenge(s, email).Post("/two-factor/verify-totp", body{"code": f.code(0)}), http.StatusTooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED")
	other := s.Address("other")
	g := enrol(t, s.SignUp(other))
	challenge(s, other).Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}

func racingGuesses(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	f := enrol(t, s.SignUp(email))
	var requests []*harness.Request
	for range 4 {
		c := challenge(s, email)
		requests = append(requests, harness.Repeat(c.Request("POST", "/two-factor/verify-totp", body{"code": f.wrongCode()}), 25)...)
	}
	looked := 0
	for _, a := range s.Together(requests...) {
		if a.Status == http.StatusUnauthorized && strings.Contains(a.Body, `"INVALID_CODE"`) {
			looked++
		}
		if a.Status < 400 || a.Status >= 500 {
			t.Errorf("a guess: %d %s", a.Status, a.Body)
		}
	}
	if looked == 0 || looked > 10 {
		t.Errorf("%d racing guesses were looked at, 10 are allowed", looked)
	}
}

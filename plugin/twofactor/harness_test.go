package twofactor_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

type (
	j      = authtest.JSON
	server = authtest.Server
	client = authtest.Client
)

const (
	email     = "ada@example.com"
	challenge = "better-auth.two_factor"
	trusted   = "better-auth.trust_device"
	session   = "better-auth.session_token"
	period    = 30 * time.Second
)

// both runs a test on an instance with the plugin over each engine.
func both(t *testing.T, o twofactor.Options, test func(t *testing.T, s *server), change ...func(*core.Options)) {
	t.Helper()
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		with := func(c *core.Options) { c.Plugins = append(c.Plugins, twofactor.New(o)) }
		test(t, authtest.New(t, append([]func(*core.Options){engine, with}, change...)...))
	})
}

// app is an authenticator app.
type app struct {
	s      *server
	secret string // as it is stored, not in base32
	backup []string
}

func (a *app) code() string {
	out, err := core.Invoke(a.s.Context(), a.s.Kernel, twofactor.GenerateTOTP, &twofactor.GenerateTOTPInput{Secret: a.secret}, core.Call{})
	if err != nil {
		panic(err)
	}
	return out.Code
}

// later is the code of another period than any before.
func (a *app) later() string {
	a.s.Clock.Advance(period)
	return a.code()
}

// started begins to use an app without proving a code of it.
func started(t *testing.T, s *server, c *client) *app {
	t.Helper()
	var out struct {
		TOTPURI     string
		BackupCodes []string
	}
	c.Post("/two-factor/enable", j{"password": authtest.Password}).Want(200).Decode(&out)
	u, err := url.Parse(out.TOTPURI)
	if err != nil {
		t.Fatal(err)
	}
	return &app{s, decode32(t, u.Query().Get("secret")), out.BackupCodes}
}

// enrolled signs somebody up with an app in use.
func enrolled(t *testing.T, s *server, email string) (*client, *app) {
	t.Helper()
	c := s.SignUp(email)
	a := started(t, s, c)
	c.Post("/two-factor/verify-totp", j{"code": a.code()}).Want(200)
	return c, a
}

// halfway signs in with the password.
func halfway(s *server, email string) *client {
	c := s.Client()
	c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200, `"twoFactorRedirect":true`)
	return c
}

func signedIn(c *client) bool { return c.Get("/get-session").Body != "null" }

// wrong is a code that is not the app's.
func (a *app) wrong() string {
	if a.code() == "000000" {
		return "000001"
	}
	return "000000"
}

// race runs f in 64 goroutines at once and returns how many reported true.
func race(f func(i int) bool) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	start, won := make(chan struct{}), 0
	for i := range 64 {
		wg.Go(func() {
			<-start
			if f(i) {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}

func decode32(t *testing.T, text string) string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var out []byte
	buffer, bits := 0, 0
	for _, r := range text {
		i := strings.IndexRune(alphabet, r)
		if i < 0 {
			t.Fatalf("%q is not base32", text)
		}
		buffer, bits = buffer<<5|i, bits+5
		if bits >= 8 {
			bits -= 8
			out = append(out, byte(buffer>>bits))
		}
	}
	return string(out)
}

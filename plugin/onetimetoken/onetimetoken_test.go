package onetimetoken_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/onetimetoken"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

type (
	j      = authtest.JSON
	server = authtest.Server
	client = authtest.Client
)

const (
	email   = "ada@example.com"
	session = "better-auth.session_token"
	verify  = "/one-time-token/verify"
)

func with(o onetimetoken.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, onetimetoken.New(o)) }
}

func made(c *client) string { return c.Get("/one-time-token/generate").Want(200).Text("token") }

func TestRedeem(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(onetimetoken.Options{}))
		s.Client().Get("/one-time-token/generate").WantCode(401, "UNAUTHORIZED")
		c, other := s.SignUp(email), s.Client()
		token := made(c)
		if len(token) != 32 {
			t.Errorf("token %q", token)
		}
		own := c.Get("/get-session").Text("session.token")
		other.Post(verify, j{"token": token}).Want(200, `"session":{`, `"user":{`, own)
		other.Get("/get-session").Want(200, email, own)
		for _, again := range []*client{other, s.Client()} {
			again.Post(verify, j{"token": token}).WantBody(400, `{"message":"Invalid token"}`)
		}
		for _, body := range []any{nil, j{}, j{"token": 1}, j{"token": nil}} {
			s.Client().Post(verify, body).WantCode(400, "VALIDATION_ERROR")
		}
	})
}

// TestOT14 is the catalogue's OT-14: a token works once, in its time, and as
// long as its session.
func TestOT14(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(onetimetoken.Options{}))
		c := s.SignUp(email)
		token := made(c)
		var mu sync.Mutex
		var racers sync.WaitGroup
		worked := 0
		for range 20 {
			racer := s.Client()
			racers.Go(func() {
				if a := racer.Post(verify, j{"token": token}); a.Status == 200 {
					mu.Lock()
					defer mu.Unlock()
					worked++
				} else {
					a.Want(400, "Invalid token")
				}
			})
		}
		racers.Wait()
		if worked != 1 {
			t.Errorf("a token worked %d times", worked)
		}
		late := made(c)
		s.Clock.Advance(3*time.Minute + time.Second)
		s.Client().Post(verify, j{"token": late}).Want(400, "Invalid token")
		ended := made(c)
		c.Post("/sign-out", nil).Want(200)
		if a := s.Client().Post(verify, j{"token": ended}).Want(400, "Session not found"); a.SetCookie(session) != "" {
			t.Error("a cookie of a session that has ended")
		}
	})
}

func TestSessionExpires(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(onetimetoken.Options{ExpiresIn: 30 * 24 * time.Hour}))
	token := made(s.SignUp(email))
	s.Clock.Advance(8 * 24 * time.Hour)
	if a := s.Client().Post(verify, j{"token": token}).WantBody(400, `{"message":"Session expired"}`); a.SetCookie(session) != "" {
		t.Error("a cookie of a session that has expired")
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	var fault error
	s := authtest.New(t, with(onetimetoken.Options{
		DisableClientRequest: true, DisableSetSessionCookie: true, HashToken: true,
		GenerateToken: func(_ *core.Context, current *core.Current) (string, error) {
			return "own " + current.User.Email, fault
		},
	}))
	c := s.SignUp(email)
	c.Get("/one-time-token/generate").WantBody(400, `{"message":"Client requests are disabled"}`)
	current, err := s.Context().Sessions().Find(c.Get("/get-session").Text("session.token"))
	if err != nil {
		t.Fatal(err)
	}
	generate := func() (*onetimetoken.Token, error) {
		return core.Invoke(t.Context(), s.Kernel, onetimetoken.Generate, &onetimetoken.NoInput{}, core.Call{Session: current})
	}
	out, err := generate()
	if err != nil || out.Token != "own "+email {
		t.Fatalf("%+v, %v", out, err)
	}
	if _, err := s.Context().Verifications().Find("one-time-token:" + out.Token); err == nil {
		t.Error("the token is stored in the clear")
	}
	if a := s.Client().Post(verify, j{"token": out.Token}).Want(200, email); a.SetCookie(session) != "" {
		t.Error("a cookie that was not wanted")
	}
	fault = errors.New("no tokens left")
	if _, err := generate(); err == nil {
		t.Error("no token, and no error")
	}
}

// TestHeader: whoever signs in is shown a token, but nobody before the second
// factor.
func TestHeader(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(onetimetoken.Options{SetHeaderOnNewSession: true}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{SkipVerificationOnEnable: true}))
	})
	c := s.Client()
	a := c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	if exposed := a.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "set-ott") {
		t.Errorf("pages may read %q", exposed)
	}
	s.Client().Post(verify, j{"token": a.Header.Get("set-ott")}).Want(200, email)
	if h := c.Get("/get-session").Header.Get("set-ott"); h != "" {
		t.Error("a token without a sign-in")
	}
	c.Post("/two-factor/enable", j{"password": authtest.Password}).Want(200)
	half := s.Client().Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200, "twoFactorRedirect")
	if half.Header.Get("set-ott") != "" {
		t.Error("the password alone shows a token")
	}
}

// TestOT01 is the catalogue's OT-01: what waits for another endpoint is no
// token, in whatever form it is presented.
func TestOT01(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(onetimetoken.Options{}))
	c := s.SignUp(email)
	s.Client().Post("/request-password-reset", j{"email": email}).Want(200)
	reset := s.Message(core.MessageResetPassword).Token
	for _, token := range []string{reset, "reset-password:" + reset, "../reset-password:" + reset} {
		s.Client().Post(verify, j{"token": token}).Want(400, "Invalid token")
	}
	token := made(c)
	for _, text := range []string{token, "one-time-token:" + token} {
		s.Client().Post("/reset-password", j{"token": text, "newPassword": "another password"}).WantCode(400, "INVALID_TOKEN")
	}
	s.Client().Post(verify, j{"token": token}).Want(200)
	s.Client().Post("/reset-password", j{"token": reset, "newPassword": "another password"}).Want(200)
}

func TestFaults(t *testing.T) {
	generate := func(s *server) *fault.Attempt {
		c, token := s.SignUp(email), ""
		return &fault.Attempt{
			Client: c,
			Do: func(c *client) *authtest.Answer {
				a := c.Get("/one-time-token/generate")
				if a.Status == 200 {
					token = a.Text("token")
				}
				return a
			},
			Done: func() bool {
				_, err := s.Context().Verifications().Find("one-time-token:" + token)
				return token != "" && err == nil
			},
		}
	}
	redeem := func(s *server) *fault.Attempt {
		token, last := made(s.SignUp(email)), s.Client()
		return &fault.Attempt{
			Do: func(c *client) *authtest.Answer {
				last = c
				return c.Post(verify, j{"token": token})
			},
			Done: func() bool { return fault.SignedIn(last) },
			Once: true, Spends: []string{"Invalid token"},
		}
	}
	plugin := with(onetimetoken.Options{})
	options := func(more ...func(*core.Options)) []func(*core.Options) { return append(more, plugin) }
	fault.Run(t,
		fault.Flow{Name: "generate", Begin: generate, Options: options()},
		fault.Flow{Name: "redeem", Begin: redeem, Options: options()},
		fault.Flow{Name: "redeem, secondary", Begin: redeem, Options: options(fault.Secondary)},
	)
}

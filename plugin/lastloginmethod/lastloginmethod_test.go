package lastloginmethod_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/lastloginmethod"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/username"
)

type j = authtest.JSON

const (
	email  = "ada@example.com"
	cookie = "better-auth.last_used_login_method"
)

func with(o lastloginmethod.Options, more ...core.Plugin) func(*core.Options) {
	return func(c *core.Options) { c.Plugins = append(append(c.Plugins, lastloginmethod.New(o)), more...) }
}

// given returns what an answer sets the cookie to.
func given(a *authtest.Answer) string {
	value, _, _ := strings.Cut(strings.TrimPrefix(a.SetCookie(cookie), cookie+"="), ";")
	return value
}

func TestWaysIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(lastloginmethod.Options{StoreInDatabase: true},
			magiclink.New(magiclink.Options{}), emailotp.New(emailotp.Options{}), username.New(username.Options{})))
		want := func(a *authtest.Answer, c *authtest.Client, method string) {
			t.Helper()
			if a.Status >= 400 || given(a) != method {
				t.Errorf("%d, cookie %q, want %q", a.Status, given(a), method)
			}
			c.Get("/get-session").Want(200, `"lastLoginMethod":"`+method+`"`)
		}
		c := s.Client()
		a := c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password, "username": "ada"})
		want(a.Want(200, `"lastLoginMethod":"email"`), c, "email")
		if got := a.SetCookie(cookie); got != cookie+"=email; Max-Age=2592000; Path=/; SameSite=Lax" {
			t.Error(got)
		}
		for path, body := range map[string]j{
			"/sign-in/username":      {"username": "ada", "password": authtest.Password}, // of which the reference keeps nothing
			"/is-username-available": {"username": "ada"},
			"/sign-in/email":         {"email": email, "password": "not this one"},
			"/sign-in/email-otp":     {"email": email, "otp": "000000"},
			"/sign-out":              {},
		} {
			if a := s.Client().Post(path, body); a.SetCookie(cookie) != "" {
				t.Errorf("%s sets %s", path, a.SetCookie(cookie))
			}
		}
		c = s.Client()
		c.Post("/sign-in/magic-link", j{"email": email}).Want(200)
		link := s.Message(magiclink.Message).Token
		want(c.Get("/magic-link/verify?token="+link), c, "magic-link")
		c = s.Client()
		c.Post("/email-otp/send-verification-otp", j{"email": email, "type": "sign-in"}).Want(200)
		want(c.Post("/sign-in/email-otp", j{"email": email, "otp": s.Message(emailotp.Message).Code}), c, "email-otp")
	})
}

func TestNobodyWritesIt(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(lastloginmethod.Options{StoreInDatabase: true}))
	s.Client().Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password, "lastLoginMethod": "forged"}).
		WantCode(400, "FIELD_NOT_ALLOWED")
	ada := s.SignUp(email)
	ada.Post("/update-user", j{"lastLoginMethod": "forged"}).WantCode(400, "FIELD_NOT_ALLOWED")
	ada.Get("/get-session").Want(200, `"lastLoginMethod":"email"`)
}

func TestCookieOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(lastloginmethod.Options{CookieName: "how", MaxAge: time.Minute}), func(o *core.Options) {
		secure := true
		o.Advanced.UseSecureCookies = &secure
		o.Advanced.CookiePrefix = "own"
		o.Advanced.DefaultCookieAttributes.SameSite = "Strict"
	})
	a := s.Client().Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	if got := a.SetCookie("how"); got != "how=email; Max-Age=60; Path=/; Secure; SameSite=Strict" {
		t.Errorf("%q of %q", got, a.Header["Set-Cookie"])
	}
	if strings.Contains(a.Body, "lastLoginMethod") {
		t.Error("the user has a column that nobody asked for")
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(lastloginmethod.Options{StoreInDatabase: true, Resolve: func(c *core.Context) string {
		if c.Endpoint().Path == "/sign-in/username" {
			return "name"
		}
		return ""
	}}, username.New(username.Options{})))
	c := s.Client()
	a := c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password, "username": "ada"}).Want(200)
	if given(a) != "email" {
		t.Error(given(a))
	}
	a = c.Post("/sign-in/username", j{"username": "ada", "password": authtest.Password}).Want(200)
	if given(a) != "name" {
		t.Error(given(a))
	}
	c.Get("/get-session").Want(200, `"lastLoginMethod":"name"`)
}

func TestConsent(t *testing.T) {
	t.Parallel()
	allowed, fails, asked := false, error(nil), ""
	s := authtest.New(t, with(lastloginmethod.Options{BeforeStoreCookie: func(_ *core.Context, method string) (bool, error) {
		asked = method
		return allowed, fails
	}}))
	s.SignUp(email)
	sign := func() string {
		asked = ""
		return given(s.Client().Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200))
	}
	if got := sign(); got != "" || asked != "email" {
		t.Errorf("%q without consent, asked %q", got, asked)
	}
	allowed = true
	if got := sign(); got != "email" {
		t.Errorf("%q with consent", got)
	}
	fails = errors.New("no consent is known")
	if got := sign(); got != "" || !strings.Contains(s.Log(), "no consent is known") {
		t.Errorf("%q where it cannot be asked, logged: %s", got, s.Log())
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]lastloginmethod.Options{
		"MaxAge": {MaxAge: 401 * 24 * time.Hour}, "400 days": {MaxAge: time.Millisecond}, `"a b"`: {CookieName: "a b"},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(), Plugins: []core.Plugin{lastloginmethod.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// What remembers how somebody came in does not keep them out.
func TestFaults(t *testing.T) {
	begin := func(s *authtest.Server) *fault.Attempt {
		s.SignUp(email)
		var browser *authtest.Client
		return &fault.Attempt{
			Do: func(c *authtest.Client) *authtest.Answer {
				browser = c
				return c.Post("/sign-in/email", j{"email": email, "password": authtest.Password})
			},
			Done: func() bool { return fault.SignedIn(browser) },
			Sound: func() string {
				if a := browser.Get("/get-session"); a.Status == http.StatusOK && a.Body != "null" && browser.Cookie(cookie) != "email" {
					return "signed in without the cookie"
				}
				return ""
			},
		}
	}
	plugin := with(lastloginmethod.Options{StoreInDatabase: true})
	fault.Run(t,
		fault.Flow{Name: "sign in", Begin: begin, Options: []func(*core.Options){plugin}},
		fault.Flow{Name: "sign in, secondary", Begin: begin, Options: []func(*core.Options){fault.Secondary, plugin}},
	)
}

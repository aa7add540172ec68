package bearer_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/bearer"
)

const cookie = "better-auth.session_token"

func with(o bearer.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, bearer.New(o)) }
}

// bearing returns a client without cookies that sends a header.
func bearing(s *authtest.Server, authorization string) *authtest.Client {
	c := s.Client()
	c.Headers.Set("Authorization", authorization)
	return c
}

func signUp(s *authtest.Server, email string) (token, signed string) {
	a := s.Client().Post("/sign-up/email", authtest.JSON{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	return a.Text("token"), a.Header.Get(bearer.TokenHeader)
}

func TestTokenStandsForCookie(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(bearer.Options{}))
		token, signed := signUp(s, "ada@example.com")
		if !strings.HasPrefix(signed, token+".") {
			t.Fatalf("%s is %q, the token %q", bearer.TokenHeader, signed, token)
		}
		for _, header := range []string{
			"Bearer " + token, "bearer " + signed, "BEARER   " + signed + " ", "Bearer " + url.PathEscape(signed),
			"Bearer " + url.QueryEscape(signed),
		} {
			bearing(s, header).Get("/get-session").Want(200, `"email":"ada@example.com"`)
		}
		c := bearing(s, "Bearer "+signed)
		c.Post("/update-user", authtest.JSON{"name": "Lovelace"}).Want(200)
		c.Post("/sign-out", nil).Want(200)
		bearing(s, "Bearer "+signed).Get("/get-session").WantBody(200, "null")
		bearing(s, "Bearer "+token).Get("/get-session").WantBody(200, "null")
	})
}

func TestHeaderGoesWithCookie(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	_, signed := signUp(s, "ada@example.com")
	c := bearing(s, "Bearer "+signed)
	quiet := c.Get("/get-session").Want(200)
	if quiet.Header.Get(bearer.TokenHeader) != "" || quiet.Header.Get("Access-Control-Expose-Headers") != "" {
		t.Fatalf("a token without a cookie: %v", quiet.Header)
	}
	s.Clock.Advance(25 * time.Hour)
	renewed := c.Get("/get-session").Want(200)
	if got := renewed.Header.Get(bearer.TokenHeader); got != signed {
		t.Errorf("a prolonged session's token is %q, want %q", got, signed)
	}
	if got := renewed.Header.Get("Access-Control-Expose-Headers"); got != bearer.TokenHeader {
		t.Errorf("exposed: %q", got)
	}
	if out := c.Post("/sign-out", nil); out.Header.Get(bearer.TokenHeader) != "" {
		t.Error("signing out gave a token")
	}
}

func TestForeignTokensAreIgnored(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	_, signed := signUp(s, "ada@example.com")
	for _, header := range []string{
		"", "Bearer", "Bearer ", "Bearer %", "Bearer %E0%A4%A", "Bearer .", "Bearer ..", "Basic " + signed, signed,
		"Bearer " + strings.Repeat("x", 64<<10), "Bearer " + strings.Repeat(".", 1<<20), "Bearer unknown",
	} {
		bearing(s, header).Get("/get-session").WantBody(200, "null")
	}
}

// A cookie that holds is not lost to a header that does not.
func TestInvalidHeaderLeavesCookie(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	ada := s.SignUp("ada@example.com")
	ada.Headers.Set("Authorization", "Bearer forged.signature")
	ada.Get("/get-session").Want(200, "ada@example.com")
	_, signed := signUp(s, "eve@example.com")
	ada.Headers.Set("Authorization", "Bearer "+signed)
	ada.Get("/get-session").Want(200, "eve@example.com")
}

func TestRequireSignature(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{RequireSignature: true}))
	token, signed := signUp(s, "ada@example.com")
	bearing(s, "Bearer "+token).Get("/get-session").WantBody(200, "null")
	bearing(s, "Bearer "+signed).Get("/get-session").Want(200, "ada@example.com")
}

func TestSessionOfReadsTheHeader(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	_, signed := signUp(s, "ada@example.com")
	r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/page", nil)
	r.Header.Set("Authorization", "Bearer "+signed)
	current, err := s.SessionOf(nil, r)
	if err != nil || current == nil || current.User.Email != "ada@example.com" {
		t.Fatalf("%+v, %v", current, err)
	}
}

// TestRD11 is the catalogue's RD-11: what is no percent-encoding fails nothing.
func TestRD11(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	for _, value := range []string{"%", "%zz.%zz", "%E0%A4%A.x", "a.%"} {
		c := bearing(s, "Bearer "+value)
		c.SetCookie(cookie, "%")
		if a := c.Get("/get-session"); a.Status != http.StatusOK || a.Body != "null" {
			t.Errorf("%q: %d %s", value, a.Status, a.Body)
		}
	}
}

// TestSE15 is the catalogue's SE-15: a token that was cut, grown or changed is
// no token.
func TestSE15(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}))
	token, signed := signUp(s, "ada@example.com")
	_, foreign := signUp(s, "eve@example.com")
	_, signature, _ := strings.Cut(foreign, ".")
	for _, value := range []string{
		token[:31], token + "a", strings.ToUpper(token), signed[:len(signed)-1], signed[:len(signed)-2] + "=", signed + "=",
		token + "." + signature, token + "..", signed + "." + signature, url.QueryEscape(url.QueryEscape(signed)),
	} {
		if value == token {
			continue
		}
		bearing(s, "Bearer "+value).Get("/get-session").WantBody(200, "null")
	}
}

// takeBack is a plugin that takes every sign-in back, as a second factor does.
type takeBack struct{}

func (takeBack) ID() string { return "take-back" }

func (takeBack) Register(r *core.Registrar) error {
	r.After(core.OnPrefix("/sign-in"), func(c *core.Context, result *core.Result) error {
		c.ClearSession()
		c.ForgetNewSession()
		result.Replace(&core.Status{Status: true})
		return nil
	})
	return nil
}

// TestMF02 is the catalogue's MF-02: whatever the order of the plugins, no
// token is shown before the second factor.
func TestMF02(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(bearer.Options{}), func(o *core.Options) { o.Plugins = append(o.Plugins, takeBack{}) })
	s.SignUp("ada@example.com")
	a := s.Client().Post("/sign-in/email", authtest.JSON{"email": "ada@example.com", "password": authtest.Password}).Want(200)
	if got := a.Header.Get(bearer.TokenHeader); got != "" {
		t.Errorf("%s: %q", bearer.TokenHeader, got)
	}
}

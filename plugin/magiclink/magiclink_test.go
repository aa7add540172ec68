package magiclink_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/magiclink"
)

const email = "ada@example.com"

func with(o magiclink.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, magiclink.New(o)) }
}

// ask asks for a link and returns the mail.
func ask(s *authtest.Server, body authtest.JSON) *core.Message {
	s.Client().Post("/sign-in/magic-link", body).WantBody(200, `{"status":true}`)
	return s.Message(magiclink.Message)
}

func verify(token string) string { return "/magic-link/verify?token=" + url.QueryEscape(token) }

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(magiclink.Options{}))
		m := ask(s, authtest.JSON{"email": email, "name": "Ada", "callbackURL": "/home?x=1", "newUserCallbackURL": "/welcome", "errorCallbackURL": "/oops"})
		want := authtest.Origin + "/api/auth/magic-link/verify?token=" + m.Token +
			"&callbackURL=%2Fhome%3Fx%3D1&newUserCallbackURL=%2Fwelcome&errorCallbackURL=%2Foops"
		if m.URL != want || m.To != email || len(m.Token) != 32 {
			t.Fatalf("%+v, want %s", m, want)
		}
		c := s.Client()
		if a := c.Get(m.URL).Want(302); a.Header.Get("Location") != authtest.Origin+"/welcome" {
			t.Errorf("a new user is sent to %s", a.Header.Get("Location"))
		}
		c.Get("/get-session").Want(200, `"name":"Ada"`, `"emailVerified":true`)
		if a := s.Client().Get(m.URL).Want(302); a.Header.Get("Location") != authtest.Origin+"/oops?error=INVALID_TOKEN" {
			t.Errorf("a spent link leads to %s", a.Header.Get("Location"))
		}
		m = ask(s, authtest.JSON{"email": email, "callbackURL": "/home", "newUserCallbackURL": "/welcome"})
		if a := c.Get(m.URL).Want(302); a.Header.Get("Location") != authtest.Origin+"/home" {
			t.Errorf("a known user is sent to %s", a.Header.Get("Location"))
		}
		m = ask(s, authtest.JSON{"email": email})
		a := s.Client().Get(verify(m.Token)).Want(200, `{"token":"`, `"user":{`, `"session":{`)
		if a.SetCookie("better-auth.session_token") == "" {
			t.Error("no cookie")
		}
	})
}

func TestLinkExpires(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	m := ask(s, authtest.JSON{"email": email})
	s.Clock.Advance(5*time.Minute + time.Second)
	if a := s.Client().Get(m.URL).Want(302); a.Header.Get("Location") != authtest.Origin+"/?error=INVALID_TOKEN" {
		t.Error(a.Header.Get("Location"))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	for _, body := range []authtest.JSON{
		{}, {"email": "no address"}, {"email": 1}, {"email": email, "name": 1}, {"email": email, "metadata": "x"},
	} {
		s.Client().Post("/sign-in/magic-link", body).WantCode(400, "VALIDATION_ERROR")
	}
	for _, member := range []string{"callbackURL", "newUserCallbackURL", "errorCallbackURL"} {
		s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": email, member: "https://evil.example"}).Want(403)
		s.Client().Get("/magic-link/verify?token=x&" + member + "=https://evil.example").Want(403)
	}
	foreign := s.Client()
	foreign.Headers.Set("Origin", "https://evil.example")
	foreign.Post("/sign-in/magic-link", authtest.JSON{"email": email}).WantCode(403, "INVALID_ORIGIN")
	s.Client().Get("/magic-link/verify").WantCode(400, "VALIDATION_ERROR")
	s.NoMessage()
}

func TestMetadataAndTokens(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{
		HashToken:     true,
		GenerateToken: func(_ *core.Context, email string) (string, error) { return "own token&" + email, nil },
	}))
	m := ask(s, authtest.JSON{"email": email, "metadata": authtest.JSON{"a": 1}})
	if string(m.Data) != `{"metadata":{"a":1}}` {
		t.Errorf("data: %s", m.Data)
	}
	if _, err := s.Context().Verifications().Find("magic-link:" + m.Token); err == nil {
		t.Error("the token is stored in the clear")
	}
	s.Client().Get(verify(m.Token)).Want(200)
}

func TestNeedsDelivery(t *testing.T) {
	t.Parallel()
	_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(), Plugins: []core.Plugin{magiclink.New(magiclink.Options{})}})
	if err == nil || !strings.Contains(err.Error(), "Options.Deliver is missing") {
		t.Fatalf("assembled without a way to send links: %v", err)
	}
}

func TestRowIsTheReferences(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	for _, c := range []struct {
		body authtest.JSON
		want string
	}{
		{authtest.JSON{"email": email}, `{"type":"magic-link","email":"ada@example.com"}`},
		{authtest.JSON{"email": email, "name": ""}, `{"type":"magic-link","email":"ada@example.com","name":""}`},
	} {
		m := ask(s, c.body)
		v, err := s.Context().Verifications().Find("magic-link:" + m.Token)
		if err != nil || v.Value != c.want {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

func TestHookRefusalIsTold(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}), func(o *core.Options) {
		o.DatabaseHooks.User.BeforeCreate = func(*core.Context, *core.User) error {
			return core.NewError(403, "NOT_INVITED", "You are not invited")
		}
	})
	m := ask(s, authtest.JSON{"email": email, "errorCallbackURL": "/oops?a=b#c"})
	want := authtest.Origin + "/oops?a=b&error=NOT_INVITED&error_description=You+are+not+invited#c"
	if a := s.Client().Get(m.URL).Want(302); a.Header.Get("Location") != want {
		t.Errorf("%s, want %s", a.Header.Get("Location"), want)
	}
}

// store keeps a value as if the instance had, and returns the answer to its
// token.
func store(t *testing.T, s *authtest.Server, identifier, token, value string) *authtest.Answer {
	t.Helper()
	if _, err := s.Context().Verifications().Create(identifier, value, time.Hour); err != nil {
		t.Fatal(err)
	}
	return s.Client().Get(verify(token))
}

package multisession_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/multisession"
)

type (
	j      = authtest.JSON
	server = authtest.Server
	client = authtest.Client
)

const (
	session = "better-auth.session_token"
	ada     = "ada@example.com"
	bob     = "bob@example.com"
)

func with(o multisession.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, multisession.New(o)) }
}

// kept is the name of the cookie that keeps a session.
func kept(token string) string { return session + "_multi-" + strings.ToLower(token) }

// enter signs a user in, up where there is none, and returns the token.
func enter(c *client, email string) string {
	a := c.Post("/sign-in/email", j{"email": email, "password": authtest.Password})
	if a.Status != 200 {
		a = c.Post("/sign-up/email", j{"name": email, "email": email, "password": authtest.Password}).Want(200)
	}
	return a.Text("token")
}

// emails are those of the browser's sessions.
func emails(c *client) string {
	var list []struct{ User struct{ Email string } }
	c.Get("/multi-session/list-device-sessions").Want(200).Decode(&list)
	var all []string
	for _, d := range list {
		all = append(all, d.User.Email)
	}
	return strings.Join(all, " ")
}

func holds(t *testing.T, c *client, wanted ...string) {
	t.Helper()
	got := emails(c)
	n := 0
	for _, email := range wanted {
		if strings.Contains(got, email) {
			n++
		}
	}
	if n != len(wanted) || len(strings.Fields(got)) != n {
		t.Errorf("the browser has the sessions of %q, want %q", got, wanted)
	}
}

func TestSeveralUsers(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(multisession.Options{}))
		c := s.Client()
		c.Get("/multi-session/list-device-sessions").WantBody(200, "[]")
		first := enter(c, ada)
		if c.Cookie(kept(first)) == "" {
			t.Fatal("the session is not kept")
		}
		second := enter(c, bob)
		holds(t, c, ada, bob)
		c.Get("/get-session").Want(200, bob)
		c.Post("/multi-session/set-active", j{"sessionToken": first}).Want(200, `"session":{`, `"user":{`, ada)
		c.Get("/get-session").Want(200, ada)
		c.Post("/multi-session/set-active", j{"sessionToken": strings.ToLower(second)}).Want(200, bob)

		// One that is not active ends by itself.
		c.Post("/multi-session/revoke", j{"sessionToken": first}).WantBody(200, `{"status":true}`)
		holds(t, c, bob)
		c.Get("/get-session").Want(200, bob)
		if c.Cookie(kept(first)) != "" {
			t.Error("the cookie of a session that was ended stays")
		}
		// After the active one the next is active, and after the last none.
		first = enter(c, ada)
		c.Post("/multi-session/revoke", j{"sessionToken": first}).Want(200)
		c.Get("/get-session").Want(200, bob)
		if a := c.Post("/multi-session/revoke", j{"sessionToken": second}).Want(200); !a.Cleared(session) {
			t.Error("the last session's cookie stays")
		}
		c.Get("/get-session").WantBody(200, "null")
		c.Post("/multi-session/revoke", j{"sessionToken": second}).WantCode(401, "UNAUTHORIZED")
	})
}

func TestOneSessionOfAUser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	c := s.Client()
	first := enter(c, ada)
	enter(c, bob)
	third := enter(c, ada)
	holds(t, c, ada, bob)
	if c.Cookie(kept(first)) != "" || c.Cookie(kept(third)) == "" {
		t.Error("it is not the newest session of a user that is kept")
	}
	if _, err := s.Context().Sessions().Find(first); err == nil {
		t.Error("the older session is alive")
	}
	// A user's session in another browser is another's.
	other := s.Client()
	enter(other, ada)
	holds(t, c, ada, bob)
	holds(t, other, ada)
}

func TestSignOutEndsAll(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	c := s.Client()
	tokens := []string{enter(c, ada), enter(c, bob)}
	elsewhere := s.Client()
	apart := enter(elsewhere, ada)
	c.Post("/sign-out", nil).Want(200)
	for _, token := range tokens {
		if _, err := s.Context().Sessions().Find(token); err == nil || c.Cookie(kept(token)) != "" {
			t.Error("a session of the browser is left")
		}
	}
	if _, err := s.Context().Sessions().Find(apart); err != nil {
		t.Error("a session of another browser ended")
	}
	holds(t, c)
}

func TestMaximum(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{MaximumSessions: 2}))
	c := s.Client()
	first := enter(c, ada)
	enter(c, bob)
	third := enter(c, "eve@example.com")
	if c.Cookie(kept(third)) != "" {
		t.Error("one more is kept than may be")
	}
	c.Get("/get-session").Want(200, "eve@example.com")
	holds(t, c, ada, bob)
	// What has ended counts no more.
	if err := s.Context().Sessions().Delete(first); err != nil {
		t.Fatal(err)
	}
	c.Post("/multi-session/set-active", j{"sessionToken": first}).WantCode(401, "INVALID_SESSION_TOKEN")
	if c.Cookie(kept(first)) != "" {
		t.Error("the cookie of a session that has ended stays")
	}
	enter(c, "eve@example.com")
	holds(t, c, bob, "eve@example.com")
}

func TestStaleCookiesMakeRoom(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{MaximumSessions: 1}))
	c := s.Client()
	first := enter(c, ada)
	if err := s.Context().Sessions().Delete(first); err != nil {
		t.Fatal(err)
	}
	enter(c, bob)
	holds(t, c, bob)
	if c.Cookie(kept(first)) != "" {
		t.Error("the cookie of a session that has ended stays")
	}
}

// TestEndsWithBrowser: a session that was to end with the browser does so,
// whichever was active when it closed.
func TestEndsWithBrowser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(multisession.Options{}))
	s.SignUp(ada)
	c := s.Client()
	short := c.Post("/sign-in/email", j{"email": ada, "password": authtest.Password, "rememberMe": false}).Want(200).Text("token")
	long := enter(c, bob)
	closed := c.Clone()
	closed.CloseBrowser()
	if closed.Cookie(kept(short)) != "" || closed.Cookie(kept(long)) == "" {
		t.Error("it is not the session that is to be remembered that is")
	}
	c.Post("/multi-session/set-active", j{"sessionToken": short}).Want(200)
	closed = c.Clone()
	closed.CloseBrowser()
	if closed.Cookie(session) != "" {
		t.Error("a session that was to end with the browser outlives it")
	}
	s.Clock.Advance(23 * time.Hour)
	c.Get("/get-session").Want(200, ada)
	s.Clock.Advance(2 * time.Hour)
	c.Get("/get-session").WantBody(200, "null")
	c.Post("/multi-session/set-active", j{"sessionToken": long}).Want(200)
	closed = c.Clone()
	closed.CloseBrowser()
	if closed.Cookie(session) == "" {
		t.Error("a session that was to be remembered is not")
	}
}

package anonymous_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/anonymous"
	"github.com/watchword-auth/watchword/plugin/bearer"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/username"
)

// ways are the sign-ins that make whoever was nobody somebody.
var ways = map[string]func(t *testing.T, s *server, c *client){
	"sign-up": func(_ *testing.T, _ *server, c *client) {
		c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	},
	"password": func(_ *testing.T, s *server, c *client) {
		s.SignUp(email)
		c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
	},
	"username": func(_ *testing.T, s *server, c *client) {
		s.Client().Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password, "username": "ada"}).Want(200)
		c.Post("/sign-in/username", j{"username": "ada", "password": authtest.Password}).Want(200)
	},
	"magic link": func(_ *testing.T, s *server, c *client) {
		c.Post("/sign-in/magic-link", j{"email": email}).Want(200)
		c.Get("/magic-link/verify?callbackURL=%2F&token=" + url.QueryEscape(s.Message(magiclink.Message).Token)).Want(302)
	},
	"code": func(_ *testing.T, s *server, c *client) {
		c.Post("/email-otp/send-verification-otp", j{"email": email, "type": "sign-in"}).Want(200)
		c.Post("/sign-in/email-otp", j{"email": email, "otp": s.Message(emailotp.Message).Code}).Want(200)
	},
	"proof of an address": func(_ *testing.T, s *server, c *client) {
		s.SignUp(email)
		s.SignIn(email).Post("/send-verification-email", j{"email": email}).Want(200)
		c.Get("/verify-email?token=" + url.QueryEscape(s.Message(core.MessageVerification).Token)).Want(200)
	},
	"provider": func(t *testing.T, _ *server, c *client) { c.Get(depart(t, c)).Want(302) },
	"provider, in a browser without the session's cookie": func(t *testing.T, _ *server, c *client) {
		back := depart(t, c)
		c.SetCookie(session, "")
		c.Get(back).Want(302)
	},
}

func TestLink(t *testing.T) {
	t.Parallel()
	for name, sign := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
				linked := &links{}
				s := authtest.New(t, engine, with(anonymous.Options{OnLinkAccount: linked.on}), provider, func(o *core.Options) {
					o.EmailVerification.AutoSignInAfterVerification = true
					o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{}), emailotp.New(emailotp.Options{}), username.New(username.Options{}))
				})
				c, id := visit(s)
				old := c.Clone()
				sign(t, s, c)
				linked.want(t, s, id, email)
				c.Get("/get-session").Want(200, `"email":"ada@example.com"`, `"isAnonymous":false`)
				old.Get("/get-session").WantBody(200, "null")
				// It is over: another sign-in in the old session links nothing.
				old.Post("/sign-in/email", j{"email": email, "password": authtest.Password})
				if len(linked.made) != 0 {
					t.Errorf("linked again: %v", linked.made)
				}
			})
		})
	}
}

// TestLinkByBearerToken: the order of plugins does not matter.
func TestLinkByBearerToken(t *testing.T) {
	t.Parallel()
	linked := &links{}
	s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on}),
		func(o *core.Options) { o.Plugins = append(o.Plugins, bearer.New(bearer.Options{})) })
	a := s.Client().Post("/sign-in/anonymous", nil).Want(200)
	c := s.Client()
	c.Headers.Set("Authorization", "Bearer "+a.Header.Get("set-auth-token"))
	c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	linked.want(t, s, a.Text("user.id"), email)
}

func TestLinkWithCachedSession(t *testing.T) {
	t.Parallel()
	linked := &links{}
	s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on}), func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	c, id := visit(s)
	revoked := c.Clone()
	c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	linked.want(t, s, id, email)
	// The copy that another browser kept is nobody's: it is not asked, and may begin again.
	revoked.Post("/sign-in/anonymous", nil).Want(200)
}

// TestLinkFails: somebody whose things could not be brought along is not
// signed in, and tries again as who they were.
func TestLinkFails(t *testing.T) {
	t.Parallel()
	linked := &links{err: errors.New("the cart is stuck")}
	s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on}))
	s.SignUp(email)
	before := sessions(t, s)
	c, id := visit(s)
	in := j{"email": email, "password": authtest.Password}
	if a := c.Post("/sign-in/email", in).Want(500); len(a.Header["Set-Cookie"]) != 0 {
		t.Errorf("cookies of a sign-in that failed: %v", a.Header["Set-Cookie"])
	}
	if n := sessions(t, s); n != before {
		t.Errorf("%d sessions of the user, %d before", n, before)
	}
	c.Get("/get-session").Want(200, id)
	linked.err = core.NewError(409, "CART_LOCKED", "The cart is locked")
	c.Post("/sign-in/email", in).WantCode(409, "CART_LOCKED")
	linked.err = nil
	c.Post("/sign-in/email", in).Want(200)
	linked.want(t, s, id, email)
}

func sessions(t *testing.T, s *server) int {
	t.Helper()
	all, err := s.Context().Sessions().List(s.User(email).ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestNobodyBecomesNobody: a session of the same user, or of another anonymous
// one, deletes neither.
func TestNobodyBecomesNobody(t *testing.T) {
	t.Parallel()
	linked := &links{}
	s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on, GenerateEmail: func(c *core.Context) (string, error) {
		return c.Header("X-Address"), nil
	}}), func(o *core.Options) { o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{})) })
	c := s.Client()
	c.Headers.Set("X-Address", email)
	own := c.Post("/sign-in/anonymous", nil).Want(200).Text("user.id")
	link := func(c *client) {
		c.Post("/sign-in/magic-link", j{"email": email}).Want(200)
		c.Get("/magic-link/verify?token="+url.QueryEscape(s.Message(magiclink.Message).Token)).Want(200, own)
	}
	link(c)
	if len(linked.made) != 0 || !there(t, s, own) {
		t.Errorf("a user was linked to itself: %v", linked.made)
	}
	other, id := visit(s)
	link(other)
	if len(linked.made) != 1 || !there(t, s, own) || !there(t, s, id) {
		t.Errorf("%v, %v, %v", linked.made, there(t, s, own), there(t, s, id))
	}
}

// TestState: the state names the anonymous user where the reference does, and
// nothing that a client sends is taken for it.
func TestState(t *testing.T) {
	t.Parallel()
	linked := &links{}
	s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on}), provider)
	_, victim := visit(s)
	c := s.Client()
	a := c.Post("/sign-in/social", j{"provider": "company", "additionalData": j{"anonymousUserId": victim, "serverContext": j{"anonymousUserId": victim}}}).Want(200)
	u, _ := url.Parse(a.Text("url"))
	c.Get("/callback/company?code=c&state=" + u.Query().Get("state")).Want(302)
	if len(linked.made) != 0 || !there(t, s, victim) {
		t.Errorf("a client chose the anonymous user: %v", linked.made)
	}
	// One who has gone meanwhile is not looked for.
	c, id := visit(s)
	back := depart(t, c)
	c.Clone().Post("/delete-anonymous-user", nil).Want(200)
	c.SetCookie(session, "")
	c.Get(back).Want(302)
	if len(linked.made) != 0 || there(t, s, id) {
		t.Errorf("linked: %v", linked.made)
	}
}

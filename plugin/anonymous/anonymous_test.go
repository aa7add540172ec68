package anonymous_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/anonymous"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(anonymous.Options{}))
		c := s.Client()
		a := c.Post("/sign-in/anonymous", nil).Want(200, `"name":"Anonymous"`, `"emailVerified":false`, `"isAnonymous":true`)
		if address := a.Text("user.email"); !regexp.MustCompile(`^[a-z0-9]{32}@anonymous\.placeholder\.invalid$`).MatchString(address) {
			t.Error(address)
		}
		c.Get("/get-session").Want(200, `"token":"`+a.Text("token")+`"`, `"isAnonymous":true`)
		for _, body := range []any{nil, j{}, j{"name": "x"}} {
			c.Post("/sign-in/anonymous", body).WantCode(400, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY")
		}
		// Whoever is somebody may be nobody again.
		ada := s.SignUp(email)
		ada.Get("/get-session").Want(200, `"isAnonymous":false`)
		ada.Post("/sign-in/anonymous", j{}).Want(200, `"isAnonymous":true`)
		if !there(t, s, s.User(email).ID) {
			t.Error("a user who was somebody is gone")
		}
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(anonymous.Options{}))
		s.Client().Post("/delete-anonymous-user", nil).WantCode(401, "UNAUTHORIZED")
		s.SignUp(email).Post("/delete-anonymous-user", nil).WantCode(403, "USER_IS_NOT_ANONYMOUS")
		_, other := visit(s)
		c, id := visit(s)
		stolen := c.Clone()
		if a := c.Post("/delete-anonymous-user", j{"userId": other}).WantBody(200, `{"success":true}`); !a.Cleared(session) {
			t.Error("the cookie stays")
		}
		if there(t, s, id) || !there(t, s, other) {
			t.Error("it is not the caller's own user that is gone")
		}
		stolen.Get("/get-session").WantBody(200, "null")
		// A session that is gone is none: its browser may begin again.
		stolen.SetCookie(session, c.Cookie(session))
		c.Post("/sign-in/anonymous", nil).Want(200)
	})
}

func TestDeletionIsOff(t *testing.T) {
	t.Parallel()
	linked := &links{}
	s := authtest.New(t, with(anonymous.Options{DisableDelete: true, OnLinkAccount: linked.on}))
	c, id := visit(s)
	c.Post("/delete-anonymous-user", nil).WantCode(400, "DELETE_ANONYMOUS_USER_DISABLED")
	c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	if len(linked.made) != 1 || !there(t, s, id) {
		t.Errorf("linked %v, there %v", linked.made, there(t, s, id))
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	address, name := "", ""
	var fault error
	s := authtest.New(t, with(anonymous.Options{
		EmailDomain:   "visitors.example",
		GenerateEmail: func(*core.Context) (string, error) { return address, fault },
		GenerateName:  func(*core.Context) (string, error) { return name, nil },
	}))
	sign := func() *authtest.Answer { return s.Client().Post("/sign-in/anonymous", nil) }
	if got := sign().Want(200, `"name":"Anonymous"`).Text("user.email"); !regexp.MustCompile(`^temp-[a-z0-9]{32}@visitors\.example$`).MatchString(got) {
		t.Error(got)
	}
	address, name = "First@visitors.example", "Visitor 1"
	sign().Want(200, `"email":"first@visitors.example"`, `"name":"Visitor 1"`)
	sign().WantCode(422, "USER_ALREADY_EXISTS")
	address = "no address"
	sign().WantCode(400, "INVALID_EMAIL_FORMAT")
	fault = core.NewError(403, "NO_VISITORS", "No visitors")
	sign().WantCode(403, "NO_VISITORS")
}

func TestDomainIsChecked(t *testing.T) {
	t.Parallel()
	_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(),
		Plugins: []core.Plugin{anonymous.New(anonymous.Options{EmailDomain: "no domain"})}})
	if err == nil || !strings.Contains(err.Error(), "EmailDomain") {
		t.Fatalf("assembled with a domain that makes no address: %v", err)
	}
}

func TestNewUsersAreValidated(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(anonymous.Options{}), func(o *core.Options) {
		o.User.ValidateUserInfo = func(_ *core.Context, _ *core.User, source core.UserSource) error {
			if source.Method == "anonymous" && source.Action == "create-user" {
				return core.NewError(403, "CLOSED", "Closed")
			}
			return errors.New("asked for something else")
		}
	})
	s.Client().Post("/sign-in/anonymous", nil).WantCode(403, "CLOSED")
}

func TestStateless(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(anonymous.Options{}), func(o *core.Options) { o.Stateless = true })
	c, id := visit(s)
	c.Post("/sign-in/anonymous", nil).WantCode(400, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY")
	c.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": authtest.Password}).Want(200)
	if there(t, s, id) {
		t.Error("the anonymous user is still there")
	}
}

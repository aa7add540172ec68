package anonymous_test

import (
	"encoding/base32"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/anonymous"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

// enrolled makes a user with a second factor and returns their backup codes.
func enrolled(t *testing.T, s *server) []string {
	t.Helper()
	c := s.SignUp(email)
	var out struct {
		TOTPURI     string
		BackupCodes []string
	}
	c.Post("/two-factor/enable", j{"password": authtest.Password}).Want(200).Decode(&out)
	u, _ := url.Parse(out.TOTPURI)
	secret, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	code, err := core.Invoke(s.Context(), s.Kernel, twofactor.GenerateTOTP, &twofactor.GenerateTOTPInput{Secret: string(secret)}, core.Call{})
	if err != nil {
		t.Fatal(err)
	}
	c.Post("/two-factor/verify-totp", j{"code": code.Code}).Want(200)
	return out.BackupCodes
}

func twoFactors(o *core.Options) {
	o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{}))
}

// TestMF19 is the catalogue's MF-19: the password alone links nothing, and the
// second factor links what the password left.
func TestMF19(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		linked := &links{}
		s := authtest.New(t, engine, with(anonymous.Options{OnLinkAccount: linked.on}), twoFactors)
		codes := enrolled(t, s)
		in := j{"email": email, "password": authtest.Password}
		c, id := visit(s)
		stolen := c.Clone()
		c.Post("/sign-in/email", in).Want(200, `"twoFactorRedirect":true`)
		stolen.Get("/get-session").Want(200, id)
		if len(linked.made) != 0 || !there(t, s, id) {
			t.Fatalf("the password alone linked %v", linked.made)
		}
		c.Post("/two-factor/verify-backup-code", j{"code": "wrong"}).Want(401)
		if len(linked.made) != 0 || !there(t, s, id) {
			t.Fatalf("a wrong code linked %v", linked.made)
		}
		a := c.Post("/two-factor/verify-backup-code", j{"code": codes[0], "trustDevice": true}).Want(200)
		linked.want(t, s, id, email)
		if !a.Cleared(left) {
			t.Error("the cookie that remembered the session stays")
		}

		// A device that is trusted links at once.
		trusted := s.Client()
		id = trusted.Post("/sign-in/anonymous", nil).Want(200).Text("user.id")
		trusted.SetCookie("better-auth.trust_device", c.Cookie("better-auth.trust_device"))
		trusted.Post("/sign-in/email", in).Want(200, `"token":`)
		linked.want(t, s, id, email)
	})
}

// TestLeftSessions: what one visitor left in a browser is not given to the next
// one, and is worth nothing elsewhere, changed, late or gone.
func TestLeftSessions(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(s *server, c, stolen *client){
		"the next visitor": func(_ *server, c, _ *client) {
			c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
		},
		"a changed cookie":  func(_ *server, c, _ *client) { c.SetCookie(left, "x"+c.Cookie(left)) },
		"a deleted user":    func(_ *server, _, stolen *client) { stolen.Post("/delete-anonymous-user", nil).Want(200) },
		"a revoked session": func(_ *server, _, stolen *client) { stolen.Post("/sign-out", nil).Want(200) },
		"a late factor":     func(s *server, _, _ *client) { s.Clock.Advance(9 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			linked := &links{}
			s := authtest.New(t, with(anonymous.Options{OnLinkAccount: linked.on}), twoFactors)
			codes := enrolled(t, s)
			c, id := visit(s)
			stolen := c.Clone()
			c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
			if c.Cookie(left) == "" || c.Cookie(session) != "" {
				t.Fatal("the session is not left")
			}
			meanwhile(s, c, stolen)
			c.Post("/two-factor/verify-backup-code", j{"code": codes[0]}).Want(200)
			if name == "a late factor" {
				linked.want(t, s, id, email) // the control: in time it is linked
			} else if len(linked.made) != 0 {
				t.Errorf("linked %v", linked.made)
			}
		})
	}
}

// TestOT17 is the catalogue's OT-17: an anonymous user deletes nobody else,
// becomes nobody who is there by saying so, and leaves whom they sign in as
// unchanged.
func TestOT17(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(anonymous.Options{}), func(o *core.Options) { o.Plugins = append(o.Plugins, admin.New(admin.Options{})) })
	ada := s.SignUp(email)
	before := ada.Get("/get-session").Text("user.updatedAt")
	c, id := visit(s)
	for _, body := range []any{
		j{"userId": s.User(email).ID}, j{"id": s.User(email).ID, "email": email}, authtest.Form{"userId": s.User(email).ID},
	} {
		c.Clone().Post("/sign-in/anonymous", body)
	}
	c.Post("/admin/list-user-sessions", j{"userId": s.User(email).ID}).Want(403)
	c.Post("/update-user", j{"isAnonymous": false}).Want(400)
	c.Get("/get-session").Want(200, `"isAnonymous":true`)
	s.Client().Post("/sign-up/email", j{"name": "n", "email": "eve@example.com", "password": authtest.Password, "isAnonymous": true}).Want(200, `"isAnonymous":false`)
	c.Post("/update-user", j{"name": "Somebody", "image": "https://img.example/x"}).Want(200)
	c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
	a := c.Get("/get-session").Want(200, `"name":"`+email+`"`, `"image":null`, `"isAnonymous":false`)
	if a.Text("user.updatedAt") != before || there(t, s, id) {
		t.Error("the user was changed, or the anonymous one is left")
	}
}

// TestOtherSites: a page of another site makes nobody anonymous, and so signs
// nobody out.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(anonymous.Options{}))
	for name, headers := range map[string]http.Header{
		"a foreign origin": {"Origin": {"https://evil.example"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Dest": {"document"}},
		"no origin":        {"Origin": {"null"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"cross-site"}},
	} {
		c := s.Client()
		c.Headers = headers
		if a := c.Post("/sign-in/anonymous", nil).Want(403); a.SetCookie(session) != "" {
			t.Errorf("%s: a session", name)
		}
	}
}

// TestRace: of racing sign-ins from one anonymous session one links it, and all
// sign in.
func TestRace(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		linked := &links{}
		s := authtest.New(t, engine, with(anonymous.Options{OnLinkAccount: linked.on}))
		s.SignUp(email)
		c, id := visit(s)
		var racers sync.WaitGroup
		for range 8 {
			racer := c.Clone()
			racers.Go(func() {
				racer.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200)
			})
		}
		racers.Wait()
		linked.want(t, s, id, email)
		if log := s.Log(); strings.Contains(log, "level=ERROR") {
			t.Error(log)
		}
	})
}

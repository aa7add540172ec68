package verification_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

func changeEmail(more ...func(*core.ChangeEmail)) func(*core.Options) {
	return func(o *core.Options) {
		o.User.ChangeEmail.Enabled = true
		for _, f := range more {
			f(&o.User.ChangeEmail)
		}
	}
}

func confirm(o *core.ChangeEmail) { o.Confirm = true }
func atOnce(o *core.ChangeEmail)  { o.UpdateEmailWithoutVerification = true }

// proven signs up a user whose address is proven.
func proven(t *testing.T, s *authtest.Server, email string) *authtest.Client {
	t.Helper()
	c := s.SignUp(email)
	open(c, ask(t, s, c, email), "").Want(200)
	return c
}

func change(c *authtest.Client, email string) *authtest.Answer {
	return c.Post("/change-email", authtest.JSON{"newEmail": email})
}

func TestChangeEmailByTheNewAddress(t *testing.T) {
	t.Parallel()
	for _, verified := range []bool{true, false} {
		authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
			s := authtest.New(t, engine, changeEmail())
			ada := s.SignUp("ada@example.com")
			if verified {
				open(ada, ask(t, s, ada, "ada@example.com"), "").Want(200)
			}
			change(ada, "Grace@Example.com").WantBody(200, `{"status":true}`)
			mail := s.Message(core.MessageVerification, "grace@example.com")
			if mail.User.Email != "grace@example.com" {
				t.Errorf("the mail addresses %s", mail.User.Email)
			}
			ada.Get("/get-session").Want(200, `"email":"ada@example.com"`)
			stranger := s.Client()
			a := open(stranger, mail.Token, "").Want(200, `"status":true`, `"email":"grace@example.com"`)
			if len(a.Header.Values("Set-Cookie")) > 0 {
				t.Fatal("the link of a change signs nobody in")
			}
			if u := s.User("grace@example.com"); u.EmailVerified != verified {
				t.Fatalf("verified is %t, want it to stay %t", u.EmailVerified, verified)
			}
			open(ada, mail.Token, "").WantCode(401, "INVALID_TOKEN")
		})
	}
}

func TestChangeEmailConfirmedAtTheOldAddress(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, changeEmail(confirm))
	ada := proven(t, s, "ada@example.com")
	ada.Post("/change-email", authtest.JSON{"newEmail": "grace@example.com", "callbackURL": "/changed"}).Want(200)
	confirmation := s.Message(core.MessageChangeEmail, "ada@example.com")
	if string(confirmation.Data) != `{"newEmail":"grace@example.com"}` {
		t.Errorf("data: %s", confirmation.Data)
	}
	wantRedirect(t, s.Client().Get(confirmation.URL), "/changed")
	final := s.Message(core.MessageVerification, "grace@example.com")
	if u := s.User("ada@example.com"); !u.EmailVerified {
		t.Fatal("the confirmation alone changed the user")
	}
	open(s.Client(), confirmation.Token, "").WantBody(200, `{"status":true}`)
	s.Message(core.MessageVerification, "grace@example.com")
	wantRedirect(t, ada.Get(final.URL), "/changed")
	ada.Get("/get-session").Want(200, `"email":"grace@example.com"`, `"emailVerified":true`)
	open(ada, confirmation.Token, "/x").Want(302)
	open(ada, confirmation.Token, "").WantCode(401, "INVALID_TOKEN")

	bob := s.SignUp("bob@example.com") // not proven: there is nobody to confirm
	change(bob, "rob@example.com").Want(200)
	s.Message(core.MessageVerification, "rob@example.com")
	s.NoMessage()
}

func TestChangeEmailAtOnce(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, changeEmail(atOnce))
		ada := s.SignUp("ada@example.com")
		old := ask(t, s, ada, "ada@example.com")
		if a := change(ada, "grace@example.com").Want(200); a.SetCookie("better-auth.session_token") == "" {
			t.Error("the cookies are not set anew")
		}
		ada.Get("/get-session").Want(200, `"email":"grace@example.com"`, `"emailVerified":false`)
		open(ada, old, "").WantCode(401, "USER_NOT_FOUND")
		open(ada, s.Message(core.MessageVerification, "grace@example.com").Token, "").Want(200)
		if !s.User("grace@example.com").EmailVerified {
			t.Error("the mail to the new address proves nothing")
		}
		change(ada, "third@example.com").Want(200)
		if s.Message(core.MessageVerification, "third@example.com"); s.User("grace@example.com") == nil {
			t.Error("a proven address changed at once")
		}
	})
}

func TestChangeEmailRefuses(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, changeEmail())
	ada := s.SignUp("ada@example.com")
	change(s.Client(), "x@example.com").WantCode(401, "UNAUTHORIZED")
	change(ada, "ADA@example.com").WantBody(400, `{"message":"Email is the same"}`)
	change(ada, "a@evil.test,b@example.com").WantCode(400, "VALIDATION_ERROR")
	ada.Post("/change-email", authtest.JSON{"newEmail": "b@example.com", "callbackURL": evil}).WantCode(403, "INVALID_CALLBACK_URL")
	ada.Post("/change-email", authtest.Form{"newEmail": "b@example.com"}).WantCode(415, "UNSUPPORTED_MEDIA_TYPE")
	stolen := ada.Clone()
	stolen.Headers.Set("Origin", evil)
	change(stolen, "b@example.com").WantCode(403, "INVALID_ORIGIN")
	s.NoMessage()

	off := authtest.New(t)
	change(off.SignUp("ada@example.com"), "b@example.com").WantCode(400, "CHANGE_EMAIL_DISABLED")
	silent := authtest.New(t, changeEmail(atOnce), func(o *core.Options) { o.EmailVerification.Disabled = true })
	bob := silent.SignUp("bob@example.com")
	change(bob, "rob@example.com").Want(200)
	mute := authtest.New(t, changeEmail(confirm), func(o *core.Options) { o.EmailVerification.Disabled = true })
	carol := mute.SignUp("carol@example.com")
	mute.SignUp("taken@example.com")
	for _, email := range []string{"free@example.com", "taken@example.com"} {
		change(carol, email).WantBody(400, `{"message":"Verification email isn't enabled"}`)
	}
}

// Whether an address is taken shows in no answer, and its owner gets no mail.
func TestChangeEmailTellsNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, changeEmail())
	ada := proven(t, s, "ada@example.com")
	s.SignUp("victim@example.com")
	taken, free := change(ada, "victim@example.com"), change(ada, "free@example.com")
	if taken.Status != free.Status || taken.Body != free.Body || len(taken.Header) != len(free.Header) {
		t.Fatalf("taken: %d %s %v, free: %d %s %v", taken.Status, taken.Body, taken.Header, free.Status, free.Body, free.Header)
	}
	s.Message(core.MessageVerification, "free@example.com")
	s.NoMessage()
}

func TestChangeLinkIsBoundToItsUser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, changeEmail(), func(o *core.Options) { o.User.DeleteUser.Enabled = true })
	ada, mallory := proven(t, s, "ada@example.com"), s.SignUp("mallory@example.com")
	change(ada, "grace@example.com").Want(200)
	link := s.Message(core.MessageVerification, "grace@example.com").Token
	open(mallory, link, "").WantCode(401, "INVALID_USER")
	wantRedirect(t, open(mallory, link, "/done"), "/done?error=INVALID_USER")

	// The address is somebody else's by the time the link is opened.
	late := s.SignUp("grace@example.com")
	open(ada, link, "").WantCode(401, "USER_ALREADY_EXISTS")
	late.Post("/delete-user", authtest.JSON{}).Want(200)

	// The user is gone, and the same address has a new one.
	ada.Post("/delete-user", authtest.JSON{}).Want(200)
	again := s.SignUp("ada@example.com")
	open(again, link, "").WantCode(401, "USER_NOT_FOUND")
	again.Get("/get-session").Want(200, `"email":"ada@example.com"`)
}

// Of links to several addresses the first one opened wins, and the user ends
// with the address it was mailed to, however many are opened at once.
func TestRacingChangeLinks(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		names := strings.Fields("a b c d e f")
		all, racing := meeting(len(names)), atomic.Bool{}
		s := authtest.New(t, engine, changeEmail(), func(o *core.Options) {
			o.DatabaseHooks.User.BeforeUpdate = func(*core.Context, *core.Changes[core.User]) error {
				if racing.Load() {
					all()
				}
				return nil
			}
		})
		ada := proven(t, s, "ada@example.com")
		var links []string
		for _, name := range names {
			change(ada, name+"@example.com").Want(200)
			links = append(links, s.Message(core.MessageVerification, name+"@example.com").Token)
		}
		var won atomic.Int64
		winner := make([]string, len(links))
		racing.Store(true)
		race(len(links), func(i int) {
			if a := open(s.Client(), links[i], ""); a.Status == 200 {
				won.Add(1)
				winner[i] = a.Text("user.email")
			} else {
				a.WantCode(401, "INVALID_TOKEN")
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d links changed the address", won.Load())
		}
		ada.Get("/get-session").Want(200, `"email":"`+strings.Join(winner, "")+`"`)
	})
}

func TestChangeShowsInTheCookieCache(t *testing.T) {
	t.Parallel()
	cached := func(o *core.Options) { o.Session.CookieCache.Enabled = true }
	s := authtest.New(t, changeEmail(), cached)
	ada := proven(t, s, "ada@example.com")
	phone := s.SignIn("ada@example.com")
	change(ada, "grace@example.com").Want(200)
	link := s.Message(core.MessageVerification, "grace@example.com").Token
	ada.Post("/revoke-other-sessions", authtest.JSON{}).Want(200)

	// The phone's session lives in its cookie only; the link must not prolong
	// that.
	stale := phone.Clone()
	if a := open(stale, link, "").Want(200); a.SetCookie("better-auth.session_data") != "" && !a.Cleared("better-auth.session_data") {
		t.Fatal("a revoked session got a fresh cache")
	}
	stale.Get("/get-session").WantBody(200, "null")

	change(ada, "third@example.com").Want(200)
	open(ada, s.Message(core.MessageVerification, "third@example.com").Token, "").Want(200)
	ada.Get("/get-session").Want(200, `"email":"third@example.com"`)
	s.Clock.Advance(time.Minute)
	ada.Get("/get-session").Want(200, `"email":"third@example.com"`)
}

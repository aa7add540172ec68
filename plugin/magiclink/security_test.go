package magiclink_test

import (
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/magiclink"
)

// TestOT01 is the catalogue's OT-01: what waits for another endpoint is no
// link, in whatever form it is presented, and still works there.
func TestOT01(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	s.SignUp(email)
	s.Client().Post("/request-password-reset", authtest.JSON{"email": email}).Want(200)
	reset := s.Message(core.MessageResetPassword).Token
	for _, token := range []string{reset, "reset-password:" + reset, "../reset-password:" + reset} {
		s.Client().Get(verify(token)).Want(302)
	}
	s.Client().Post("/reset-password", authtest.JSON{"token": reset, "newPassword": "another password"}).Want(200)

	link := ask(s, authtest.JSON{"email": email}).Token
	for _, token := range []string{link, "magic-link:" + link} {
		s.Client().Post("/reset-password", authtest.JSON{"token": token, "newPassword": "another password"}).WantCode(400, "INVALID_TOKEN")
	}
	s.Client().Get(verify(link)).Want(200)
}

// TestOT02 is the catalogue's OT-02: values of another shape under the
// plugin's own identifiers sign nobody in.
func TestOT02(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	s.SignUp(email)
	for _, value := range []string{
		email, `{"email":"ada@example.com"}`, `{"type":"magic-link","email":"ada@example.com","userId":"x"}`,
		`{"type":"other","email":"ada@example.com"}`, `{"type":"magic-link","email":["ada@example.com"]}`,
	} {
		store(t, s, "magic-link:collision", "collision", value).Want(302)
	}
}

// TestOT03 is the catalogue's OT-03: a link works once, however many open it
// at once.
func TestOT03(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(magiclink.Options{}))
		m := ask(s, authtest.JSON{"email": email})
		const racers = 64
		answers := make([]*authtest.Answer, racers)
		var wg sync.WaitGroup
		for i := range racers {
			wg.Go(func() { answers[i] = s.Client().Get(verify(m.Token)) })
		}
		wg.Wait()
		won := 0
		for _, a := range answers {
			if a.Status == 200 {
				won++
			}
		}
		if sessions, err := s.Context().Sessions().List(s.User(email).ID); won != 1 || err != nil || len(sessions) != 1 {
			t.Errorf("%d answers, %d sessions, %v", won, len(sessions), err)
		}
	})
}

// A program that only looks whether there is a page does not spend the link.
func TestHeadSpendsNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	m := ask(s, authtest.JSON{"email": email})
	s.Client().Send("HEAD", m.URL, nil)
	s.Client().Get(verify(m.Token)).Want(200)
}

// TestOT07 is the catalogue's OT-07: whoever signed up with an address that is
// not theirs has nothing left when its owner comes.
func TestOT07(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(magiclink.Options{}))
		attacker := s.SignUp(email)
		u := s.User(email)
		if err := s.Context().Accounts().Create(&core.Account{UserID: u.ID, ProviderID: "evil", AccountID: "1"}); err != nil {
			t.Fatal(err)
		}
		m := ask(s, authtest.JSON{"email": email})
		owner := s.Client()
		owner.Get(verify(m.Token)).Want(200, u.ID, `"emailVerified":true`)
		owner.Get("/get-session").Want(200, email)
		attacker.Get("/get-session").WantBody(200, "null")
		s.Client().Post("/sign-in/email", authtest.JSON{"email": email, "password": authtest.Password}).Want(401)
		if accounts, err := s.Context().Accounts().ByUser(u.ID); err != nil || len(accounts) != 0 {
			t.Errorf("%d accounts, %v", len(accounts), err)
		}
	})
}

// A user whose address was proven keeps password and sessions.
func TestProvenUserKeepsEverything(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	ada := s.SignUp(email)
	c := s.Context()
	if _, err := c.Users().Update(s.User(email).ID, c.Tables().Users.EmailVerified.To(true)); err != nil {
		t.Fatal(err)
	}
	s.Client().Get(verify(ask(s, authtest.JSON{"email": email}).Token)).Want(200)
	ada.Get("/get-session").Want(200, email)
	s.SignIn(email)
}

// TestOT08 is the catalogue's OT-08: the mail goes to the address as it is
// stored.
func TestOT08(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	s.SignUp(email)
	if m := ask(s, authtest.JSON{"email": "ADA@Example.COM"}); m.To != email {
		t.Errorf("mailed to %s", m.To)
	}
	for _, spelling := range []string{"ａda@example.com", "ada@example.com ", "ada@exаmple.com"} {
		s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": spelling}).WantCode(400, "VALIDATION_ERROR")
	}
	s.NoMessage()
}

// TestOT15 is the catalogue's OT-15: targets are decoded once.
func TestOT15(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	for _, target := range []string{"%252f%252fevil.example", "https%253A%252F%252Fevil.example", "%2f%2fevil.example", "/%5cevil.example"} {
		m := ask(s, authtest.JSON{"email": email})
		s.Client().Get(verify(m.Token) + "&callbackURL=" + target).Want(403)
	}
}

// TestOT16 is the catalogue's OT-16: without sign-up, unknown addresses get
// the same answer, no mail and no user.
func TestOT16(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{DisableSignUp: true}))
	s.SignUp(email)
	known := s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": email})
	s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": "nobody@example.com"}).WantBody(200, known.Body)
	a := store(t, s, "magic-link:t", "t", `{"type":"magic-link","email":"nobody@example.com"}`).Want(302)
	if got := a.Header.Get("Location"); got != authtest.Origin+"/?error=new_user_signup_disabled" {
		t.Error(got)
	}
	s.Message(magiclink.Message, email)
	s.NoMessage()
}

// TestPW13 is the catalogue's PW-13: blank tokens match nothing.
func TestPW13(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(magiclink.Options{}))
	ask(s, authtest.JSON{"email": email})
	for _, query := range []string{"token=", "token=%20", "token=null", "token=0", "token=%00"} {
		s.Client().Get("/magic-link/verify?" + query).Want(302)
	}
	for _, query := range []string{"", "token=a&token=b", "token[]="} {
		s.Client().Get("/magic-link/verify?"+query).WantCode(400, "VALIDATION_ERROR")
	}
}

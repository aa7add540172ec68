package social_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth/provider"
)

// verified marks a user's address as proven.
func verified(t *testing.T, s *authtest.Server, email string) *core.User {
	t.Helper()
	u, err := s.Context().Users().Update(s.User(email).ID, s.Tables().Users.EmailVerified.To(true))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSO06ImplicitLinking(t *testing.T) {
	t.Parallel()
	trust := func(o *options) { o.Account.Linking.TrustedProviders = []string{"github"} }
	for _, c := range []struct {
		name        string
		change      func(*options)
		local, told bool // whose address is proven: the user's here, the provider's there
		linked      bool
	}{
		{"both", nil, true, true, true},
		{"not here", nil, false, true, false},
		{"not there", nil, true, false, false},
		{"neither", nil, false, false, false},
		{"trusted", trust, true, false, true},
		{"trusted, not here", trust, false, true, false},
		{"off", func(o *options) { o.Account.Linking.Disabled = true }, true, true, false},
		{"not implicitly", func(o *options) { o.Account.Linking.DisableImplicit = true }, true, true, false},
		{"trusted and off", func(o *options) { trust(o); o.Account.Linking.Disabled = true }, true, true, false},
		{"not asked here", func(o *options) { o.Account.Linking.AllowUnverifiedLocalEmail = true }, false, true, true},
		{"not asked here, not there", func(o *options) { o.Account.Linking.AllowUnverifiedLocalEmail = true }, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				p := newIDP(t)
				change := c.change
				if change == nil {
					change = func(*options) {}
				}
				s := serve(p, engine, change)
				s.SignUp(ada.Email)
				if c.local {
					verified(t, s, ada.Email)
				}
				a := p.signIn(s.Client(), "github", person{"77", "ADA@example.com", c.told})
				want := "/failed?error=account_not_linked"
				if c.linked {
					want = "/home"
				}
				goes(t, a, want)
				if (a.SetCookie(sessionCookie) != "") != c.linked {
					t.Error("a session, or none, against the rule")
				}
				if u := s.User(ada.Email); u.EmailVerified != (c.local || c.linked && c.told) {
					t.Errorf("the address is proven: %t", u.EmailVerified)
				}
			})
		})
	}
}

// TestSO06SO07SO08PreRegistered is about somebody who registers an address that is not
// theirs and waits for its owner.
func TestSO06SO07SO08PreRegistered(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		s.SignUp(ada.Email)
		goes(t, p.signIn(s.Client(), "google", ada), "/failed?error=account_not_linked")
		a := s.Client().Post("/sign-in/social", body{"provider": "google", "idToken": body{"token": sign(t, googleKey(), p.claims(ada))}})
		a.WantBody(401, `{"message":"account not linked","code":"OAUTH_LINK_ERROR"}`)
	})
	t.Run("where linking is allowed all the same", func(t *testing.T) {
		t.Parallel()
		authtest.Engines(t, func(t *testing.T, engine func(*options)) {
			p := newIDP(t)
			s := serve(p, engine, func(o *options) { o.Account.Linking.AllowUnverifiedLocalEmail = true })
			// By password, and with an identity of their own at a provider that
			// does not prove addresses.
			goes(t, p.signIn(s.Client(), "github", person{"666", ada.Email, false}), "/home")
			u := s.User(ada.Email)
			if err := s.Context().Accounts().SetPassword(u.ID, "x"); err != nil {
				t.Fatal(err)
			}
			thief := s.Client()
			goes(t, p.signIn(thief, "github", person{"666", ada.Email, false}), "/home")

			goes(t, p.signIn(s.Client(), "google", ada), "/home")
			thief.Get("/get-session").WantBody(200, "null")
			accounts, err := s.Context().Accounts().ByUser(u.ID)
			if err != nil || len(accounts) != 1 || accounts[0].ProviderID != "google" {
				t.Errorf("what is left: %+v, %v", accounts, err)
			}
			goes(t, p.signIn(s.Client(), "github", person{"666", ada.Email, false}), "/failed?error=account_not_linked")
		})
	})
}

func TestSO27KnownIdentity(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		goes(t, p.signIn(s.Client(), "github", person{"7", "a@example.com", false}), "/home")
		u := s.User("a@example.com")
		// Proven by now.
		goes(t, p.signIn(s.Client(), "github", person{"7", "a@example.com", true}), "/home")
		if !s.User("a@example.com").EmailVerified {
			t.Error("the provider's word was not taken")
		}
		// The address changed there, to somebody else's here: still the same
		// user, with the same address.
		s.SignUp("victim@example.com")
		c := s.Client()
		goes(t, p.signIn(c, "github", person{"7", "victim@example.com", true}), "/home")
		c.Get("/get-session").Want(200, u.ID, `"email":"a@example.com"`)
		row, err := s.Context().Accounts().ByProvider("github", "7")
		if err != nil || *row.Scope != "openid,email" {
			t.Errorf("%+v %v", row, err)
		}
	})
}

func TestOverrideUserInfo(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := authtest.New(t, p.configure(func(o *provider.Options) { o.OverrideUserInfoOnSignIn = true }))
	p.clock = s.Clock
	p.signIn(s.Client(), "github", person{"7", "a@example.com", true})
	if _, err := s.Context().Users().Update(s.User("a@example.com").ID, s.Tables().Users.Name.To("Renamed")); err != nil {
		t.Fatal(err)
	}
	s.SignUp("victim@example.com")
	for _, c := range []struct {
		told person
		want string
	}{
		{person{"7", "victim@example.com", true}, "a@example.com"}, // taken
		{person{"7", "new@example.com", false}, "a@example.com"},   // not proven
		{person{"7", "new@example.com", true}, "new@example.com"},
	} {
		client := s.Client()
		goes(t, p.signIn(client, "github", c.told), "/home")
		client.Get("/get-session").Want(200, `"email":"`+c.want+`"`, `"name":"Ada"`)
	}
}

func TestMapProfileToUser(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	configure := p.configure(func(o *provider.Options) {
		o.MapProfileToUser = func(profile json.RawMessage, u *provider.User) error {
			u.Name = "Mapped"
			u.Fields = map[string]json.RawMessage{"plan": json.RawMessage(`"pro"`), "role": json.RawMessage(`"admin"`)}
			return nil
		}
	})
	s := authtest.New(t, configure, func(o *options) {
		o.User.AdditionalFields = []core.AdditionalField{{Name: "plan", Type: db.KindText}, {Name: "role", NoInput: true}}
	})
	p.clock = s.Clock
	c := s.Client()
	goes(t, p.signIn(c, "google", ada), "/home")
	c.Get("/get-session").Want(200, `"name":"Mapped"`, `"plan":"pro"`, `"role":null`)
	row, err := s.Context().Accounts().ByProvider("google", ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.Get("/account-info?accountId="+row.ID).Want(200, `"user":{"name":"Mapped"`, `"plan":"pro","role":"admin"},"data":{`)
}

// link starts a linking and returns the authorization URL.
func link(c *authtest.Client, name string) string {
	return c.Post("/link-social", body{"provider": name, "callbackURL": "/settings", "errorCallbackURL": "/failed"}).Want(200).Text("url")
}

func TestSO20SO21LinkSocial(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		s.Client().Post("/link-social", body{"provider": "github"}).WantCode(401, "UNAUTHORIZED")
		c := s.SignUp(ada.Email)
		a := p.arrive(c, "github", link(c, "github"), person{"7", ada.Email, true})
		goes(t, a, "/settings")
		if a.SetCookie(sessionCookie) != "" {
			t.Error("a linking made a session")
		}
		goes(t, p.signIn(s.Client(), "github", person{"7", ada.Email, true}), "/home")

		// Theirs already: the scopes of both.
		row, err := s.Context().Accounts().ByProvider("github", "7")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Context().Accounts().Update(row.ID, s.Tables().Accounts.Scope.To("repo,email")); err != nil {
			t.Fatal(err)
		}
		goes(t, p.arrive(c, "github", link(c, "github"), person{"7", ada.Email, true}), "/settings")
		if row, err = s.Context().Accounts().ByProvider("github", "7"); err != nil || *row.Scope != "repo,email,openid" {
			t.Errorf("%+v %v", row, err)
		}

		// Not proven there; another address; another user's.
		goes(t, p.arrive(c, "github", link(c, "github"), person{"8", ada.Email, false}), "/failed?error=unable_to_link_account")
		goes(t, p.arrive(c, "github", link(c, "github"), person{"8", "other@example.com", true}), "/failed?error=email_does_not_match")
		eve := s.SignUp("eve@example.com")
		goes(t, p.arrive(eve, "github", link(eve, "github"), person{"7", "eve@example.com", true}), "/failed?error=account_already_linked_to_different_user")

		// The session has ended in between.
		authorization := link(c, "github")
		if err := s.Context().Sessions().DeleteAll(s.User(ada.Email).ID); err != nil {
			t.Fatal(err)
		}
		goes(t, p.arrive(c, "github", authorization, person{"9", ada.Email, true}), "/failed?error=unable_to_link_account")
	})
}

func TestSO04LinkBelongsToItsBrowser(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	eve, victim := s.SignUp("eve@example.com"), s.SignUp(ada.Email)
	code, state := p.approve(link(eve, "github"), person{"666", ada.Email, true})
	a := victim.Get("/callback/github?code=" + code + "&state=" + state).Want(302)
	if !strings.HasSuffix(a.Header.Get("Location"), "error=state_mismatch") {
		t.Error(a.Header)
	}
	if _, err := s.Context().Accounts().ByProvider("github", "666"); err == nil {
		t.Error("an identity was linked in another browser")
	}
}

func TestLinkByIDToken(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		c := s.SignUp(ada.Email)
		by := func(c *authtest.Client, who person) *authtest.Answer {
			return c.Post("/link-social", body{"provider": "google", "idToken": body{"token": sign(t, googleKey(), p.claims(who)), "accessToken": "at"}})
		}
		by(c, person{"1", ada.Email, false}).WantCode(401, "LINKING_NOT_ALLOWED")
		by(c, person{"1", "other@example.com", true}).WantCode(401, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED")
		by(c, person{"1", "", true}).WantCode(401, "USER_EMAIL_NOT_FOUND")
		by(c, ada).WantBody(200, `{"url":"","status":true,"redirect":false}`)
		by(c, ada).Want(200)
		by(s.SignUp("eve@example.com"), ada).WantCode(409, "SOCIAL_ACCOUNT_ALREADY_LINKED")
		c.Post("/link-social", body{"provider": "google", "idToken": body{"token": "x.y.z"}}).WantCode(401, "INVALID_TOKEN")
		c.Post("/link-social", body{"provider": "nobody"}).WantCode(404, "PROVIDER_NOT_FOUND")
		accounts, err := s.Context().Accounts().ByUser(s.User(ada.Email).ID)
		if err != nil || len(accounts) != 2 {
			t.Errorf("%d accounts, %v", len(accounts), err)
		}
	})
}

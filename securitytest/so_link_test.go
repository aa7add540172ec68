package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// prove proves a signed-in user's address by mail.
func prove(s *harness.Site, c *harness.Client, email string) {
	c.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	c.Get("/verify-email?token=" + s.Message("verification-email", email).Token).Want(http.StatusOK)
}

// waysIn are the ways to come with an identity of a provider: each signs a
// browser in, or does not.
func waysIn(t *testing.T, s *harness.Site) map[string]func(c *harness.Client, g harness.Grant) *harness.Answer {
	code := func(p *harness.Provider, name string) func(*harness.Client, harness.Grant) *harness.Answer {
		return func(c *harness.Client, g harness.Grant) *harness.Answer {
			return c.Get(p.Approve(t, c.Depart(socialPath, name, nil), g))
		}
	}
	token := func(p *harness.Provider, name string) func(*harness.Client, harness.Grant) *harness.Answer {
		return func(c *harness.Client, g harness.Grant) *harness.Answer {
			return c.Post(socialPath, body{"provider": name, "idToken": body{"token": p.IDToken("", g)}})
		}
	}
	return map[string]func(*harness.Client, harness.Grant) *harness.Answer{
		"a code": code(s.Providers[0], "company"), "a code of Google's": code(s.Google, "google"),
		"an ID token": token(s.Providers[0], "company"), "an ID token of Google's": token(s.Google, "google"),
		"one tap": func(c *harness.Client, g harness.Grant) *harness.Answer {
			return c.Post("/one-tap/callback", body{"idToken": s.Google.IDToken("", g)})
		},
	}
}

func unprovenUsersAreNotJoined(t *testing.T, s *harness.Site) {
	for name, arrive := range waysIn(t, s) {
		email := s.Address("victim")
		eve := s.SignUp(email) // who waits for the address's owner
		w := s.Watch(email, eve.User())
		v := s.Client()
		w.Refused(arrive(v, granted(email)), 0, "")
		v.Stranger("an identity by " + name)
		// Where the address is proven, or nobody's, the same identity is let in.
		proven, fresh := s.Address("proven"), s.Address("fresh")
		owner := s.SignUp(proven)
		prove(s, owner, proven)
		v = s.Client()
		if arrive(v, granted(proven)); v.User() != owner.User() {
			t.Errorf("%s does not join the user who has proven the address", name)
		}
		v = s.Client()
		if arrive(v, granted(fresh)); v.User() == "" {
			t.Errorf("%s does not sign up", name)
		}
	}
}

func joinedUsersAreCleared(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	eve := s.SignUp(email)
	v := s.Client()
	v.Arrive(0, granted(email)).Want(http.StatusFound)
	if v.User() == "" {
		t.Fatal("linking is allowed, and the user is not joined")
	}
	dead(t, s, "a session from before", eve)
	s.Watch(email).Refused(s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password}), http.StatusUnauthorized, "INVALID_EMAIL_OR_PASSWORD")
	again := s.Client()
	if again.Arrive(0, granted(email)); again.User() != v.User() {
		t.Error("the owner is somebody else the next time")
	}
}

func providersMeetByProof(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	eve, v := s.Client(), s.Client()
	unproven := func(sub string) body { return body{"sub": sub, "email": email, "email_verified": false, "name": "n"} }
	eve.Arrive(0, harness.Grant{Claims: unproven(s.Address("eve"))}).Want(http.StatusFound)
	if eve.User() == "" {
		t.Fatal("an unproven address does not sign up")
	}
	w := s.Watch(email, eve.User())
	w.Refused(v.Arrive(1, granted(email)), http.StatusFound, "account_not_linked")
	v.Stranger("a second provider")
	// The other way around: who proves nothing joins nobody.
	proven := s.Address("proven")
	owner := s.Client()
	owner.Arrive(0, granted(proven)).Want(http.StatusFound)
	w = s.Watch(proven, owner.User())
	eve = s.Client()
	w.Refused(eve.Arrive(1, harness.Grant{Claims: body{"sub": s.Address("eve"), "email": proven, "email_verified": false}}), http.StatusFound, "account_not_linked")
	second := s.Client()
	if second.Arrive(1, granted(proven)); second.User() != owner.User() {
		t.Error("two providers that prove one address are two users")
	}
}

func issuersAreNoAccounts(t *testing.T, s *harness.Site) {
	company, rival := s.Providers[0], s.Providers[1]
	email := s.Address("victim")
	v := s.Client()
	v.Arrive(0, granted(email)).Want(http.StatusFound)
	// The rival names the victim's subject, and says whose issuer it is.
	for name, claims := range map[string]body{
		"the other's issuer": {"iss": company.URL, "sub": email, "email": s.Address("eve"), "email_verified": true},
		"its own issuer":     {"iss": rival.URL, "sub": email, "email": s.Address("eve"), "email_verified": true},
	} {
		c := s.Client()
		c.Arrive(1, harness.Grant{Claims: claims})
		if c.User() == v.User() {
			t.Errorf("a rival with %s signs in as the victim", name)
		}
	}
}

func subjectsAreNeeded(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	for _, sub := range []any{nil, "", " ", 0, false, []string{"x"}, body{}, body{"a": 1}} {
		for _, via := range []string{"ID token", "userinfo"} {
			email := s.Address("nobody")
			w := s.Watch(email)
			claims := body{"sub": sub, "email": email, "email_verified": true, "name": "n"}
			g := harness.Grant{Claims: claims}
			if via == "userinfo" { // the profile is all there is
				g.Tokens, g.Userinfo = body{"id_token": nil}, claims
			}
			c := s.Client()
			a := c.Arrive(0, g)
			w.Refused(a, http.StatusFound, "")
			c.Stranger("the subject " + textOf(sub) + " by " + via)
		}
	}
	// GitHub's are numbers.
	s.Internet.PlayJSON("github.com/login/oauth/access_token", body{"access_token": "x", "scope": "user:email", "token_type": "bearer"})
	for _, id := range []any{nil, 0, "", []int{1}, body{}, -0.0} {
		email := s.Address("nobody")
		w := s.Watch(email)
		s.Internet.PlayJSON("api.github.com/user", body{"id": id, "login": "n", "email": email})
		s.Internet.PlayJSON("api.github.com/user/emails", []body{{"email": email, "primary": true, "verified": true}})
		c := s.Client()
		w.Refused(arriveAt(c, "github"), http.StatusFound, "")
		c.Stranger("an identity at GitHub without a subject")
	}
	s.Internet.PlayJSON("api.github.com/user", body{"id": 7, "login": "n", "email": s.Address("somebody")})
	c := s.Client()
	if arriveAt(c, "github"); c.User() == "" {
		t.Error("an identity with a subject is refused")
	}
}

// arriveAt comes back from a provider that answers any code.
func arriveAt(c *harness.Client, provider string) *harness.Answer {
	return c.Get("/callback/" + provider + "?code=x&state=" + stateOf(c.Depart(socialPath, provider, nil)))
}

func linkingNeedsASession(t *testing.T, s *harness.Site) {
	for name, end := range map[string]func(own, other *harness.Client){
		"signed out": func(own, _ *harness.Client) { own.Clone().Post("/sign-out", body{}).Want(http.StatusOK) },
		"revoked":    func(_, other *harness.Client) { other.Post("/revoke-other-sessions", nil).Want(http.StatusOK) },
	} {
		email := s.Address("victim")
		v := s.SignUp(email)
		other := s.SignIn(email)
		stale := v.Clone()
		begun := v.Depart(linkPath, "company", nil)
		end(v, other)
		subject := s.Address("subject")
		g := harness.Grant{Claims: body{"sub": subject, "email": email, "email_verified": true}}
		w := s.Watch(subject)
		w.Refused(v.Get(s.Providers[0].Approve(t, begun, g)), http.StatusFound, "unable_to_link_account")
		if a := stale.Post(linkPath, body{"provider": "company"}); a.Status != http.StatusUnauthorized {
			t.Errorf("%s, with a cached session: %d %s", name, a.Status, a.Body)
		}
		other.Get(s.Providers[0].Approve(t, other.Depart(linkPath, "company", nil), g))
		other.Get("/list-accounts").Want(http.StatusOK, `"providerId":"company"`)
	}
	if a := s.Client().Post(linkPath, body{"provider": "company"}); a.Status != http.StatusUnauthorized {
		t.Errorf("without a session: %d", a.Status)
	}
}

func accountsStayWithTheirUser(t *testing.T, s *harness.Site) {
	email, mine := s.Address("victim"), s.Address("eve")
	v, eve := s.Client(), s.SignUp(mine)
	v.Arrive(0, granted(email)).Want(http.StatusFound)
	link := func(claims body) *harness.Answer {
		return eve.Get(s.Providers[0].Approve(t, eve.Depart(linkPath, "company", nil), harness.Grant{Claims: claims}))
	}
	w := s.Watch(email, v.User(), eve.User())
	w.Refused(link(body{"sub": email, "email": mine, "email_verified": true}), http.StatusFound, "account_already_linked_to_different_user")
	w.Refused(link(body{"sub": s.Address("new"), "email": s.Address("other"), "email_verified": true}), http.StatusFound, "email_does_not_match")
	w.Refused(link(body{"sub": s.Address("new"), "email": mine, "email_verified": false}), http.StatusFound, "unable_to_link_account")
	// A state that was changed, at any place, is nobody's.
	back := s.Providers[0].Approve(t, eve.Depart(linkPath, "company", nil), granted(mine))
	state := stateOf(back)
	w = s.Watch(email, v.User(), eve.User())
	for i := 0; i < len(state); i += 5 {
		changed := "a"
		if state[i] == 'a' {
			changed = "b"
		}
		forged := strings.Replace(back, state, state[:i]+changed+state[i+1:], 1)
		w.Refused(eve.Clone().Get(forged), http.StatusFound, "state_mismatch")
	}
	eve.Get(back)
	eve.Get("/list-accounts").Want(http.StatusOK, `"accountId":"`+mine+`"`)
}

func subjectsMatch(t *testing.T, s *harness.Site) {
	email, subject := s.Address("victim"), s.Address("subject")
	v := s.SignUp(email)
	w := s.Watch(v.User())
	as := func(claims body) *harness.Client {
		c := s.Client()
		c.Arrive(0, harness.Grant{Claims: claims})
		return c
	}
	own := s.Address("eve")
	eve := as(body{"sub": subject, "email": own, "email_verified": true, "preferred_username": email, "name": email})
	if eve.User() == "" || eve.User() == v.User() {
		t.Fatalf("a name at the provider makes %q", eve.User())
	}
	// What she calls herself there now changes neither who she is nor her address.
	again := as(body{"sub": subject, "email": email, "email_verified": true, "name": "n"})
	if again.User() != eve.User() || again.Get("/get-session").Text("user.email") != own {
		t.Errorf("with another address the user is %q", again.Get("/get-session").Body)
	}
	if c := as(body{"sub": s.Address("other"), "email": email, "email_verified": false}); c.User() != "" {
		t.Error("another subject with an address that the provider does not prove")
	}
	if c := as(body{"sub": strings.ToUpper(subject), "email": s.Address("third"), "email_verified": true}); c.User() == eve.User() {
		t.Error("a subject in other letters is the same")
	}
	w.Unchanged("an identity of somebody else")
}

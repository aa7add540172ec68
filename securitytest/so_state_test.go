package securitytest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

const (
	socialPath = "/sign-in/social"
	linkPath   = "/link-social"
)

// granted is what an honest provider tells of somebody with that address.
func granted(email string) harness.Grant { return harness.Grant{Claims: honest(email)} }

// refusedBack fails the test unless a callback was refused with the code and
// left nobody signed in.
func refusedBack(s *harness.Site, w *harness.Watch, c *harness.Client, a *harness.Answer, code string) {
	w.Refused(a, http.StatusFound, code)
	c.Stranger("a callback refused for " + code)
}

func callbacksAreTheirBrowsers(t *testing.T, s *harness.Site) {
	p := s.Providers[0]
	for name, other := range map[string]*harness.Client{"without cookies": s.Client(), "with a state of its own": s.Client()} {
		email := s.Address("victim")
		w := s.Watch(email)
		if name != "without cookies" {
			other.Begin(0, nil)
		}
		own := s.Client()
		back := p.Approve(t, own.Begin(0, nil), granted(email))
		refusedBack(s, w, other, other.Get(back), "state_mismatch")
		refusedBack(s, w, own, own.Get(back), "state_mismatch") // nobody presents it again
	}
	email := s.Address("honest")
	own := s.Client()
	own.Arrive(0, granted(email))
	if own.User() == "" {
		t.Error("the browser that began is not signed in")
	}
}

func statesInCookies(t *testing.T, s *harness.Site) {
	p, email := s.Providers[0], s.Address("victim")
	w, asked := s.Watch(email), p.Calls("/token")
	for state, code := range map[string]string{"x": "state_mismatch", "": "state_not_found", "none": "state_not_found", "two": ""} {
		c := s.Client()
		back, _ := url.Parse(p.Approve(t, c.Begin(0, nil), granted(email)))
		q := back.Query()
		switch state {
		case "none":
			q.Del("state")
		case "two":
			q.Add("state", "x")
		default:
			q.Set("state", state)
		}
		back.RawQuery = q.Encode()
		w.Refused(c.Get(back.String()), 0, code)
		c.Stranger("a callback with the state " + state)
	}
	// Whose cookie is another's state.
	c, other := s.Client(), s.Client()
	back := p.Approve(t, c.Begin(0, nil), granted(email))
	other.Begin(0, nil)
	refusedBack(s, w, other, other.Get(back), "state_mismatch")
	if n := p.Calls("/token") - asked; n != 0 {
		t.Errorf("%d codes were redeemed", n)
	}
	kept := c.Clone()
	c.Get(back)
	if c.User() == "" {
		t.Error("the browser that began is not signed in")
	}
	w = s.Watch(email)
	refusedBack(s, w, kept, kept.Get(back), "state_mismatch")
}

func statesAreTheirProviders(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil) // whose providers nobody else asks
	for _, path := range []string{"/callback/rival", "/callback/google", "/callback/github"} {
		email := s.Address("victim")
		w := s.Watch(email)
		c := s.Client()
		begun := c.Begin(0, nil)
		back, _ := url.Parse(s.Providers[1].Approve(t, begun, granted(email)))
		asked := s.Providers[1].Calls("/token") + s.Google.Calls("/token")
		refusedBack(s, w, c, c.Get(path+"?"+back.RawQuery), "state_mismatch")
		if s.Providers[1].Calls("/token")+s.Google.Calls("/token") != asked {
			t.Errorf("%s redeems a code for a state of another provider", path)
		}
	}
	c := s.Client()
	c.Arrive(1, granted(s.Address("honest")))
	if c.User() == "" {
		t.Error("the provider does not sign in by itself")
	}
}

func linkingIsForItsBrowser(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	eve, victim := s.SignUp(s.Address("eve")), s.SignUp(email)
	subject := s.Address("subject")
	mine := harness.Grant{Claims: body{"sub": subject, "email": email, "email_verified": true}}
	back := s.Providers[0].Approve(t, eve.Depart(linkPath, "company", nil), mine)
	w := s.Watch(victim.User(), subject)
	w.Refused(victim.Get(back), http.StatusFound, "state_mismatch")
	victim.Get("/list-accounts").Want(http.StatusOK)
	// It is as good as any in the browser that asked.
	victim.Get(s.Providers[0].Approve(t, victim.Depart(linkPath, "company", nil), mine))
	victim.Get("/list-accounts").Want(http.StatusOK, `"accountId":"`+subject+`"`)
}

func answersNameTheirProvider(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	p, email := s.Providers[0], s.Address("victim")
	w, asked := s.Watch(email), p.Calls("/token")
	for iss, code := range map[string]string{s.Providers[1].URL: "issuer_mismatch", "": "issuer_missing", p.URL + "/": "issuer_mismatch"} {
		c := s.Client()
		back, _ := url.Parse(p.Approve(t, c.Begin(0, nil), granted(email)))
		q := back.Query()
		if q.Set("iss", iss); iss == "" {
			q.Del("iss")
		}
		back.RawQuery = q.Encode()
		refusedBack(s, w, c, c.Get(back.String()), code)
	}
	if p.Calls("/token") != asked || s.Providers[1].Calls("/token") != 0 {
		t.Error("a code was redeemed")
	}
	c := s.Client()
	c.Arrive(0, granted(email))
	if c.User() == "" {
		t.Error("the issuer itself is refused")
	}
}

func additionalDataIsData(t *testing.T, s *harness.Site) {
	victim := s.SignUp(s.Address("victim"))
	email := s.Address("eve")
	forged := body{"link": body{"userId": victim.User(), "email": email}, "callbackURL": "https://evil.example", "errorURL": "https://evil.example",
		"newUserURL": "https://evil.example", "codeVerifier": "x", "expiresAt": 9e15, "serverContext": body{"provider": "rival"},
		"oauthState": "x", "idTokenNonce": "", "__proto__": body{"link": body{"userId": victim.User()}}, "requestSignUp": true}
	w := s.Watch(victim.User())
	c := s.Client()
	a := c.Get(s.Providers[0].Approve(t, c.Begin(0, body{"additionalData": forged}), granted(email)))
	if to := a.Header.Get("Location"); a.Status != http.StatusFound || to != "/welcome" {
		t.Errorf("%d to %q, without the data it is /welcome", a.Status, to)
	}
	if c.User() == "" || c.User() == victim.User() {
		t.Errorf("the user is %q", c.User())
	}
	w.Unchanged("additional data")
	for _, odd := range []any{"x", 5, []any{}, true} {
		s.Watch(email).Refused(s.Client().Post(socialPath, body{"provider": "company", "additionalData": odd}), http.StatusBadRequest, "")
	}
}

func reservedParameters(t *testing.T, s *harness.Site) {
	reserved := []string{"client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge", "code_challenge_method", "nonce"}
	usual, _ := url.Parse(s.Client().Begin(0, nil))
	for _, name := range reserved {
		for _, spelled := range []string{name, strings.ToUpper(name[:1]) + name[1:], strings.ToUpper(name)} {
			a := s.Client().Post(socialPath, body{"provider": "company", "additionalParams": body{spelled: "evil"}})
			if a.Status == http.StatusBadRequest {
				continue
			}
			u, err := url.Parse(a.Want(http.StatusOK).Text("url"))
			if err != nil {
				t.Fatal(err)
			}
			// Parameters that are spelled in another way are other parameters.
			if q := u.Query(); len(q[name]) != len(usual.Query()[name]) || slices.Contains(q[name], "evil") {
				t.Errorf("%s replaces the server's: %s", spelled, u)
			}
		}
	}
	for _, odd := range []any{body{"state": []string{"a", "b"}}, body{"x": 5}, body{"x": []string{"a"}}, "state=x", []string{"state"}} {
		if a := s.Client().Post(socialPath, body{"provider": "company", "additionalParams": odd}); a.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", odd, a.Status, a.Body)
		}
	}
	s.Client().Post(socialPath, body{"provider": "company", "additionalParams": body{"theme": "dark"}}).Want(http.StatusOK, "theme=dark")
}

func callbacksWorkOnce(t *testing.T, s *harness.Site) {
	for range rounds() {
		email := s.Address("racer")
		c := s.Client()
		back := s.Providers[0].Approve(t, c.Begin(0, nil), granted(email))
		answers := s.Together(harness.Repeat(c.Request("GET", back, nil), 10)...)
		once(t, "racing callbacks", answers)
		if n := sessions(answers); n != 1 {
			t.Errorf("%d sessions of one callback", n)
		}
		w := s.Watch(email)
		refusedBack(s, w, c, c.Get(back), "state_mismatch")
	}
}

func signInsDoNotMix(t *testing.T, s *harness.Site) {
	var requests []*harness.Request
	var emails []string
	for range 100 {
		email := s.Address("user")
		c := s.Client()
		requests = append(requests, c.Request("GET", s.Providers[0].Approve(t, c.Begin(0, nil), granted(email)), nil))
		emails = append(emails, email)
		google := s.Address("user")
		requests = append(requests, s.Client().Request("POST", socialPath, body{"provider": "google", "idToken": body{"token": s.Google.IDToken("", granted(google))}}))
		emails = append(emails, google)
	}
	for at := 0; at < len(requests); at += 40 {
		for i, a := range s.Together(requests[at : at+40]...) {
			c := s.Client()
			for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
				c.Jar[cookie.Name] = cookie.Value
			}
			if got := c.Get("/get-session").Text("user.email"); got != emails[at+i] {
				t.Errorf("%s is signed in as %q: %d", emails[at+i], got, a.Status)
			}
		}
	}
}

func errorsAreText(t *testing.T, s *harness.Site) {
	const markup = `<svg onload=1>"'&x=1#`
	query := func(state string) string {
		return "/callback/company?" + url.Values{"error": {markup}, "error_description": {markup}, "error_uri": {"https://evil.example"}, "state": {state},
			"errorURL": {"https://evil.example"}, "callbackURL": {"https://evil.example"}}.Encode()
	}
	c := s.Client()
	begun, _ := url.Parse(c.Begin(0, body{"errorCallbackURL": "/failed?keep=1"}))
	a := c.Get(query(begun.Query().Get("state"))).Want(http.StatusFound)
	to := a.Header.Get("Location")
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Path != "/failed" || u.Query().Get("error") != markup || u.Query().Get("keep") != "1" || strings.ContainsAny(to, `<>"' `) {
		t.Errorf("with its state an error leads to %s", to)
	}
	for _, state := range []string{"", "x", begun.Query().Get("state")} {
		a := s.Client().Get(query(state)).Want(http.StatusFound)
		to := a.Header.Get("Location")
		if u, err := url.Parse(to); err != nil || u.Host != "" && u.Scheme+"://"+u.Host != s.Origin || strings.ContainsAny(to, `<>"' `) {
			t.Errorf("without a state an error leads to %s", to)
			continue
		}
		if page := s.Client().Get(strings.TrimPrefix(strings.TrimPrefix(to, s.Origin), harness.BasePath)); strings.Contains(page.Body, "<svg") {
			t.Errorf("the page shows markup: %s", page.Body)
		}
	}
}

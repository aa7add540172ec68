package securitytest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// stateOf is the state in an authorization URL or a callback.
func stateOf(text string) string { return valueOf(text, "state") }

func valueOf(text, parameter string) string {
	u, _ := url.Parse(text)
	return u.Query().Get(parameter)
}

func textOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// yes are the values that prove an address, by their JSON, and no those that
// do not. Some providers send a text.
var (
	yes = []any{true, "true"}
	no  = []any{nil, false, "false", "False", "True", "TRUE", "yes", "1", 0, 1, "", []bool{true}, body{"value": true}}
)

func onlyYesProves(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	tell := map[string]func(c *harness.Client, email string, verified any) *harness.Answer{}
	for name, arrive := range waysIn(t, s) {
		tell[name] = func(c *harness.Client, email string, verified any) *harness.Answer {
			claims := honest(email)
			if claims["email_verified"] = verified; verified == nil {
				delete(claims, "email_verified")
			}
			return arrive(c, harness.Grant{Claims: claims})
		}
	}
	s.Internet.PlayJSON("github.com/login/oauth/access_token", body{"access_token": "x"})
	tell["github"] = func(c *harness.Client, email string, verified any) *harness.Answer {
		s.Internet.PlayJSON("api.github.com/user", body{"id": email, "login": email, "email": email, "email_verified": true})
		s.Internet.PlayJSON("api.github.com/user/emails", []body{{"email": email, "primary": true, "verified": verified}})
		return arriveAt(c, "github")
	}
	s.Internet.PlayJSON("discord.com/api/oauth2/token", body{"access_token": "x"})
	tell["discord"] = func(c *harness.Client, email string, verified any) *harness.Answer {
		s.Internet.PlayJSON("discord.com/api/users/@me", body{"id": email, "username": email, "email": email, "verified": verified})
		return arriveAt(c, "discord")
	}
	for name, arrive := range tell {
		for _, verified := range append(yes, no...) {
			proven := verified == yes[0] || verified == yes[1]
			email := s.Address("told")
			c := s.Client()
			arrive(c, email, verified)
			if got := c.Get("/get-session").Body; !strings.Contains(got, `"emailVerified":`+textOf(proven)) {
				t.Errorf("%s says %s of an address: %s", name, textOf(verified), got)
			}
		}
		// The same word decides whether somebody is joined.
		email := s.Address("owner")
		owner := s.SignUp(email)
		prove(s, owner, email)
		w := s.Watch(owner.User())
		for _, verified := range []any{"false", 1, nil} {
			c := s.Client()
			w.Refused(arrive(c, email, verified), 0, "")
			c.Stranger("an identity at " + name)
		}
	}
}

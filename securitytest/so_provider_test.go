package securitytest_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func tokensOfTwoUsers(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil) // whose profiles are all the victim's
	p, victim, eve := s.Providers[0], s.Address("victim"), s.Address("eve")
	s.Client().Arrive(0, granted(victim)).Want(http.StatusFound)
	p.Override("/userinfo", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(textOf(honest(victim)))) })
	for _, claims := range []body{honest(eve), {"sub": eve}, {"sub": eve, "email": nil}} {
		c := s.Client()
		c.Post(socialPath, body{"provider": "company", "idToken": body{"token": p.IDToken("", harness.Grant{Claims: claims}), "accessToken": "the victim's"}})
		if got := c.Get("/get-session").Text("user.email"); got != "" && got != eve {
			t.Errorf("a token of %s is worth a session of %s", textOf(claims), got)
		}
	}
	// Facebook, where the profile is asked for with the access token.
	token := foreign(s, "limited.facebook.com/.well-known/oauth/openid/jwks/", "https://www.facebook.com")
	playFacebook(s, body{"app_id": harness.ClientID, "user_id": victim, "is_valid": true}, victim)
	c := s.Client()
	eve = s.Address("eve")
	c.Post(socialPath, body{"provider": "facebook", "idToken": body{"token": token(honest(eve)), "accessToken": "the victim's"}})
	if got := c.Get("/get-session").Text("user.email"); got != eve {
		t.Errorf("a token of Facebook's is worth a session of %q", got)
	}
}

// playFacebook inspects and describes every token as one.
func playFacebook(s *harness.Site, inspection body, user string) {
	s.Internet.PlayJSON("graph.facebook.com/v24.0/oauth/access_token", body{"access_token": "opaque", "token_type": "bearer"})
	s.Internet.PlayJSON("graph.facebook.com/debug_token", body{"data": inspection})
	s.Internet.PlayJSON("graph.facebook.com/me", body{"id": user, "name": "n", "email": user})
}

func opaqueTokens(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	for name, inspection := range map[string]body{
		"another application's": {"app_id": "another", "user_id": "USER", "is_valid": true},
		"a dead one":            {"app_id": harness.ClientID, "user_id": "USER", "is_valid": false},
		"another user's":        {"app_id": harness.ClientID, "user_id": "another", "is_valid": true},
		"valid as a text":       {"app_id": harness.ClientID, "user_id": "USER", "is_valid": "true"},
		"nobody's":              {},
		"honest":                {"app_id": harness.ClientID, "user_id": "USER", "is_valid": true},
	} {
		for _, way := range []string{"a code", "the client"} {
			email := s.Address("told")
			shown := maps.Clone(inspection)
			if shown["user_id"] == "USER" {
				shown["user_id"] = email
			}
			playFacebook(s, shown, email)
			w, asked := s.Watch(email), s.Internet.Asked("graph.facebook.com/debug_token")
			c := s.Client()
			arrive := func() *harness.Answer {
				if way == "a code" {
					return arriveAt(c, "facebook")
				}
				return c.Post(socialPath, body{"provider": "facebook", "idToken": body{"token": "opaque", "accessToken": "opaque"}})
			}
			a := arrive()
			if s.Internet.Asked("graph.facebook.com/debug_token") == asked {
				t.Errorf("%s from %s is not inspected", name, way)
			}
			if name == "honest" {
				if c.User() == "" {
					t.Errorf("%s from %s is refused: %d %s", name, way, a.Status, a.Body)
				}
				continue
			}
			w.Refused(a, 0, "")
			c.Stranger(name + " from " + way)
		}
	}
}

func hostedDomains(t *testing.T, s *harness.Site) {
	for way, arrive := range waysIn(t, s) {
		if way == "a code" || way == "an ID token" {
			continue // not Google's
		}
		for _, hd := range []any{nil, "", "evil.test", "corp.test.evil.test", "CORP.TEST", []string{"corp.test"}, true} {
			email := s.Address("told")
			claims := honest(email)
			claims["hd"] = hd
			w, c := s.Watch(email), s.Client()
			w.Refused(arrive(c, harness.Grant{Claims: claims}), 0, "")
			c.Stranger("the domain " + textOf(hd) + " by " + way)
		}
		claims := honest(s.Address("told"))
		claims["hd"] = "corp.test"
		c := s.Client()
		if arrive(c, harness.Grant{Claims: claims}); c.User() == "" {
			t.Errorf("the domain itself is refused by %s", way)
		}
	}
}

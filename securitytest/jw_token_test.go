package securitytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// sealed are tokens of five parts that hold no session.
func sealed() []string {
	header := func(h string) string { return harness.Segment([]byte(h)) }
	list := []string{strings.Repeat(".", 4), strings.Repeat(".", 100000), "e30.e30.e30.e30.e30", "{}", `{"recipients":[{},{}],"ciphertext":"AA"}`}
	for _, h := range []string{
		`{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}`, `{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":1000000000,"p2s":"AAAA"}`,
		`{"alg":"RSA1_5","enc":"A256GCM"}`, `{"alg":"A256KW","enc":"A256GCM"}`, `{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`,
		`{"alg":"dir","enc":"A256CBC-HS512"}`, `{"alg":"dir","enc":"A128GCM"}`, `{"alg":"dir"}`, `{"enc":"A256GCM"}`, `{"alg":"none","enc":"none"}`, `not json`,
		`{"alg":"dir","enc":"A256CBC-HS512","crit":["x"],"x":1}`, `{"alg":1,"enc":2}`,
	} {
		for _, rest := range []string{"....", ".AAAA.AAAA.AAAA.AAAA", "..AA.AA.AA", ".." + harness.Segment(make([]byte, 16)) + "." + harness.Segment(make([]byte, 1<<10)) + "." + harness.Segment(make([]byte, 32)), ".!.!.!.!"} {
			list = append(list, header(h)+rest)
		}
	}
	return list
}

func malformedSealedTokens(t *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	for _, token := range sealed() {
		if len(token) > 8000 {
			continue // no browser keeps it
		}
		stranger := s.Client()
		stranger.Jar[harness.CacheCookie] = token
		stranger.Stranger("a malformed token")
		mine := c.Clone()
		mine.Jar[harness.CacheCookie] = token
		mine.Get("/get-session").Want(http.StatusOK, `"session"`)
	}
	if c.Jar[harness.CacheCookie] == "" {
		t.Error("there is no cached session to begin with")
	}
}

func bombs(t *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	began := time.Now()
	n := 0
	for _, token := range sealed() {
		if len(token) > 8000 {
			continue
		}
		thief := s.Client()
		thief.Jar[harness.CacheCookie] = token
		thief.Get("/get-session").WantBody(http.StatusOK, "null")
		n++
	}
	// A derivation of 1e9 rounds would take minutes, one that is refused microseconds.
	if each := time.Since(began) / time.Duration(n); each > time.Second {
		t.Errorf("a malformed token takes %s", each)
	}
	if c.User() == "" {
		t.Error("the server no longer answers")
	}
}

func kindsOfTokens(t *testing.T, s *harness.Site) {
	email := s.Address("user")
	c := s.SignUp(email)
	c.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	verification := s.Message("verification-email", email).Token
	tokens := map[string]string{
		"cache": c.Jar[harness.CacheCookie], "verification": verification, "jwt": c.Get("/token").Text("token"), "session": c.Token(),
	}
	w := s.Watch(email)
	for kind, token := range tokens {
		if token == "" {
			t.Fatalf("there is no token of the kind %s", kind)
		}
		uses := map[string]*harness.Client{"cache": s.Client(), "session": s.Client(), "jwt": s.Client(harness.Field{"Authorization", "Bearer " + token})}
		uses["cache"].Jar[harness.CacheCookie] = token
		uses["session"].Jar[harness.SessionCookie] = token
		for use, thief := range uses {
			if kind != use && !(kind == "session" && use == "jwt") { // a bearer's token is a session's
				thief.Stranger("a token of the kind " + kind + " as " + use)
			}
		}
		if kind != "verification" {
			w.Refused(s.Client().Get("/verify-email?token="+token), http.StatusUnauthorized, "INVALID_TOKEN")
		}
		w.Refused(s.Client().Post("/sign-in/social", body{"provider": harness.ProviderIDs[0], "idToken": body{"token": token}}), 0, "")
		w.Refused(s.Client().Post("/reset-password", body{"token": token, "newPassword": "another password of mine"}), http.StatusBadRequest, "INVALID_TOKEN")
	}
	c.Get("/verify-email?token=" + verification).Want(http.StatusOK)
}

func publishedKeys(t *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	c.Get("/token").Want(http.StatusOK, `"token"`)
	a := s.Client().Get("/jwks")
	var set struct{ Keys []map[string]any }
	a.Decode(&set)
	if a.Status != http.StatusOK || len(set.Keys) == 0 {
		t.Fatalf("no keys: %d %s", a.Status, a.Body)
	}
	for _, key := range set.Keys {
		for _, private := range []string{"d", "p", "q", "k", "dp", "dq", "qi", "privateKey"} {
			if key[private] != nil {
				t.Errorf("a published key has the member %s", private)
			}
		}
	}
	stolen := c.Clone()
	c.Post("/sign-out", body{}).Want(http.StatusOK)
	w := s.Watch(stolen.Token())
	w.Refused(stolen.Get("/token"), http.StatusUnauthorized, "")
	g := guard(t, s)
	w.Refused(g.challenge().Get("/token"), http.StatusUnauthorized, "")
}

package securitytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// unhashed is less than a hash of a password costs, which takes some 70 ms;
// the kernel counts in steps of 10.
const unhashed = 50 * time.Millisecond

// cheaply fails the test if what is done costs the instance more of the
// processor, or much memory.
func cheaply(t *testing.T, s *harness.Site, most time.Duration, what string, do func()) {
	t.Helper()
	before := s.Usage()
	do()
	after := s.Usage()
	if cost := after.CPU - before.CPU; cost > most {
		t.Errorf("%s cost %v of the processor", what, cost)
	}
	if grown := after.Resident - before.Resident; grown > 20<<20 {
		t.Errorf("%s cost %d MiB of memory", what, grown>>20)
	}
}

func longPasswords(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	email := s.Address("victim")
	v := s.SignUp(email)
	v.Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	token := s.Message("reset-password", email).Token
	long := strings.Repeat("x", 900_000)
	for _, r := range []route{
		{"/sign-in/email", body{"email": email, "password": long}},
		{"/sign-in/email", body{"email": "nobody@example.com", "password": long}},
		{"/sign-up/email", body{"email": s.Address("n"), "name": "n", "password": long}},
		{"/verify-password", body{"password": long}},
		{"/change-password", body{"currentPassword": long, "newPassword": "long enough"}},
		{"/change-password", body{"currentPassword": harness.Password, "newPassword": long}},
		{"/delete-user", body{"password": long}},
		{"/reset-password", body{"token": token, "newPassword": long}},
		{"/two-factor/enable", body{"password": long}},
		{"/two-factor/disable", body{"password": long}},
	} {
		w := s.Watch(email)
		cheaply(t, s, unhashed, r.path+" with a long password", func() { w.Refused(v.Clone().Post(r.path, r.body), 0, "") })
	}
	// UTF-16 counts: an emoji is two.
	w := s.Watch("emoji")
	w.Refused(s.Client().Post("/sign-up/email", body{"email": s.Address("emoji"), "name": "n", "password": strings.Repeat("🔑", 65)}),
		http.StatusBadRequest, "PASSWORD_TOO_LONG")
	s.Client().Post("/sign-up/email", body{"email": s.Address("emoji"), "name": "n", "password": strings.Repeat("🔑", 64)}).Want(http.StatusOK)
	v.Post("/reset-password", body{"token": token, "newPassword": "a brand new password"}).Want(http.StatusOK)
}

func largeInput(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	deep := strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)
	longMail := strings.Repeat("a.", 50_000) + "a@" + strings.Repeat("a.", 1000) + "test"
	words := strings.Repeat("scope ", 100_000)
	s.Client().Post("/sign-in/email", wrong) // what is made once is made
	for name, send := range map[string]func() *harness.Answer{
		"an address of 100 kB": func() *harness.Answer {
			return s.Client().Post("/sign-up/email", body{"email": longMail, "name": "n", "password": harness.Password})
		},
		"an address of 100 kB to be mailed": func() *harness.Answer { return s.Client().Post("/request-password-reset", body{"email": longMail}) },
		"JSON 10 000 deep":                  func() *harness.Answer { return s.Client().Post("/sign-in/email", deep) },
		"lists 100 000 deep":                func() *harness.Answer { return s.Client().Post("/sign-in/email", strings.Repeat("[", 100_000)) },
		"100 000 scopes": func() *harness.Answer {
			return s.Client().Post("/sign-in/social", body{"provider": "company", "scopes": words})
		},
		"a body said to have 50 MB": func() *harness.Answer {
			r := s.Client().Request("POST", "/sign-in/email", nil, field{"Content-Type", "application/json"}, field{"Content-Length", "52428800"})
			r.Body = []byte(strings.Repeat(" ", 2<<20))
			return s.Do(r)
		},
		"a body of 3 MB": func() *harness.Answer {
			return s.Client().Post("/sign-in/email", `{"email":"`+strings.Repeat("x", 3<<20)+`"}`)
		},
		"100 000 members": func() *harness.Answer {
			var b strings.Builder
			for i := range 60_000 {
				fmt.Fprintf(&b, `"%d":1,`, i)
			}
			return s.Client().Post("/sign-in/email", "{"+b.String()+`"email":"x"}`)
		},
	} {
		cheaply(t, s, 500*time.Millisecond, name, func() { s.Watch("scope").Refused(send(), 0, "") })
	}
	s.Client().Get("/ok").Want(http.StatusOK)
}

func dots(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	s.Client().Post("/sign-in/email", wrong)
	large, small := strings.Repeat(".", 1<<20), strings.Repeat(".", 25_000)
	get := func(f field) *harness.Answer {
		return s.Do(&harness.Request{Method: "GET", Target: harness.BasePath + "/get-session", Fields: []field{f}})
	}
	for name, send := range map[string]func() *harness.Answer{
		"a bearer token of 1 MB": func() *harness.Answer { return get(field{"Authorization", "Bearer " + large}) },
		"a cookie of 1 MB":       func() *harness.Answer { return get(field{"Cookie", harness.SessionCookie + "=" + large}) },
		"an ID token of 900 kB": func() *harness.Answer {
			return s.Client().Post("/sign-in/social", body{"provider": "company", "idToken": body{"token": large[:900_000]}})
		},
		"a link's token of 25 kB": func() *harness.Answer { return s.Client().Get("/verify-email?token=" + small) },
	} {
		cheaply(t, s, 100*time.Millisecond, name, func() {
			if a := send(); a.Status < 400 || a.Status >= 500 {
				t.Errorf("%s: %d %.200s", name, a.Status, a.Body)
			}
		})
	}
	cheaply(t, s, 100*time.Millisecond, "a bearer token of 25 kB", func() { get(field{"Authorization", "Bearer " + small}).WantBody(http.StatusOK, "null") })
	cheaply(t, s, 100*time.Millisecond, "a cookie of 25 kB", func() { get(field{"Cookie", harness.CacheCookie + "=" + small}).WantBody(http.StatusOK, "null") })
}

func prototypes(t *testing.T, s *harness.Site) {
	a, v := s.SignUp(s.Address("attacker")), s.SignUp(s.Address("victim"))
	metadata := `{"__proto__":{"admin":true},"constructor":{"prototype":{"polluted":1}},"n":1}`
	a.Post("/api-key/create", `{"name":"n","metadata":`+metadata+`}`).Want(http.StatusOK)
	a.Post("/organization/create", `{"name":"n","slug":"`+s.Address("slug")+`","metadata":`+metadata+`}`)
	mine := v.Post("/api-key/create", body{"name": "n", "metadata": body{"n": 2}})
	mine.Want(http.StatusOK)
	for _, text := range []string{mine.Body, v.Get("/api-key/list").Body, v.Get("/get-session").Body} {
		if strings.Contains(text, "polluted") || strings.Contains(text, "admin\":true") {
			t.Errorf("somebody else's prototype shows: %s", text)
		}
	}
}

func keysAreAskedForSeldom(t *testing.T, s *harness.Site) {
	own := s.Own(nil)
	p := own.Providers[0]
	email := own.Address("victim")
	arrive := func(kid string) *harness.Answer {
		return own.Client().Arrive(0, harness.Grant{Claims: body{"sub": "s", "email": email, "email_verified": true}, Header: body{"kid": kid}})
	}
	arrive(p.KID).Want(http.StatusFound)
	asked := p.Calls("/keys")
	for i := range 30 {
		own.Watch("nobody").Refused(arrive(fmt.Sprintf("unknown-%d", i)), 0, "")
	}
	if n := p.Calls("/keys") - asked; n > 3 {
		t.Errorf("30 unknown keys had the server ask for keys %d times", n)
	}
}

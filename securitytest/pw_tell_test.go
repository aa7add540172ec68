package securitytest_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// shape is what an answer is like, without what differs between any two.
func shape(a *harness.Answer) string {
	text := a.Body
	for _, p := range []struct{ pattern, with string }{
		{`"[A-Za-z0-9_-]{20,}"`, `"ID"`}, {`"\d{4}-\d\d-\d\dT[^"]*"`, `"TIME"`}, {`[a-z-]+-[a-z0-9]{10}@example\.com`, "ADDRESS"},
	} {
		text = regexp.MustCompile(p.pattern).ReplaceAllString(text, p.with)
	}
	var names []string
	for name := range a.Header {
		if name != "Date" && name != "Content-Length" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return http.StatusText(a.Status) + " " + strings.Join(names, ",") + " " + text
}

// same fails the test unless two answers are alike.
func same(t *testing.T, what string, a, b *harness.Answer) {
	t.Helper()
	if diff := cmp.Diff(shape(a), shape(b)); diff != "" {
		t.Errorf("%s tells one from the other:\n%s", what, diff)
	}
}

func signUpTellsNothing(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	s.Message("verification-email", email)
	for _, site := range []*harness.Site{s, s.With(body{"emailAndPassword": body{"autoSignIn": false, "requireEmailVerification": false}})} {
		if site != s {
			site.SignUp(email)
		}
		w := site.Watch(email)
		up := func(address string) *harness.Answer {
			return site.Client().Post("/sign-up/email", body{"email": address, "password": "another password", "name": "n"})
		}
		taken, fresh := up(email), up(site.Address("fresh"))
		taken.Want(http.StatusOK)
		same(t, "a taken address", taken, fresh)
		w.Unchanged("signing up with a taken address")
		if len(taken.Header.Values("Set-Cookie")) > 0 {
			t.Error("a taken address gets cookies")
		}
		w.Refused(site.Client().Post("/sign-in/email", body{"email": email, "password": "another password"}), http.StatusUnauthorized, "INVALID_EMAIL_OR_PASSWORD")
	}
}

func mailsTellNothing(t *testing.T, s *harness.Site) {
	email, social := s.Address("victim"), s.Address("social")
	s.SignUp(email)
	s.Client().Arrive(0, harness.Grant{Claims: body{"sub": social, "email": social, "email_verified": true}}).Want(http.StatusFound)
	for i, unknown := range mailers(s.Address("nobody")) {
		want := s.Client().Post(unknown.path, unknown.body)
		for _, known := range []string{email, social} {
			same(t, unknown.path, want, s.Client().Post(unknown.path, mailers(known)[i].body))
		}
	}
	s.Message("reset-password", email)
	_, number := phoned(s, s.Address("telephone"))
	const path = "/phone-number/request-password-reset"
	unknown := newNumber()
	same(t, path, s.Client().Post(path, body{"phoneNumber": unknown}), s.Client().Post(path, body{"phoneNumber": number}))
	s.Message("phone-reset-otp", number)
	s.NoMessage(unknown)
}

func changingTellsNothing(t *testing.T, s *harness.Site) {
	victim := s.Address("victim")
	s.SignUp(victim)
	a := s.SignUp(s.Address("attacker"))
	w := s.Watch(victim)
	taken := a.Clone().Post("/change-email", body{"newEmail": victim})
	free := a.Clone().Post("/change-email", body{"newEmail": s.Address("free")})
	taken.Want(http.StatusOK)
	same(t, "a taken address", taken, free)
	w.Unchanged("a change to a taken address")
	s.NoMessage(victim)
}

func codesTellNothing(t *testing.T, s *harness.Site) {
	known, unknown := s.Address("known"), s.Address("unknown")
	s.SignUp(known)
	for _, kind := range []string{"sign-in", "email-verification", "forget-password"} {
		s.Client().Post("/email-otp/send-verification-otp", body{"email": known, "type": kind}).Want(http.StatusOK)
		s.Message("email-otp", known)
	}
	ask := func(email string) map[string]*harness.Answer {
		return map[string]*harness.Answer{
			"check":  s.Client().Post("/email-otp/check-verification-otp", body{"email": email, "type": "sign-in", "otp": "x00000"}),
			"verify": s.Client().Post("/email-otp/verify-email", body{"email": email, "otp": "x00000"}),
			"signin": s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": "x00000"}),
			"reset":  s.Client().Post("/email-otp/reset-password", body{"email": email, "otp": "x00000", "password": "another password"}),
		}
	}
	first, second := ask(known), ask(unknown)
	w := s.Watch(unknown)
	for name, a := range first {
		same(t, name, a, second[name])
		w.Refused(second[name], http.StatusBadRequest, "INVALID_OTP")
	}
}

func profilesPromoteNobody(t *testing.T, s *harness.Site) {
	members := body{"emailVerified": true, "phoneNumberVerified": true, "phoneNumber": "+15550100", "email": "other@example.com", "id": "chosen",
		"createdAt": "2001-01-01T00:00:00Z", "updatedAt": "2001-01-01T00:00:00Z", "role": "admin", "banned": true, "banReason": "r",
		"banExpires": "2001-01-01T00:00:00Z", "twoFactorEnabled": true, "isAnonymous": true, "stripeCustomerId": "c", "userId": "chosen"}
	v := s.SignUp(s.Address("victim"))
	user := func(c *harness.Client) map[string]any {
		var out struct{ User map[string]any }
		c.Get("/get-session").Decode(&out)
		delete(out.User, "updatedAt")
		return out.User
	}
	before := user(v)
	for name, value := range members {
		if a := v.Post("/update-user", body{name: value}); a.Status >= 500 {
			t.Errorf("/update-user with %s: %d %s", name, a.Status, a.Body)
		}
		if diff := cmp.Diff(before, user(v)); diff != "" {
			t.Fatalf("/update-user with %s:\n%s", name, diff)
		}
		if name == "email" {
			continue
		}
		up := s.Client()
		email := s.Address("fresh")
		a := up.Post("/sign-up/email", body{"email": email, "password": harness.Password, "name": "n", name: value})
		if a.Status >= 500 {
			t.Errorf("/sign-up/email with %s: %d %s", name, a.Status, a.Body)
		}
		if a.Status != http.StatusOK {
			continue
		}
		made, _ := json.Marshal(user(up)[name])
		given, _ := json.Marshal(value)
		if string(made) == string(given) {
			t.Errorf("/sign-up/email sets %s to %s", name, made)
		}
	}
	v.Post("/update-user", body{"name": "changed"}).Want(http.StatusOK)
	if user(v)["name"] != "changed" {
		t.Error("a name cannot be changed")
	}
}

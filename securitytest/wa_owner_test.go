package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func passkeysAreTheirOwners(t *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	eve, _, _ := owned(s, "eve")
	var list []struct{ ID string }
	before := v.Get("/passkey/list-user-passkeys").Want(http.StatusOK)
	before.Decode(&list)
	w := s.Watch(v.User())
	for _, path := range []string{"/passkey/delete-passkey", "/passkey/update-passkey"} {
		theirs := eve.Post(path, body{"id": list[0].ID, "name": "mine"})
		w.Refused(theirs, http.StatusNotFound, "PASSKEY_NOT_FOUND")
		same(t, path+" tells whose a passkey is", theirs, eve.Post(path, body{"id": "unknown", "name": "mine"}))
		w.Refused(s.Client().Post(path, body{"id": list[0].ID, "name": "mine"}), http.StatusUnauthorized, "")
	}
	if after := v.Get("/passkey/list-user-passkeys"); after.Body != before.Body {
		t.Errorf("the victim's passkeys are %s", after.Body)
	}
	k.assert(s.Client()).Want(http.StatusOK, email)
	v.Post("/passkey/update-passkey", body{"id": list[0].ID, "name": "desk"}).Want(http.StatusOK, "desk")
	v.Post("/passkey/delete-passkey", body{"id": list[0].ID}).Want(http.StatusOK)
}

func challengesAreForOneCeremony(_ *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	w := s.Watch(email, v.User())
	v.Post(assertPath, body{"response": k.Get(k.offered(v))}).WantCode(http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	fresh := newPasskey()
	v.Post(registerPath, body{"response": fresh.Create(asked(v))}).WantCode(http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	phone, other := s.Client(), s.Client()
	answer := body{"response": k.Get(asked(phone))}
	w.Refused(other.Post(assertPath, answer), http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	asked(other)
	w.Refused(other.Post(assertPath, answer), 0, "AUTHENTICATION_FAILED")
	token, signature, _ := strings.Cut(phone.Jar[passkeyCookie], ".")
	for _, value := range []string{token, token + ".", "x." + signature, url.QueryEscape(token + ".forged")} {
		other.Jar[passkeyCookie] = value
		w.Refused(other.Post(assertPath, answer), http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	}
	phone.Post(assertPath, answer).Want(http.StatusOK, email)
}

func challengesWorkOnce(t *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	phone := s.Client()
	answer := body{"response": k.Get(asked(phone))}
	kept := phone.Clone()
	phone.Post(assertPath, answer).Want(http.StatusOK)
	w := s.Watch(email)
	w.Refused(kept.Post(assertPath, answer), http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	// A failure takes the challenge as well.
	phone = s.Client()
	challenge := asked(phone)
	kept = phone.Clone()
	w.Refused(phone.Post(assertPath, body{"response": k.Get(challenge, func(a *ceremony) { a.Forge = func([]byte) []byte { return []byte("x") } })}),
		0, "AUTHENTICATION_FAILED")
	w.Refused(kept.Post(assertPath, body{"response": k.Get(challenge)}), http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	fresh := newPasskey()
	made := body{"response": fresh.Create(fresh.offered(v))}
	again := v.Clone()
	v.Post(registerPath, made).Want(http.StatusOK)
	again.Post(registerPath, made).WantCode(http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
	if s.Profile.Name == harness.Redis.Name {
		return // challenges are kept there, and are not aged from outside
	}
	late := s.Client()
	answer = body{"response": k.Get(asked(late))}
	token, _, _ := strings.Cut(late.Jar[passkeyCookie], ".")
	s.Store.Expire(t, token, 5*time.Minute+time.Second)
	w.Refused(late.Post(assertPath, answer), http.StatusBadRequest, "CHALLENGE_NOT_FOUND")
}

func countersGrow(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	k := newPasskey()
	k.register(v, func(a *ceremony) { a.Counter = 1 }).Want(http.StatusOK)
	at := func(n uint32) lie { return func(a *ceremony) { a.Counter = n } }
	k.assert(s.Client(), at(10)).Want(http.StatusOK)
	for _, n := range []uint32{10, 5, 0, 1 << 31} {
		c := s.Client()
		s.Watch(v.User()).Refused(k.assert(c, at(n)), 0, "AUTHENTICATION_FAILED")
	}
	v.Get("/passkey/list-user-passkeys").Want(http.StatusOK, `"counter":10`)
	// One value serves one of racing sign-ins, each with a challenge of its own.
	for round := range rounds() {
		var requests []*harness.Request
		for range 6 {
			c := s.Client()
			requests = append(requests, c.Request("POST", assertPath, body{"response": k.Get(asked(c), at(uint32(20+round)))}))
		}
		once(t, "racing counters", s.Together(requests...))
	}
}

func optionsTellNothing(t *testing.T, s *harness.Site) {
	v, _, email := owned(s, "victim")
	plain := s.Client().Get("/passkey/generate-authenticate-options")
	for _, query := range []string{"?email=" + email, "?userId=" + v.User(), "?name=" + email, "?username=" + email} {
		a := s.Client().Get("/passkey/generate-authenticate-options" + query)
		same(t, "options"+query, plain, a)
		if strings.Contains(a.Body, "allowCredentials") {
			t.Errorf("options%s: %s", query, a.Body)
		}
	}
	v.Get("/passkey/generate-authenticate-options").Want(http.StatusOK, "allowCredentials") // one's own
}

func failuresAreAlike(t *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	_, eves, _ := owned(s, "eve")
	var first *harness.Answer
	for name, l := range map[string]lie{
		"a wrong signature": func(a *ceremony) { a.Forge = func(b []byte) []byte { b[len(b)-1] ^= 1; return b } },
		"a wrong handle":    func(a *ceremony) { a.Handle = eves.Handle },
		"a wrong origin":    func(a *ceremony) { a.Client["origin"] = "http://evil.example" },
		"a wrong party":     func(a *ceremony) { a.RPID = "evil.example" },
		"no user":           func(a *ceremony) { a.Flags = 0 },
	} {
		a := k.assert(s.Client(), l)
		s.Watch(email).Refused(a, 0, "AUTHENTICATION_FAILED")
		if first != nil && a.Body != first.Body {
			t.Errorf("%s is told from others: %s, %s", name, a.Body, first.Body)
		}
		first = a
	}
	// That a credential is not known is told, as by the reference: its id cannot be guessed.
	s.Watch(email).Refused(newPasskey().assert(s.Client()), http.StatusUnauthorized, "PASSKEY_NOT_FOUND")
	admin := holder(t, s, "admin")
	admin.Post("/admin/ban-user", body{"userId": v.User()}).Want(http.StatusOK)
	c := s.Client()
	a := k.assert(c)
	s.Watch(email).Refused(a, 0, "")
	c.Stranger("a banned user's passkey")
}

func credentialsHaveOneUser(t *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	eve := s.SignUp(s.Address("eve"))
	fake := newPasskey()
	fake.ID = k.ID
	w := s.Watch(v.User(), eve.User())
	w.Refused(fake.register(eve), http.StatusBadRequest, "PREVIOUSLY_REGISTERED")
	k.assert(s.Client()).Want(http.StatusOK, email)
	s.Watch(email).Refused(fake.assert(s.Client()), 0, "AUTHENTICATION_FAILED")
	for range rounds() {
		fresh := newPasskey()
		var requests []*harness.Request
		for _, c := range []*harness.Client{v.Clone(), eve.Clone(), v.Clone(), eve.Clone()} {
			requests = append(requests, c.Request("POST", registerPath, body{"response": fresh.Create(fresh.offered(c))}))
		}
		once(t, "racing registrations of one credential", s.Together(requests...))
	}
}

func handlesAreTheirOwners(t *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	eve, eves, _ := owned(s, "eve")
	refuseAssertions(t, s, k, email, map[string]lie{
		"another's handle":     func(a *ceremony) { a.Handle = eves.Handle },
		"another's credential": func(a *ceremony) { a.ID = eves.ID },
	})
	// Whoever is signed in is asked for their own.
	s.Watch(v.User()).Refused(k.assert(eve.Clone()), 0, "AUTHENTICATION_FAILED")
	k.assert(s.Client(), func(a *ceremony) { a.Handle = []byte(eve.User()) }).Want(http.StatusOK, email) // handles are none of these
}

func passkeysNeedAFreshSession(t *testing.T, s *harness.Site) {
	v, _, email := owned(s, "victim")
	eve := s.SignUp(s.Address("eve"))
	fresh := newPasskey()
	made := body{"response": fresh.Create(fresh.offered(v))}
	mixed := eve.Clone()
	mixed.Jar[passkeyCookie] = v.Jar[passkeyCookie]
	w := s.Watch(eve.User())
	w.Refused(mixed.Post(registerPath, made), http.StatusUnauthorized, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
	for _, name := range []string{"userId", "context", "user"} {
		k := newPasskey()
		challenge := v.Get("/passkey/generate-register-options?" + name + "=" + eve.User()).Want(http.StatusOK).Text("challenge")
		v.Post(registerPath, body{"response": k.Create(challenge), name: eve.User()}).Want(http.StatusOK, v.User())
	}
	w.Unchanged("a passkey for another user")
	// A session that was revoked, though a browser's cached copy is good.
	thief := v.Clone()
	k := newPasskey()
	made = body{"response": k.Create(k.offered(thief))}
	v.Post("/revoke-sessions", nil).Want(http.StatusOK)
	w = s.Watch(thief.Token(), email)
	for _, a := range []*harness.Answer{thief.Clone().Get("/passkey/generate-register-options"), thief.Clone().Post(registerPath, made),
		thief.Clone().Post("/passkey/delete-passkey", body{"id": "x"}), s.Client().Post(registerPath, made)} {
		w.Refused(a, http.StatusUnauthorized, "")
	}
	old := s.SignIn(email)
	made = body{"response": k.Create(k.offered(old))}
	s.Store.Age(t, old.User(), 25*time.Hour)
	stale := s.Client()
	stale.Jar[harness.SessionCookie], stale.Jar[passkeyCookie] = old.Jar[harness.SessionCookie], old.Jar[passkeyCookie]
	// The session itself may be renewed by them: it is old, not over.
	stale.Get("/passkey/generate-register-options").WantCode(http.StatusForbidden, "SESSION_NOT_FRESH")
	stale.Post(registerPath, made).WantCode(http.StatusForbidden, "SESSION_NOT_FRESH")
	newPasskey().register(s.SignIn(email)).Want(http.StatusOK)
}

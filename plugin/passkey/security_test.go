package passkey_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/passkey"
)

// refused fails the test unless an answer refuses as all proofs do that do not
// hold, and leaves the browser without a session.
func refused(t *testing.T, name string, a *authtest.Answer) {
	t.Helper()
	for _, code := range []string{"AUTHENTICATION_FAILED", "FAILED_TO_VERIFY_REGISTRATION"} {
		if (a.Status == 400 || a.Status == 401) && strings.Contains(a.Body, code) && a.SetCookie("better-auth.session_token") == "" {
			return
		}
	}
	t.Errorf("%s: %d %s", name, a.Status, a.Body)
}

// two returns an instance where Ada and Eve have a passkey each.
func two(t *testing.T, change ...func(*core.Options)) (s *authtest.Server, ada, eve *client, adas, eves *key) {
	t.Helper()
	s, ada = serve(t, passkey.Options{}, change...)
	eve = s.SignUp(eveMail)
	adas, eves = newKey(t, -7).counting(10), newKey(t, -7)
	adas.register(ada).Want(200)
	eves.register(eve).Want(200)
	return s, ada, eve, adas, eves
}

func idOf(c *client) string {
	var list []struct{ ID string }
	c.Get("/passkey/list-user-passkeys").Want(200).Decode(&list)
	return list[0].ID
}

func TestWA01(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		_, ada, eve, _, _ := two(t, engine)
		before := ada.Get("/passkey/list-user-passkeys").Body
		for _, path := range []string{"/passkey/delete-passkey", "/passkey/update-passkey"} {
			theirs := eve.Post(path, j{"id": idOf(ada), "name": "mine"}).WantCode(404, "PASSKEY_NOT_FOUND")
			none := eve.Post(path, j{"id": "unknown", "name": "mine"})
			if theirs.Body != none.Body || theirs.Status != none.Status {
				t.Errorf("%s tells whose it is: %s, %s", path, theirs.Body, none.Body)
			}
		}
		if after := ada.Get("/passkey/list-user-passkeys").Body; after != before {
			t.Errorf("Ada's passkeys are %s", after)
		}
	})
}

func TestWA02(t *testing.T) {
	t.Parallel()
	s, ada, _, k, _ := two(t)
	ada.Post("/passkey/verify-authentication", j{"response": k.Get(k.options(ada, ""))}).WantCode(400, "CHALLENGE_NOT_FOUND")
	fresh := newKey(t, -7)
	ada.Post("/passkey/verify-registration", j{"response": fresh.Create(challenge(ada))}).WantCode(400, "CHALLENGE_NOT_FOUND")
	// A challenge of another browser, and a cookie of one's own making.
	phone, other := s.Client(), s.Client()
	answer := k.Get(challenge(phone))
	other.Post("/passkey/verify-authentication", j{"response": answer}).WantCode(400, "CHALLENGE_NOT_FOUND")
	challenge(other)
	refused(t, "another browser's challenge", other.Post("/passkey/verify-authentication", j{"response": answer}))
	const cookie = "better-auth.better-auth-passkey"
	token, signature, _ := strings.Cut(phone.Cookie(cookie), ".")
	for _, value := range []string{token, token + ".", "x." + signature, url.QueryEscape(token + ".forged")} {
		other.SetCookie(cookie, value)
		other.Post("/passkey/verify-authentication", j{"response": answer}).WantCode(400, "CHALLENGE_NOT_FOUND")
	}
	phone.Post("/passkey/verify-authentication", j{"response": answer}).Want(200)
}

func TestWA03(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada, _, _, k := two(t, engine)
		phone := s.Client()
		answer := j{"response": k.Get(challenge(phone))}
		thief := phone.Clone()
		phone.Post("/passkey/verify-authentication", answer).Want(200)
		thief.Post("/passkey/verify-authentication", answer).WantCode(400, "CHALLENGE_NOT_FOUND")

		late := s.Client()
		answer = j{"response": k.Get(challenge(late))}
		stale := late.Clone()
		stale.SetCookie("better-auth.better-auth-passkey", late.Cookie("better-auth.better-auth-passkey")) // kept longer than a browser would
		s.Clock.Advance(5*time.Minute + time.Second)
		stale.Post("/passkey/verify-authentication", answer).WantCode(400, "CHALLENGE_NOT_FOUND")

		failed := s.Client()
		answer = j{"response": k.Get(challenge(failed))}
		refused(t, "a forged signature", failed.Post("/passkey/verify-authentication",
			j{"response": k.Get("x", func(a *act) { a.Forge = func([]byte) []byte { return []byte("x") } })}))
		failed.Post("/passkey/verify-authentication", answer).WantCode(400, "CHALLENGE_NOT_FOUND")

		fresh := newKey(t, -7)
		made := j{"response": fresh.Create(fresh.options(ada, ""))}
		again := ada.Clone()
		ada.Post("/passkey/verify-registration", made).Want(200)
		again.Post("/passkey/verify-registration", made).WantCode(400, "CHALLENGE_NOT_FOUND")
	})
}

// race sends the same request from many browsers and returns how many were
// taken.
func race(c []*client, send func(c *client) *authtest.Answer) int64 {
	var taken atomic.Int64
	var wg sync.WaitGroup
	for _, one := range c {
		wg.Go(func() {
			if send(one).Status == 200 {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	return taken.Load()
}

func clones(c *client, n int) []*client {
	list := make([]*client, n)
	for i := range list {
		list[i] = c.Clone()
	}
	return list
}

const racers = 64

// Of racing requests with one challenge one signs in, or registers.
func TestWA03Race(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada, _, _, k := two(t, engine)
		phone := s.Client()
		answer := j{"response": k.Get(challenge(phone))}
		if n := race(clones(phone, racers), func(c *client) *authtest.Answer { return c.Post("/passkey/verify-authentication", answer) }); n != 1 {
			t.Errorf("%d sign-ins with one challenge", n)
		}
		fresh := newKey(t, -7)
		made := j{"response": fresh.Create(fresh.options(ada, ""))}
		if n := race(clones(ada, racers), func(c *client) *authtest.Answer { return c.Post("/passkey/verify-registration", made) }); n != 1 {
			t.Errorf("%d registrations with one challenge", n)
		}
	})
}

var foreignOrigins = []string{"https://auth.test", "http://auth.test:81", "http://auth.test.evil.example", "http://sub.auth.test",
	"http://auth.test/", "HTTP://AUTH.TEST", "http://AUTH.test", "http://auth.test:80", "http://evil.example", "null", "", "auth.test", "http://auth.test\u0000"}

func TestWA04(t *testing.T) {
	t.Parallel()
	s, ada, _, k, _ := two(t)
	for _, origin := range foreignOrigins {
		lie := func(a *act) { a.Client["origin"] = origin }
		refused(t, origin, k.signIn(s.Client(), lie))
		refused(t, origin, newKey(t, -7).register(ada, lie))
		// The request's own origin is no proof where it is not trusted: without
		// cookies of a session nothing else stops it.
		phone := s.Client()
		answer := j{"response": k.Get(challenge(phone), lie)}
		phone.Headers.Set("Origin", origin)
		if a := phone.Post("/passkey/verify-authentication", answer); a.Status == 200 {
			t.Errorf("a page at %q may sign in", origin)
		}
	}
	k.signIn(s.Client()).Want(200)
}

// Where origins are listed, nothing else counts.
func TestWA04Listed(t *testing.T) {
	t.Parallel()
	const phone = "android:apk-key-hash:xyz"
	s, ada := serve(t, passkey.Options{Origins: []string{"http://app.test", phone}})
	k := newKey(t, -7)
	k.register(ada, func(a *act) { a.Client["origin"] = phone }).Want(200)
	k.signIn(s.Client(), func(a *act) { a.Client["origin"] = "http://app.test" }).Want(200)
	for _, origin := range append(foreignOrigins, authtest.Origin, phone+"/", strings.ToUpper(phone)) {
		refused(t, origin, k.signIn(s.Client(), func(a *act) { a.Client["origin"] = origin }))
	}
}

func TestWA05(t *testing.T) {
	t.Parallel()
	s, ada, _, k, _ := two(t)
	lies := map[string]func(a *act){
		"rpId":               func(a *act) { a.RPID = "evil.example" },
		"rpId of the parent": func(a *act) { a.RPID = "test" },
		"crossOrigin":        func(a *act) { a.Client["crossOrigin"] = true },
		"topOrigin":          func(a *act) { a.Client["crossOrigin"], a.Client["topOrigin"] = true, "http://evil.example" },
		"topOrigin alone":    func(a *act) { a.Client["topOrigin"] = authtest.Origin },
		"padding":            func(a *act) { a.Client["challenge"] = a.Client["challenge"].(string) + "=" },
		"challenge":          func(a *act) { a.Client["challenge"] = strings.Repeat("A", 43) },
		"no challenge":       func(a *act) { delete(a.Client, "challenge") },
		"a number":           func(a *act) { a.Client["challenge"] = 5 },
		"type":               func(a *act) { a.Client["type"] = "webauthn" },
		"payment":            func(a *act) { a.Client["type"] = "payment.get" },
		"no type":            func(a *act) { delete(a.Client, "type") },
		"token binding":      func(a *act) { a.Client["tokenBinding"] = j{"status": "odd"} },
	}
	for name, lie := range lies {
		refused(t, name, k.signIn(s.Client(), lie))
		refused(t, name, newKey(t, -7).register(ada, lie))
	}
	refused(t, "webauthn.create", k.signIn(s.Client(), func(a *act) { a.Client["type"] = "webauthn.create" }))
	refused(t, "webauthn.get", newKey(t, -7).register(ada, func(a *act) { a.Client["type"] = "webauthn.get" }))
	// The relying party never comes from a request.
	phone := s.Client()
	phone.Headers.Set("X-Forwarded-Host", "evil.example")
	phone.Get("/passkey/generate-authenticate-options").Want(200, `"rpId":"auth.test"`)
}

func TestWA06(t *testing.T) {
	t.Parallel()
	s, ada, _, k, _ := two(t)
	synced := newKey(t, -8)
	synced.Flags |= eligible
	synced.register(ada).Want(200)
	flags := func(f byte) func(*act) { return func(a *act) { a.Flags = a.Flags&attested | f } }
	refused(t, "UP=0", k.signIn(s.Client(), flags(verified)))
	refused(t, "UP=0", newKey(t, -7).register(ada, flags(verified)))
	refused(t, "BS without BE", k.signIn(s.Client(), flags(present|backedUp)))
	refused(t, "BS without BE", newKey(t, -7).register(ada, flags(present|backedUp)))
	refused(t, "BE appears", k.signIn(s.Client(), flags(present|eligible)))
	refused(t, "BE goes", synced.signIn(s.Client(), flags(present)))
	k.signIn(s.Client(), flags(present)).Want(200)
	synced.signIn(s.Client(), flags(present|eligible|backedUp)).Want(200)
}

// UV is demanded where the application says so, whatever clients ask for.
func TestWA09(t *testing.T) {
	t.Parallel()
	lax, _ := serve(t, passkey.Options{Selection: passkey.Selection{UserVerification: "discouraged"}})
	lax.Client().Get("/passkey/generate-authenticate-options").Want(200, `"userVerification":"preferred"`)
	s, ada := serve(t, passkey.Options{Selection: passkey.Selection{UserVerification: "required"}})
	k := newKey(t, -7)
	unverified := func(a *act) { a.Flags &^= verified }
	refused(t, "a registration", k.register(ada, unverified))
	k.register(ada).Want(200)
	phone := s.Client()
	phone.Get("/passkey/generate-authenticate-options?userVerification=discouraged").Want(200, `"userVerification":"required"`)
	refused(t, "a sign-in", k.signIn(phone, unverified))
	answer := j{"response": k.Get(challenge(phone), unverified), "userVerification": "discouraged", "requireUserVerification": false}
	refused(t, "a policy of the client's", phone.Post("/passkey/verify-authentication", answer))
	k.signIn(phone).Want(200)
	ada.Get("/passkey/generate-register-options?userVerification=discouraged&authenticatorSelection=x").Want(200, `"userVerification":"required"`)
}

func TestWA07(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada, _, k, _ := two(t, engine)
		count := func(n uint32) func(*act) { return func(a *act) { a.Counter = n } }
		k.signIn(s.Client(), count(20)).Want(200)
		for _, n := range []uint32{20, 19, 5, 0, 1 << 31} {
			refused(t, fmt.Sprint(n), k.signIn(s.Client(), count(n)))
		}
		ada.Get("/passkey/list-user-passkeys").Want(200, `"counter":20`)
		k.signIn(s.Client(), count(1<<31-1)).Want(200)
		refused(t, "a counter no column holds", newKey(t, -7).register(ada, count(1<<31)))

		// A counter serves one of racing sign-ins, each with a challenge of its own.
		fresh := newKey(t, -7).counting(0)
		fresh.register(ada).Want(200)
		browsers := clones(s.Client(), racers)
		answers := map[*client]j{}
		for _, c := range browsers {
			answers[c] = fresh.Get(challenge(c), count(50))
		}
		if n := race(browsers, func(c *client) *authtest.Answer {
			return c.Post("/passkey/verify-authentication", j{"response": answers[c]})
		}); n != 1 {
			t.Errorf("%d sign-ins with one counter", n)
		}
	})
}

func TestWA08(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	newKey(t, -7).register(ada).Want(200)
	for _, query := range []string{"", "?email=" + adaMail, "?userId=" + s.User(adaMail).ID, "?name=ada"} {
		if a := s.Client().Get("/passkey/generate-authenticate-options" + query).Want(200); strings.Contains(a.Body, "allowCredentials") {
			t.Errorf("%s: %s", query, a.Body)
		}
	}
}

// What is wrong with a proof is not told. That a credential is not known is, as
// in the reference: browsers then forget it, and its id cannot be guessed.
func TestWA10(t *testing.T) {
	t.Parallel()
	s, _, _, k, eves := two(t)
	want := `{"message":"Authentication failed","code":"AUTHENTICATION_FAILED"}`
	for name, lie := range map[string]func(*act){
		"signature": func(a *act) { a.Forge = func(b []byte) []byte { b[len(b)-1] ^= 1; return b } },
		"handle":    func(a *act) { a.Handle = eves.Handle },
		"origin":    func(a *act) { a.Client["origin"] = "http://evil.example" },
		"counter":   func(a *act) { a.Counter = 1 },
	} {
		if a := k.signIn(s.Client(), lie); a.Body != want {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	newKey(t, -7).signIn(s.Client()).WantBody(401, `{"message":"Passkey not found","code":"PASSKEY_NOT_FOUND"}`)
}

func TestWA11(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada, eve, k, _ := two(t, engine)
		fake := newKey(t, -7)
		fake.ID = k.ID
		fake.register(eve).WantCode(400, "PREVIOUSLY_REGISTERED")
		eve.Post("/passkey/verify-registration", j{"response": fake.Create(fake.options(eve, "")), "createSession": true}).WantCode(400, "PREVIOUSLY_REGISTERED")
		k.signIn(s.Client()).Want(200, adaMail)
		refused(t, "Eve's key", fake.signIn(s.Client()))

		// Of racing registrations of one credential one is kept.
		fresh := newKey(t, -7)
		browsers := append(clones(ada, racers/2), clones(eve, racers/2)...)
		made := map[*client]j{}
		for _, c := range browsers {
			made[c] = fresh.Create(fresh.options(c, ""))
		}
		if n := race(browsers, func(c *client) *authtest.Answer {
			return c.Post("/passkey/verify-registration", j{"response": made[c]})
		}); n != 1 {
			t.Errorf("%d of them", n)
		}
	})
}

func TestWA12(t *testing.T) {
	t.Parallel()
	s, _, _, k, eves := two(t)
	refused(t, "Eve's handle", k.signIn(s.Client(), func(a *act) { a.Handle = eves.Handle }))
	refused(t, "Eve's credential, signed by Ada's", k.signIn(s.Client(), func(a *act) { a.ID = eves.ID }))
	// The session is always of the credential's owner.
	k.signIn(s.Client(), func(a *act) { a.Handle = []byte(s.User(eveMail).ID) }).Want(200, adaMail)
}

// Whoever is signed in is asked for an own passkey.
func TestOtherUsersPasskey(t *testing.T) {
	t.Parallel()
	s, ada, _, _, eves := two(t)
	refused(t, "Eve's", eves.signIn(ada))
	bob := s.SignUp("bob@example.com") // who has none, may change to another user
	eves.signIn(bob).Want(200, eveMail)
}

func TestWA13(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada, eve, _, _ := two(t, engine, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
		const session, cookie = "better-auth.session_token", "better-auth.better-auth-passkey"
		fresh := newKey(t, -7)
		made := j{"response": fresh.Create(fresh.options(ada, ""))}
		mixed := eve.Clone()
		mixed.SetCookie(cookie, ada.Cookie(cookie))
		mixed.Post("/passkey/verify-registration", made).WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")

		for _, query := range []string{"?userId=", "?context=", "?user="} {
			k := newKey(t, -7)
			ada.Post("/passkey/verify-registration", j{"response": k.Create(k.options(ada, query+s.User(eveMail).ID)), "userId": s.User(eveMail).ID}).
				Want(200, `"userId":"`+s.User(adaMail).ID+`"`)
		}

		// A session that was revoked, though the browser's cached copy is good.
		thief := ada.Clone()
		k := newKey(t, -7)
		made = j{"response": k.Create(k.options(thief, ""))}
		ada.Post("/revoke-sessions", nil).Want(200)
		thief.Get("/get-session").Want(200, adaMail)
		thief.Get("/passkey/generate-register-options").Want(401)
		thief.Post("/passkey/verify-registration", made).Want(401)
		thief.Post("/passkey/delete-passkey", j{"id": "x"}).Want(401)

		ada = s.SignIn(adaMail)
		made = j{"response": k.Create(k.options(ada, ""))}
		s.Clock.Advance(25 * time.Hour)
		ada.Get("/passkey/generate-register-options").WantCode(403, "SESSION_NOT_FRESH")
		ada.Post("/passkey/verify-registration", made).WantCode(403, "SESSION_NOT_FRESH")
		s.Client().Post("/passkey/verify-registration", made).Want(401)
	})
}

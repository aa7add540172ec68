package securitytest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/internal/authenticator"
	"github.com/watchword-auth/watchword/securitytest/harness"
)

func originsOfCeremonies(t *testing.T, s *harness.Site) {
	lies := map[string]lie{}
	for _, origin := range []string{"https://auth.test", "http://auth.test:444", "http://auth.test.evil.example", "http://sub.auth.test", "http://auth.test/",
		"HTTP://AUTH.TEST", "http://auth.test:80", "http://evil.example", "null", "", "auth.test", "http://auth.test\u0000"} {
		lies["the origin "+origin] = func(a *ceremony) { a.Client["origin"] = origin }
	}
	refuseCeremonies(t, s, lies)
	// Nor does what the request says of itself help.
	_, k, email := owned(s, "victim")
	for _, f := range []field{{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"Origin", "http://evil.example"}} {
		c := s.Client()
		answer := k.Get(asked(c), func(a *ceremony) { a.Client["origin"], a.RPID = "http://evil.example", "evil.example" })
		s.Watch(email).Refused(c.Post(assertPath, body{"response": answer}, f), 0, "")
		c.Stranger("a page of " + f[0] + " evil.example")
	}
}

func contextsOfCeremonies(t *testing.T, s *harness.Site) {
	challenge := func(change func(string) any) lie {
		return func(a *ceremony) {
			text, _ := a.Client["challenge"].(string)
			a.Client["challenge"] = change(text)
		}
	}
	refuseCeremonies(t, s, map[string]lie{
		"another relying party": func(a *ceremony) { a.RPID = "evil.example" },
		"its parent domain":     func(a *ceremony) { a.RPID = "test" },
		"a frame":               func(a *ceremony) { a.Client["crossOrigin"] = true },
		"a frame of somebody":   func(a *ceremony) { a.Client["crossOrigin"], a.Client["topOrigin"] = true, "http://evil.example" },
		"another type":          func(a *ceremony) { a.Client["type"] = "webauthn" },
		"a payment":             func(a *ceremony) { a.Client["type"] = "payment.get" },
		"no type":               func(a *ceremony) { delete(a.Client, "type") },
		"padding":               challenge(func(c string) any { return c + "=" }),
		"standard base64":       challenge(func(c string) any { return strings.NewReplacer("-", "+", "_", "/").Replace(c) + "==" }),
		"no challenge":          challenge(func(string) any { return "" }),
		"a challenge in a list": challenge(func(c string) any { return []string{c} }),
		"another challenge":     challenge(func(string) any { return strings.Repeat("A", 43) }),
	})
	v, k, email := owned(s, "victim")
	refuseAssertions(t, s, k, email, map[string]lie{"the other type": func(a *ceremony) { a.Client["type"] = "webauthn.create" }})
	a := newPasskey().register(v, func(a *ceremony) { a.Client["type"] = "webauthn.get" })
	s.Watch(v.User()).Refused(a, http.StatusBadRequest, "FAILED_TO_VERIFY_REGISTRATION")
}

func flagsOfCeremonies(t *testing.T, s *harness.Site) {
	flags := func(f byte) lie { return func(a *ceremony) { a.Flags = a.Flags&authenticator.Attested | f } }
	refuseCeremonies(t, s, map[string]lie{
		"no user":                 flags(authenticator.Verified),
		"a backup that cannot be": flags(authenticator.Present | authenticator.BackedUp),
	})
	_, k, email := owned(s, "victim")
	refuseAssertions(t, s, k, email, map[string]lie{"a backup that could not be before": flags(authenticator.Present | authenticator.Eligible)})
	strict := s.With(verifiedOnly)
	refuseCeremonies(t, strict, map[string]lie{"a user who was not verified": flags(authenticator.Present)})
	// Where it is not required, presence is enough.
	c := s.Client()
	k.assert(c, flags(authenticator.Present)).Want(http.StatusOK)
}

func policyIsTheServers(_ *testing.T, s *harness.Site) {
	v, k, email := owned(s, "victim")
	unverified := func(a *ceremony) { a.Flags &^= authenticator.Verified }
	const lower = "?userVerification=discouraged&authenticatorSelection=%7B%22userVerification%22%3A%22discouraged%22%7D"
	phone := s.Client()
	challenge := phone.Get("/passkey/generate-authenticate-options"+lower).Want(http.StatusOK, `"userVerification":"required"`).Text("challenge")
	request := body{"response": k.Get(challenge, unverified), "userVerification": "discouraged", "requireUserVerification": false}
	s.Watch(email).Refused(phone.Post(assertPath, request), 0, "AUTHENTICATION_FAILED")
	phone.Stranger("a policy of the client's")
	fresh := newPasskey()
	challenge = v.Get("/passkey/generate-register-options"+lower).Want(http.StatusOK, `"userVerification":"required"`).Text("challenge")
	request = body{"response": fresh.Create(challenge, unverified), "userVerification": "discouraged", "requireUserVerification": false}
	v.Post(registerPath, request).WantCode(http.StatusBadRequest, "FAILED_TO_VERIFY_REGISTRATION")
	k.assert(phone).Want(http.StatusOK, email)
}

func oddCredentials(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	cose := func(key map[int64]any) lie { return func(a *ceremony) { a.COSE = key } }
	with := func(label int64, value any) lie {
		return func(a *ceremony) {
			key, _ := a.COSE.(map[int64]any)
			key[label] = value
		}
	}
	lies := map[string]lie{
		"SHA-1":                   cose(map[int64]any{1: 3, 3: -65535, -1: short.N.Bytes(), -2: []byte{1, 0, 1}}),
		"RSA of 1024 bits":        cose(map[int64]any{1: 3, 3: -257, -1: short.N.Bytes(), -2: []byte{1, 0, 1}}),
		"RSA of 512 bits":         cose(map[int64]any{1: 3, 3: -257, -1: short.N.Bytes()[:64], -2: []byte{1, 0, 1}}),
		"an algorithm not there":  with(3, -35),
		"an algorithm of others":  with(3, -257),
		"a point off the curve":   with(-2, make([]byte, 32)),
		"a key that is a text":    func(a *ceremony) { a.COSE = "x" },
		"bytes behind":            func(a *ceremony) { a.Tail = []byte{0} },
		"extensions without any":  func(a *ceremony) { a.Flags |= authenticator.Extended },
		"no credential":           func(a *ceremony) { a.Flags &^= authenticator.Attested },
		"an id of 1024 bytes":     func(a *ceremony) { a.ID = make([]byte, 1024) },
		"no id":                   func(a *ceremony) { a.ID = nil },
		"none with a statement":   func(a *ceremony) { a.Statement = map[string]any{"alg": -7} },
		"an unknown format":       func(a *ceremony) { a.Format = "mine" },
		"packed without a proof":  func(a *ceremony) { a.Format = "packed" },
		"packed with a wrong one": func(a *ceremony) { a.Format, a.Statement = "packed", map[string]any{"alg": -7, "sig": []byte{1}} },
		"a megabyte":              func(a *ceremony) { a.Statement = map[string]any{"x": make([]byte, 600_000)} },
	}
	w := s.Watch(v.User())
	for name, l := range lies {
		a := newPasskey().register(v, l)
		if a.Status != http.StatusBadRequest && a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	for _, odd := range []any{nil, "x", 5, []int{}, body{}, body{"id": nil, "rawId": nil, "type": nil, "response": nil}} {
		newPasskey().offered(v)
		if a := v.Post(registerPath, body{"response": odd}); a.Status != http.StatusBadRequest {
			t.Errorf("a registration of %s: %d %s", textOf(odd), a.Status, a.Body)
		}
		c := s.Client()
		asked(c)
		if a := c.Post(assertPath, body{"response": odd}); a.Status < 400 || a.Status >= 500 {
			t.Errorf("a sign-in of %s: %d %s", textOf(odd), a.Status, a.Body)
		}
	}
	w.Unchanged("an odd credential")
	k := newPasskey()
	k.register(v, func(a *ceremony) { a.ID = make([]byte, 1023) }).Want(http.StatusOK)
	k = newPasskey()
	k.register(v).Want(http.StatusOK)
	k.assert(s.Client()).Want(http.StatusOK)
}

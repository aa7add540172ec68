package securitytest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/internal/authenticator"
	"github.com/watchword-auth/watchword/securitytest/harness"
)

type ceremony = authenticator.Ceremony

// passkey is a user's, in an authenticator of software.
type passkey struct{ *authenticator.Key }

func newPasskey() *passkey { return &passkey{authenticator.New(authenticator.ES256)} }

const (
	registerPath = "/passkey/verify-registration"
	assertPath   = "/passkey/verify-authentication"
	// passkeyCookie binds a challenge to its browser.
	passkeyCookie = "better-auth.better-auth-passkey"
)

// offered asks for the options of a registration, and takes the handle.
func (k *passkey) offered(c *harness.Client) (challenge string) {
	a := c.Get("/passkey/generate-register-options").Want(http.StatusOK)
	k.Handle, _ = base64.RawURLEncoding.DecodeString(a.Text("user.id"))
	return a.Text("challenge")
}

// register adds the passkey to a signed-in user.
func (k *passkey) register(c *harness.Client, change ...func(*ceremony)) *harness.Answer {
	return c.Post(registerPath, body{"response": k.Create(k.offered(c), change...), "name": "laptop"})
}

// asked asks for the options of a sign-in.
func asked(c *harness.Client) (challenge string) {
	return c.Get("/passkey/generate-authenticate-options").Want(http.StatusOK).Text("challenge")
}

// assert signs in with the passkey.
func (k *passkey) assert(c *harness.Client, change ...func(*ceremony)) *harness.Answer {
	return c.Post(assertPath, body{"response": k.Get(asked(c), change...)})
}

// owned is a user with a passkey.
func owned(s *harness.Site, name string) (c *harness.Client, k *passkey, email string) {
	email = s.Address(name)
	c, k = s.SignUp(email), newPasskey()
	k.register(c).Want(http.StatusOK)
	return c, k, email
}

// lie is something a browser or an authenticator says that is not so.
type lie = func(*ceremony)

// refuseCeremonies fails the test unless each lie is refused, at a sign-in and
// at a registration, and the truth is taken.
func refuseCeremonies(t *testing.T, s *harness.Site, lies map[string]lie) {
	t.Helper()
	v, k, email := owned(s, "victim")
	refuseAssertions(t, s, k, email, lies)
	for name, l := range lies {
		w := s.Watch(v.User())
		a := newPasskey().register(v, l)
		w.Unchanged("a registration with " + name)
		if a.Status != http.StatusBadRequest || !strings.Contains(a.Body, "FAILED_TO_VERIFY_REGISTRATION") {
			t.Errorf("a registration with %s: %d %s", name, a.Status, a.Body)
		}
	}
	newPasskey().register(v).Want(http.StatusOK)
}

func refuseAssertions(t *testing.T, s *harness.Site, k *passkey, email string, lies map[string]lie) {
	t.Helper()
	for name, l := range lies {
		w, c := s.Watch(email), s.Client()
		w.Refused(k.assert(c, l), 0, "AUTHENTICATION_FAILED")
		c.Stranger("a sign-in with " + name)
	}
	c := s.Client()
	k.assert(c).Want(http.StatusOK)
	if c.Get("/get-session").Text("user.email") != email {
		t.Error("the passkey itself does not sign in")
	}
}

package passkey_test

import (
	"encoding/base64"
	"testing"

	"github.com/watchword-auth/watchword/internal/authenticator"
	"github.com/watchword-auth/watchword/internal/authtest"
)

type (
	j   = authtest.JSON
	act = authenticator.Ceremony
)

const (
	present  = authenticator.Present
	verified = authenticator.Verified
	eligible = authenticator.Eligible
	backedUp = authenticator.BackedUp
	attested = authenticator.Attested
	extended = authenticator.Extended
)

// key is a passkey in an authenticator made of software.
type key struct{ *authenticator.Key }

func newKey(t testing.TB, alg int64) *key {
	t.Helper()
	return &key{authenticator.New(alg)}
}

// counting makes the key count its signatures.
func (k *key) counting(from uint32) *key {
	k.Counting(from)
	return k
}

func b64(b []byte) string { return authenticator.Base64(b) }

func cbor(v any) []byte { return authenticator.CBOR(v) }

// options asks for options of a registration and keeps the handle the key is to
// have.
func (k *key) options(c *authtest.Client, query string) string {
	a := c.Get("/passkey/generate-register-options" + query).Want(200)
	k.Handle, _ = base64.RawURLEncoding.DecodeString(a.Text("user.id"))
	return a.Text("challenge")
}

// register adds the key to a signed-in user.
func (k *key) register(c *authtest.Client, change ...func(*act)) *authtest.Answer {
	return c.Post("/passkey/verify-registration", j{"response": k.Create(k.options(c, ""), change...), "name": "laptop"})
}

// challenge asks for options of a sign-in.
func challenge(c *authtest.Client) string {
	return c.Get("/passkey/generate-authenticate-options").Want(200).Text("challenge")
}

// signIn signs in with the key.
func (k *key) signIn(c *authtest.Client, change ...func(*act)) *authtest.Answer {
	return c.Post("/passkey/verify-authentication", j{"response": k.Get(challenge(c), change...)})
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

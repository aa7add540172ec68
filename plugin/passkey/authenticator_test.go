package passkey_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/watchword-auth/watchword/internal/authtest"
)

type j = authtest.JSON

// Flags of authenticator data (WebAuthn Level 3, section 6.1).
const (
	present  = 0x01
	verified = 0x04
	eligible = 0x08
	backedUp = 0x10
	attested = 0x40
	extended = 0x80
)

const rpID = "auth.test"

// key is a passkey in an authenticator made of software. Its fields are what it
// says next; tests change them to lie.
type key struct {
	signer crypto.Signer
	alg    int64

	id        []byte
	handle    []byte // nil: none is sent
	flags     byte
	counter   uint32
	step      uint32 // by which the counter grows; 0: there is no counter
	transport []string
}

func newKey(t testing.TB, alg int64) *key {
	t.Helper()
	k := &key{alg: alg, id: make([]byte, 16), flags: present | verified, transport: []string{"internal", "hybrid"}}
	_, _ = rand.Read(k.id)
	var err error
	switch alg {
	case -7:
		k.signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case -8:
		_, k.signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		k.signer, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// counting makes the key count its signatures.
func (k *key) counting(from uint32) *key {
	k.counter, k.step = from, 1
	return k
}

// cose is the public key in COSE's form (RFC 9052).
func (k *key) cose() map[int64]any {
	switch public := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		return map[int64]any{1: 2, 3: k.alg, -1: 1, -2: public.X.FillBytes(make([]byte, 32)), -3: public.Y.FillBytes(make([]byte, 32))}
	case ed25519.PublicKey:
		return map[int64]any{1: 1, 3: k.alg, -1: 6, -2: []byte(public)}
	case *rsa.PublicKey:
		return map[int64]any{1: 3, 3: k.alg, -1: public.N.Bytes(), -2: big.NewInt(int64(public.E)).Bytes()}
	}
	return nil
}

func (k *key) sign(data []byte) []byte {
	digest, hash := sha256.Sum256(data), crypto.SHA256
	message := digest[:]
	if k.alg == -8 {
		message, hash = data, 0
	}
	signature, err := k.signer.Sign(rand.Reader, message, hash)
	if err != nil {
		panic(err)
	}
	return signature
}

// act is one ceremony, as the authenticator and the browser would do it. Tests
// change it before it is sent.
type act struct {
	client    map[string]any // clientDataJSON
	rpID      string
	flags     byte
	counter   uint32
	id        []byte
	handle    []byte
	transport any

	cose      any    // of a registration
	tail      []byte // behind the authenticator data
	format    string
	statement map[string]any

	forge func(signature []byte) []byte
	raw   func(clientData []byte) []byte
	body  func(body j) // the last word
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (k *key) act(kind, challenge string, change []func(*act)) *act {
	k.counter += k.step
	a := &act{client: map[string]any{"type": kind, "challenge": challenge, "origin": authtest.Origin, "crossOrigin": false},
		rpID: rpID, flags: k.flags, counter: k.counter, id: k.id, handle: k.handle, transport: k.transport,
		cose: k.cose(), format: "none", statement: map[string]any{}}
	for _, f := range change {
		f(a)
	}
	return a
}

func (a *act) data(more []byte) []byte {
	sum := sha256.Sum256([]byte(a.rpID))
	data := append(sum[:], a.flags)
	data = binary.BigEndian.AppendUint32(data, a.counter)
	return append(append(data, more...), a.tail...)
}

func (a *act) clientData() []byte {
	raw, err := json.Marshal(a.client)
	if err != nil {
		panic(err)
	}
	if a.raw != nil {
		raw = a.raw(raw)
	}
	return raw
}

func (a *act) answer(response j) j {
	body := j{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response}
	if a.body != nil {
		a.body(body)
	}
	return body
}

func cbor(v any) []byte {
	raw, err := webauthncbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// create answers options of a registration.
func (k *key) create(challenge string, change ...func(*act)) j {
	a := k.act("webauthn.create", challenge, append([]func(*act){func(a *act) { a.flags |= attested }}, change...))
	more := append(make([]byte, 15), 7) // AAGUID
	more = binary.BigEndian.AppendUint16(more, uint16(len(a.id)))
	more = append(append(more, a.id...), cbor(a.cose)...)
	object := cbor(map[string]any{"fmt": a.format, "attStmt": a.statement, "authData": a.data(more)})
	return a.answer(j{"clientDataJSON": b64(a.clientData()), "attestationObject": b64(object), "transports": a.transport})
}

// get answers options of a sign-in.
func (k *key) get(challenge string, change ...func(*act)) j {
	a := k.act("webauthn.get", challenge, change)
	data, client := a.data(nil), a.clientData()
	hash := sha256.Sum256(client)
	signature := k.sign(append(append([]byte{}, data...), hash[:]...))
	if a.forge != nil {
		signature = a.forge(signature)
	}
	response := j{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
	if a.handle != nil {
		response["userHandle"] = b64(a.handle)
	}
	return a.answer(response)
}

// options asks for options of a registration and keeps the handle the key is to
// have.
func (k *key) options(c *authtest.Client, query string) string {
	a := c.Get("/passkey/generate-register-options" + query).Want(200)
	k.handle, _ = base64.RawURLEncoding.DecodeString(a.Text("user.id"))
	return a.Text("challenge")
}

// register adds the key to a signed-in user.
func (k *key) register(c *authtest.Client, change ...func(*act)) *authtest.Answer {
	return c.Post("/passkey/verify-registration", j{"response": k.create(k.options(c, ""), change...), "name": "laptop"})
}

// challenge asks for options of a sign-in.
func challenge(c *authtest.Client) string {
	return c.Get("/passkey/generate-authenticate-options").Want(200).Text("challenge")
}

// signIn signs in with the key.
func (k *key) signIn(c *authtest.Client, change ...func(*act)) *authtest.Answer {
	return c.Post("/passkey/verify-authentication", j{"response": k.get(challenge(c), change...)})
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

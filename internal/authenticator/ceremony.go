package authenticator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/watchword-auth/watchword/internal/authtest"
)

// JSON is what a browser sends.
type JSON = authtest.JSON

// RPID is the relying party of tests, at authtest.Origin.
const RPID = "auth.test"

// Flags of authenticator data (WebAuthn Level 3, section 6.1).
const (
	Present  = 0x01
	Verified = 0x04
	Eligible = 0x08
	BackedUp = 0x10
	Attested = 0x40
	Extended = 0x80
)

// Ceremony is a registration or a sign-in, as the authenticator and the
// browser would do it. Tests change it before it is sent.
type Ceremony struct {
	Client    map[string]any // clientDataJSON
	RPID      string
	Flags     byte
	Counter   uint32
	ID        []byte
	Handle    []byte
	Transport any

	COSE      any    // of a registration
	Tail      []byte // behind the authenticator data
	Format    string
	Statement map[string]any

	Forge func(signature []byte) []byte
	Raw   func(clientData []byte) []byte
	Body  func(body JSON) // has the last word
}

// Base64 writes bytes as browsers do.
func Base64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (k *Key) act(kind, challenge string, change []func(*Ceremony)) *Ceremony {
	k.Counter += k.Step
	a := &Ceremony{Client: map[string]any{"type": kind, "challenge": challenge, "origin": authtest.Origin, "crossOrigin": false},
		RPID: RPID, Flags: k.Flags, Counter: k.Counter, ID: k.ID, Handle: k.Handle, Transport: k.Transport,
		COSE: k.COSE(), Format: "none", Statement: map[string]any{}}
	for _, f := range change {
		f(a)
	}
	return a
}

func (a *Ceremony) data(more []byte) []byte {
	sum := sha256.Sum256([]byte(a.RPID))
	data := append(sum[:], a.Flags)
	data = binary.BigEndian.AppendUint32(data, a.Counter)
	return append(append(data, more...), a.Tail...)
}

func (a *Ceremony) clientData() []byte {
	raw, err := json.Marshal(a.Client)
	if err != nil {
		panic(err)
	}
	if a.Raw != nil {
		raw = a.Raw(raw)
	}
	return raw
}

func (a *Ceremony) answer(response JSON) JSON {
	body := JSON{"id": Base64(a.ID), "rawId": Base64(a.ID), "type": "public-key", "response": response}
	if a.Body != nil {
		a.Body(body)
	}
	return body
}

// CBOR writes a value as authenticators do.
func CBOR(v any) []byte {
	raw, err := webauthncbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// Create answers options of a registration.
func (k *Key) Create(challenge string, change ...func(*Ceremony)) JSON {
	a := k.act("webauthn.create", challenge, append([]func(*Ceremony){func(a *Ceremony) { a.Flags |= Attested }}, change...))
	more := append(make([]byte, 15), 7) // AAGUID
	more = binary.BigEndian.AppendUint16(more, uint16(len(a.ID)))
	more = append(append(more, a.ID...), CBOR(a.COSE)...)
	object := CBOR(map[string]any{"fmt": a.Format, "attStmt": a.Statement, "authData": a.data(more)})
	return a.answer(JSON{"clientDataJSON": Base64(a.clientData()), "attestationObject": Base64(object), "transports": a.Transport})
}

// Get answers options of a sign-in.
func (k *Key) Get(challenge string, change ...func(*Ceremony)) JSON {
	a := k.act("webauthn.get", challenge, change)
	data, client := a.data(nil), a.clientData()
	hash := sha256.Sum256(client)
	signature := k.Sign(append(append([]byte{}, data...), hash[:]...))
	if a.Forge != nil {
		signature = a.Forge(signature)
	}
	response := JSON{"clientDataJSON": Base64(client), "authenticatorData": Base64(data), "signature": Base64(signature)}
	if a.Handle != nil {
		response["userHandle"] = Base64(a.Handle)
	}
	return a.answer(response)
}

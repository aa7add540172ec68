// Package authenticator is a WebAuthn authenticator made of software, with the
// browser in front of it, that tests can make lie in every respect.
package authenticator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
)

// Algorithms of COSE (RFC 9053).
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Key is a passkey. Its fields are what it says next.
type Key struct {
	Signer crypto.Signer
	Alg    int64

	ID        []byte
	Handle    []byte // nil: none is sent
	Flags     byte
	Counter   uint32
	Step      uint32 // by which the counter grows; 0: there is no counter
	Transport []string
}

// New makes a key.
func New(alg int64) *Key {
	k := &Key{Alg: alg, ID: make([]byte, 16), Flags: Present | Verified, Transport: []string{"internal", "hybrid"}}
	_, _ = rand.Read(k.ID)
	var err error
	switch alg {
	case ES256:
		k.Signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EdDSA:
		_, k.Signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		k.Signer, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		panic(err) // the random source is the system's
	}
	return k
}

// Counting makes the key count its signatures.
func (k *Key) Counting(from uint32) *Key {
	k.Counter, k.Step = from, 1
	return k
}

// COSE is the public key in COSE's form (RFC 9052).
func (k *Key) COSE() map[int64]any {
	switch public := k.Signer.Public().(type) {
	case *ecdsa.PublicKey:
		return map[int64]any{1: 2, 3: k.Alg, -1: 1, -2: public.X.FillBytes(make([]byte, 32)), -3: public.Y.FillBytes(make([]byte, 32))}
	case ed25519.PublicKey:
		return map[int64]any{1: 1, 3: k.Alg, -1: 6, -2: []byte(public)}
	case *rsa.PublicKey:
		return map[int64]any{1: 3, 3: k.Alg, -1: public.N.Bytes(), -2: big.NewInt(int64(public.E)).Bytes()}
	}
	return nil
}

// Sign signs as the key does in a ceremony.
func (k *Key) Sign(data []byte) []byte {
	digest, hash := sha256.Sum256(data), crypto.SHA256
	message := digest[:]
	if k.Alg == -8 {
		message, hash = data, 0
	}
	signature, err := k.Signer.Sign(rand.Reader, message, hash)
	if err != nil {
		panic(err)
	}
	return signature
}

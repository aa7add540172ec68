package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// material is one secret with what is computed from it once.
type material struct {
	version int
	value   []byte
	aead    cipher.AEAD
	// macs keeps keyed HMAC states: keying one costs two compressions and half a kilobyte, more than signing a
	// cookie value with a ready one.
	macs sync.Pool
}

// macState is a keyed HMAC with the buffers of one operation, so that neither escapes to a fresh allocation.
type macState struct {
	hash.Hash
	text    []byte
	sum     [sha256.Size]byte
	encoded [signatureLength]byte
}

func newMaterial(version int, value string) *material {
	m := &material{version: version, value: []byte(value)}
	key := sha256.Sum256(m.value)
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic("secret: " + err.Error()) // only a key of another length than 32 bytes is refused
	}
	m.aead = aead
	m.macs.New = func() any { return &macState{Hash: hmac.New(sha256.New, m.value)} }
	return m
}

// derive makes the key of a purpose. The reference uses the hex text of the derived bytes as a secret string, and
// so do we.
func (m *material) derive(purpose string) *material {
	key, err := hkdf.Key(sha256.New, m.value, []byte("better-auth:oauth-encryption:v1"), "better-auth:"+purpose+":v1", 32)
	if err != nil {
		panic("secret: " + err.Error()) // only a longer output than HKDF can make is refused
	}
	return newMaterial(m.version, hex.EncodeToString(key))
}

func (m *material) state() *macState { return m.macs.Get().(*macState) }

func (m *material) release(s *macState) {
	// A rare giant value must not stay in the pool.
	if cap(s.text) > 16<<10 {
		s.text = nil
	}
	m.macs.Put(s)
}

// authenticate computes the MAC of s.text into s.sum.
func (s *macState) authenticate() {
	s.Reset()
	s.Write(s.text)
	s.Sum(s.sum[:0])
}

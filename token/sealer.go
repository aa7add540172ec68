package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	josecipher "github.com/go-jose/go-jose/v4/cipher"
)

const (
	sealAlgorithm  = "dir"
	sealEncryption = "A256CBC-HS512"
	ivSize         = 16
	tagSize        = 32
)

// Sealer encrypts payloads into compact JWEs (RFC 7516) with alg "dir" and enc "A256CBC-HS512", and opens them. Its
// keys are derived from the deployment's secrets once, by [NewSealer]. It is immutable and safe for concurrent use.
// It never shows a key: nothing in it is exported, and printing it shows addresses at most.
type Sealer struct {
	keys []*sealKey // the first one seals
}

// sealKey is a content encryption key with what is computed from it once.
type sealKey struct {
	id     string // RFC 7638 thumbprint
	header string // the protected header, encoded
	aead   cipher.AEAD
}

// NewSealer returns a Sealer for one purpose, which salt names ("better-auth-session"). The first secret seals; every
// one of them opens. It returns an error when there is no secret, or an empty one.
func NewSealer(secrets [][]byte, salt string) (*Sealer, error) {
	if len(secrets) == 0 {
		return nil, errors.New("token: no secret given")
	}
	s := &Sealer{keys: make([]*sealKey, 0, len(secrets))}
	for _, secret := range secrets {
		if len(secret) == 0 {
			return nil, errors.New("token: empty secret")
		}
		key, err := newSealKey(secret, salt)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

func newSealKey(secret []byte, salt string) (*sealKey, error) {
	key, err := hkdf.Key(sha256.New, secret, []byte(salt), "BetterAuth.js Generated Encryption Key", 64)
	if err != nil {
		return nil, fmt.Errorf("token: deriving a key: %w", err)
	}
	aead, err := josecipher.NewCBCHMAC(key, aes.NewCipher)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(`{"k":"` + encode(key) + `","kty":"oct"}`))
	id := encode(sum[:])
	header := encode([]byte(`{"alg":"` + sealAlgorithm + `","enc":"` + sealEncryption + `","kid":"` + id + `"}`))
	return &sealKey{id: id, header: header, aead: aead}, nil
}

// Seal returns the compact JWE of payload, a JSON text. A nil random means the system's. It fails only when random
// does.
func (s *Sealer) Seal(payload []byte, random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	key := s.keys[0]
	sealed := make([]byte, ivSize, ivSize+len(payload)+aes.BlockSize+tagSize)
	if _, err := io.ReadFull(random, sealed); err != nil {
		return "", fmt.Errorf("token: reading an initialisation vector: %w", err)
	}
	sealed = key.aead.Seal(sealed, sealed[:ivSize], payload, []byte(key.header))
	tag := len(sealed) - tagSize

	base := base64.RawURLEncoding
	text := make([]byte, 0, len(key.header)+5+base.EncodedLen(len(sealed))+2)
	text = append(append(text, key.header...), ".."...) // the encrypted key of "dir" is empty
	text = append(base.AppendEncode(text, sealed[:ivSize]), '.')
	text = append(base.AppendEncode(text, sealed[ivSize:tag]), '.')
	return string(base.AppendEncode(text, sealed[tag:])), nil
}

// Open returns the payload of a compact JWE of any of the secrets: the one that its "kid" names, or without a "kid"
// the first that fits. It returns [ErrInvalid] for everything else. It does not look at the payload: see [CheckTimes];
// the reference allows 15 seconds there.
func (s *Sealer) Open(token string) ([]byte, error) {
	header, rest, ok := strings.Cut(token, ".")
	segments := strings.Split(rest, ".")
	if !ok || len(segments) != 4 || segments[0] != "" {
		return nil, ErrInvalid
	}
	keys, err := s.candidates(header)
	if err != nil {
		return nil, err
	}
	iv, err := decodeSegment(segments[1])
	if err != nil || len(iv) != ivSize {
		return nil, ErrInvalid
	}
	sealed, err := appendSegment(make([]byte, 0, len(token)), segments[2])
	if err != nil {
		return nil, ErrInvalid
	}
	text := len(sealed)
	sealed, err = appendSegment(sealed, segments[3])
	if err != nil || len(sealed)-text != tagSize {
		return nil, ErrInvalid
	}
	for _, key := range keys {
		if payload, err := key.aead.Open(nil, iv, sealed, []byte(header)); err == nil {
			return payload, nil
		}
	}
	return nil, ErrInvalid
}

// candidates returns the keys that a header permits.
func (s *Sealer) candidates(header string) ([]*sealKey, error) {
	for i, key := range s.keys {
		if key.header == header {
			return s.keys[i : i+1], nil
		}
	}
	parsed, err := parseHeader(header)
	if err != nil || parsed.Algorithm != sealAlgorithm || parsed.Encryption != sealEncryption {
		return nil, ErrInvalid
	}
	if parsed.KeyID == nil {
		return s.keys, nil
	}
	for i, key := range s.keys {
		if key.id == *parsed.KeyID {
			return s.keys[i : i+1], nil
		}
	}
	return nil, ErrInvalid
}

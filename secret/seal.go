package secret

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	envelopePrefix = "$ba$"
	nonceSize      = chacha20poly1305.NonceSizeX
)

// ErrSealed is returned by [Ring.Open] for a text that is malformed, was changed, or was sealed under another secret.
var ErrSealed = errors.New("secret: not a value sealed under this secret")

// ErrUnknownVersion is returned by [Ring.Open] for a well-formed envelope of a version that the ring does not hold
// (most often a retired one), and for a value without an envelope when a versioned ring has no legacy secret.
var ErrUnknownVersion = errors.New("secret: sealed under a version that is not configured")

// Seal encrypts and authenticates plaintext with XChaCha20-Poly1305 under SHA-256 of the current secret. The result is
// the lowercase hex of nonce ‖ ciphertext ‖ tag; a versioned ring writes it in an envelope, "$ba$<version>$<hex>".
// A nil random means the system's. It fails only when random does.
func (r *Ring) Seal(plaintext []byte, random io.Reader) (string, error) {
	sealed := make([]byte, nonceSize, nonceSize+len(plaintext)+chacha20poly1305.Overhead)
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, sealed); err != nil {
		return "", fmt.Errorf("secret: reading a nonce: %w", err)
	}
	sealed = r.current.aead.Seal(sealed, sealed[:nonceSize], plaintext, nil)

	text := make([]byte, 0, len(envelopePrefix)+20+2*len(sealed))
	if r.versioned {
		text = append(text, envelopePrefix...)
		text = strconv.AppendInt(text, int64(r.current.version), 10)
		text = append(text, '$')
	}
	return string(hex.AppendEncode(text, sealed)), nil
}

// Open returns the plaintext of a sealed value. A versioned ring opens an envelope with the secret of its version, and
// bare hex with the legacy secret; a ring of one secret opens bare hex only. It returns [ErrSealed] or
// [ErrUnknownVersion].
func (r *Ring) Open(sealed string) ([]byte, error) {
	key, body, err := r.opener(sealed)
	if err != nil {
		return nil, err
	}
	if len(body) < 2*(nonceSize+chacha20poly1305.Overhead) {
		return nil, ErrSealed
	}
	raw, err := hex.DecodeString(body)
	if err != nil {
		return nil, ErrSealed
	}
	plaintext, err := key.aead.Open(raw[nonceSize:nonceSize], raw[:nonceSize], raw[nonceSize:], nil)
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

// opener picks the secret that a sealed value names, and the hex of its body.
func (r *Ring) opener(sealed string) (*material, string, error) {
	rest, enveloped := strings.CutPrefix(sealed, envelopePrefix)
	if !enveloped {
		if r.legacy == nil {
			return nil, "", ErrUnknownVersion
		}
		return r.legacy, sealed, nil
	}
	number, body, ok := strings.Cut(rest, "$")
	version, err := strconv.ParseUint(number, 10, 31)
	if !r.versioned || !ok || err != nil {
		return nil, "", ErrSealed
	}
	key := r.version(int(version))
	if key == nil {
		return nil, "", ErrUnknownVersion
	}
	return key, body, nil
}

// LooksSealed reports whether text has the shape of a sealed value: an envelope prefix, or hex digits in pairs. It is
// the reference's rule for columns that hold plain values until sealing is switched on; it says nothing about whether
// [Ring.Open] succeeds.
func LooksSealed(text string) bool {
	if strings.HasPrefix(text, envelopePrefix) {
		return true
	}
	if text == "" || len(text)%2 != 0 {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}

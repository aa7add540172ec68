package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"
)

// Algorithm is a JWS algorithm with a public key (RFC 7518, section 3; RFC 8037). HMAC and "none" are not among them.
type Algorithm string

// The algorithms that keys can be made for, and, after them, those that are only verified.
const (
	EdDSA Algorithm = "EdDSA" // Ed25519
	ES256 Algorithm = "ES256"
	ES512 Algorithm = "ES512"
	RS256 Algorithm = "RS256"
	PS256 Algorithm = "PS256"

	ES384 Algorithm = "ES384"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
)

// minModulus is the shortest RSA modulus, in bits, that is used or believed.
const minModulus = 2048

// PrivateKey is a key that signs, with its id and its algorithm. Make one with [GenerateKey] or [ParsePrivateKey]. It is
// immutable and safe for concurrent use, and prints as a placeholder.
type PrivateKey struct{ jwk jose.JSONWebKey }

// GenerateKey makes a key. The id becomes the "kid" of tokens, and may be empty. RSA keys have the given number of bits,
// 0 meaning 2048; other algorithms ignore it. It returns an error for an algorithm that is only verified, and for RSA
// keys shorter than 2048 or longer than 8192 bits.
func GenerateKey(algorithm Algorithm, id string, bits int) (*PrivateKey, error) {
	var key crypto.PrivateKey
	var err error
	switch algorithm {
	case EdDSA:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case ES256:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case ES512:
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case RS256, PS256:
		if bits == 0 {
			bits = minModulus
		}
		if bits < minModulus || bits > 8192 {
			return nil, fmt.Errorf("token: an RSA key of %d bits", bits)
		}
		key, err = rsa.GenerateKey(rand.Reader, bits)
	default:
		return nil, fmt.Errorf("token: cannot make a key for %q", algorithm)
	}
	if err != nil {
		return nil, fmt.Errorf("token: making a key: %w", err)
	}
	return &PrivateKey{jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(algorithm)}}, nil
}

// ParsePrivateKey reads a private JWK (RFC 7517). The id and the algorithm are the given ones, whatever the JSON says.
// It returns an error when the JSON is not a private key of that algorithm. No error text contains the key.
func ParsePrivateKey(data []byte, algorithm Algorithm, id string) (*PrivateKey, error) {
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(data); err != nil || !jwk.Valid() || jwk.IsPublic() || !fits(jwk.Public().Key, algorithm) {
		return nil, fmt.Errorf("token: not a private key for %s", algorithm)
	}
	return &PrivateKey{jose.JSONWebKey{Key: jwk.Key, KeyID: id, Algorithm: string(algorithm)}}, nil
}

// Sign returns the compact JWS of payload, a JSON text, with "alg", "kid" when the key has an id, and "typ" when given.
func (k *PrivateKey) Sign(payload []byte, typ string) (string, error) {
	options := &jose.SignerOptions{}
	if typ != "" {
		options.WithType(jose.ContentType(typ))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(k.jwk.Algorithm), Key: k.jwk}, options)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("token: signing: %w", err)
	}
	return signed.CompactSerialize()
}

// PrivateJSON returns the JWK with its private part, for sealed storage only.
func (k *PrivateKey) PrivateJSON() ([]byte, error) { return k.jwk.MarshalJSON() }

// PublicJSON returns the JWK that others verify with.
func (k *PrivateKey) PublicJSON() ([]byte, error) { return k.jwk.Public().MarshalJSON() }

// Thumbprint returns the SHA-256 JWK thumbprint (RFC 7638) in base64url.
func (k *PrivateKey) Thumbprint() (string, error) {
	public := k.jwk.Public()
	sum, err := public.Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// ID returns the key's id.
func (k *PrivateKey) ID() string { return k.jwk.KeyID }

// Algorithm returns the key's algorithm.
func (k *PrivateKey) Algorithm() Algorithm { return Algorithm(k.jwk.Algorithm) }

// Format writes a placeholder whatever the verb and the flags.
func (k PrivateKey) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, "token.PrivateKey("+k.jwk.KeyID+", [redacted])")
}

// MarshalJSON fails: a private key is written out by PrivateJSON only, never by accident.
func (k PrivateKey) MarshalJSON() ([]byte, error) {
	return nil, errors.New("token: a private key does not marshal; call PrivateJSON or PublicJSON")
}

// usable reports whether a key is public and verifies some algorithm of this package.
func usable(public any) bool {
	for _, algorithm := range []Algorithm{EdDSA, ES256, ES384, ES512, RS256} {
		if fits(public, algorithm) {
			return true
		}
	}
	return false
}

// fits reports whether a public key serves the algorithm. It is what keeps an algorithm from being swapped: an HMAC
// key fits none, and an elliptic curve fits exactly one.
func fits(public any, algorithm Algorithm) bool {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return algorithm == EdDSA
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256():
			return algorithm == ES256
		case elliptic.P384():
			return algorithm == ES384
		case elliptic.P521():
			return algorithm == ES512
		}
	case *rsa.PublicKey:
		switch algorithm {
		case RS256, RS384, RS512, PS256, PS384, PS512:
			return key.N.BitLen() >= minModulus
		}
	}
	return false
}

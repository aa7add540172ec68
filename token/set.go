package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// maxKeys bounds how many keys of a foreign set are read, and so how many a token without a "kid" is tried against.
const maxKeys = 100

// Set is a set of public keys (a JWKS, RFC 7517). It is immutable and safe for concurrent use. The zero Set and a nil
// *Set hold no key, and verify nothing.
type Set struct{ keys []jose.JSONWebKey }

// ParseSet reads a JWKS. Keys that cannot verify are left out: symmetric and private ones, those for encryption, of
// unknown types, off their curve, or RSA keys under 2048 bits. It returns an error when data is not a JWKS or has more
// than 100 keys.
func ParseSet(data []byte) (*Set, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("token: not a key set: %w", err)
	}
	if document.Keys == nil || len(document.Keys) > maxKeys {
		return nil, fmt.Errorf("token: a key set of %d keys", len(document.Keys))
	}
	set := &Set{}
	for _, raw := range document.Keys {
		var jwk jose.JSONWebKey
		if jwk.UnmarshalJSON(raw) != nil || !jwk.Valid() || jwk.Use == "enc" || !usable(jwk.Key) {
			continue
		}
		set.keys = append(set.keys, jwk)
	}
	return set, nil
}

// PublicSet returns the Set of the public parts of keys.
func PublicSet(keys ...*PrivateKey) *Set {
	set := &Set{}
	for _, key := range keys {
		set.keys = append(set.keys, key.jwk.Public())
	}
	return set
}

// Len returns the number of usable keys.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.keys)
}

// Verify returns the payload and the header of a compact JWS that a key of the set signed with one of the permitted
// algorithms. A token with a "kid" is verified with the keys of that id only, one without with every key of the fitting
// type. It returns [ErrUnknownKey] when no key can be meant, and otherwise [ErrInvalid]. Keys in the token's header
// ("jwk", "jku", "x5c", "x5u") are not looked at. It does not look at the payload: see [CheckTimes].
func (s *Set) Verify(token string, permitted ...Algorithm) ([]byte, Header, error) {
	algorithms := make([]jose.SignatureAlgorithm, 0, len(permitted))
	for _, algorithm := range permitted {
		algorithms = append(algorithms, jose.SignatureAlgorithm(algorithm))
	}
	segment, _, _ := strings.Cut(token, ".")
	raw, err := parseHeader(segment)
	if err != nil || !slices.Contains(permitted, Algorithm(raw.Algorithm)) {
		return nil, Header{}, ErrInvalid
	}
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, Header{}, ErrInvalid
	}
	header := Header{Algorithm: Algorithm(raw.Algorithm), Type: raw.Type}
	if raw.KeyID != nil {
		header.KeyID = *raw.KeyID
	}
	candidates := s.candidates(raw)
	if len(candidates) == 0 {
		return nil, Header{}, ErrUnknownKey
	}
	for _, key := range candidates {
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, header, nil
		}
	}
	return nil, Header{}, ErrInvalid
}

// candidates returns the keys whose id, declared algorithm and type all agree with the header.
func (s *Set) candidates(header rawHeader) []jose.JSONWebKey {
	if s == nil {
		return nil
	}
	var keys []jose.JSONWebKey
	for _, key := range s.keys {
		named := header.KeyID == nil || *header.KeyID == key.KeyID
		declared := key.Algorithm == "" || key.Algorithm == header.Algorithm
		if named && declared && fits(key.Key, Algorithm(header.Algorithm)) {
			keys = append(keys, key)
		}
	}
	return keys
}

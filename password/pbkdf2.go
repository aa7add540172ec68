package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"hash"
	"strings"
)

// pbkdf2Record is a hash of PBKDF2 (RFC 8018) with HMAC of SHA-256 or SHA-512.
type pbkdf2Record struct {
	digest    func() hash.Hash
	rounds    int
	salt, key []byte
}

// parsePHCPBKDF2 reads $pbkdf2-sha256$<rounds>$<salt>$<key>, as passlib writes it, and the same with the rounds as
// "i=<rounds>" or "i=<rounds>,l=<key length>".
func parsePHCPBKDF2(hash string) (record, error) {
	parts, ok := fields(hash, 4)
	if !ok {
		return nil, ErrMalformed
	}
	rounds, okRounds := number(parts[1])
	length := 0
	if values, ok := parameters(parts[1], "i"); ok {
		rounds, okRounds = values[0], true
	} else if values, ok := parameters(parts[1], "i", "l"); ok {
		rounds, length, okRounds = values[0], values[1], true
	}
	salt, okSalt := decode(parts[2])
	key, okKey := decode(parts[3])
	if !okRounds || !okSalt || !okKey || length != 0 && length != len(key) {
		return nil, ErrMalformed
	}
	return newPBKDF2(strings.TrimPrefix(parts[0], "pbkdf2-"), rounds, salt, key)
}

// parseDjango reads pbkdf2_sha256$<rounds>$<salt as text>$<key>.
func parseDjango(hash string) (record, error) {
	parts, ok := fields(hash, 4)
	if !ok {
		return nil, ErrMalformed
	}
	rounds, okRounds := number(parts[1])
	key, okKey := decode(parts[3])
	if !okRounds || !okKey || parts[2] == "" {
		return nil, ErrMalformed
	}
	return newPBKDF2(strings.TrimPrefix(parts[0], "pbkdf2_"), rounds, []byte(parts[2]), key)
}

func newPBKDF2(digest string, rounds int, salt, key []byte) (record, error) {
	h := pbkdf2Record{rounds: rounds, salt: salt, key: key}
	switch digest {
	case "sha256":
		h.digest = sha256.New
	case "sha512":
		h.digest = sha512.New
	default:
		return nil, ErrMalformed
	}
	switch {
	case rounds < 1 || !validKey(key):
		return nil, ErrMalformed
	case rounds*((len(key)+h.digest().Size()-1)/h.digest().Size()) > maxPBKDF2:
		return nil, ErrTooCostly
	}
	return h, nil
}

func (h pbkdf2Record) matches(ctx context.Context, p *Pool, password []byte) (bool, error) {
	return submit(ctx, p, func() (bool, error) { return h.equals(password) })
}

func (h pbkdf2Record) equals(password []byte) (bool, error) {
	key, err := pbkdf2.Key(h.digest, string(password), h.salt, h.rounds, len(h.key))
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1, err
}

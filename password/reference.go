package password

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// The reference's scrypt parameters. They are not in its rows, so they never change.
const (
	referenceN       = 16384
	referenceR       = 16
	referenceKeySize = 64
)

// reference is a hash in the reference's format, "salt:key".
type reference struct {
	salt string // the text itself is scrypt's salt, not the bytes that its hex digits stand for
	key  []byte
}

func hashReference(ctx context.Context, p *Pool, password, salt []byte) (string, error) {
	text := hex.EncodeToString(salt)
	key, err := p.derive(ctx, referenceKey(password, text))
	if err != nil {
		return "", err
	}
	return text + ":" + hex.EncodeToString(key), nil
}

func referenceKey(password []byte, salt string) derivation {
	return derivation{password: password, salt: []byte(salt), n: referenceN, r: referenceR, size: referenceKeySize}
}

func parseReference(hash string) (record, error) {
	salt, digits, ok := strings.Cut(hash, ":")
	key, err := hex.DecodeString(digits)
	if !ok || err != nil || salt == "" || len(key) != referenceKeySize {
		return nil, ErrMalformed
	}
	return reference{salt, key}, nil
}

func (h reference) matches(ctx context.Context, p *Pool, password []byte) (bool, error) {
	key, err := p.derive(ctx, referenceKey(password, h.salt))
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1, err
}

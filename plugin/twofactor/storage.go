package twofactor

import (
	"crypto/subtle"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/secret"
)

// Store is how codes are kept.
type Store string

// The ways to keep codes.
const (
	Plain     Store = "plain"
	Encrypted Store = "encrypted"
	Hashed    Store = "hashed" // codes by mail only
)

// Cipher is an application's own way to seal what is kept. Its methods must be
// safe for concurrent use.
type Cipher interface {
	Seal(c *core.Context, plain string) (string, error)
	Open(c *core.Context, sealed string) (string, error)
}

func seal(c *core.Context, how Store, own Cipher, plain string) (string, error) {
	switch {
	case own != nil:
		return own.Seal(c, plain)
	case how == Encrypted:
		return c.Secrets().Seal([]byte(plain), c.Random())
	case how == Hashed:
		return secret.Hash(plain), nil
	}
	return plain, nil
}

func open(c *core.Context, how Store, own Cipher, sealed string) (string, error) {
	switch {
	case own != nil:
		return own.Open(c, sealed)
	case how == Encrypted:
		plain, err := c.Secrets().Open(sealed)
		return string(plain), err
	}
	return sealed, nil
}

// opens reports whether the stored code is the typed one.
func opens(c *core.Context, how Store, own Cipher, stored, typed string) (bool, error) {
	if how == Hashed && own == nil {
		typed = secret.Hash(typed)
	}
	plain, err := open(c, how, own, stored)
	return err == nil && same(plain, typed), err
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

var errStore = errors.New("twofactor: Store is not one of the known ways")

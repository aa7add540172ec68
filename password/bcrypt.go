package password

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// bcryptRecord is a hash of bcrypt, $2a$, $2b$ or $2y$: the three compute the same.
type bcryptRecord string

func parseBcrypt(hash string) (record, error) {
	if len(hash) != 60 || !strings.ContainsRune("aby", rune(hash[2])) {
		return nil, ErrMalformed
	}
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil {
		return nil, ErrMalformed
	}
	if cost > maxBcrypt {
		return nil, ErrTooCostly
	}
	return bcryptRecord(hash), nil
}

func (h bcryptRecord) matches(ctx context.Context, p *Pool, password []byte) (bool, error) {
	return submit(ctx, p, func() (bool, error) { return h.equals(password) })
}

// equals compares as every bcrypt does: bytes after the 72nd do not count.
func (h bcryptRecord) equals(password []byte) (bool, error) {
	switch err := bcrypt.CompareHashAndPassword([]byte(h), password); {
	case err == nil:
		return true, nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	default:
		return false, ErrMalformed
	}
}

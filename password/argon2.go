package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/argon2"
)

const argon2KeySize = 32

// Argon2 is the cost of Argon2id (RFC 9106).
type Argon2 struct {
	Memory int // KiB, 8 to 262144 and at least 8 for each lane
	Passes int // 1 or more; Memory times Passes is at most 1 GiB
	Lanes  int // 1 to 16
}

func (c Argon2) check() error {
	switch {
	case c.Memory < 8*c.Lanes || c.Passes < 1 || c.Lanes < 1:
		return ErrMalformed
	case c.Memory > maxMemory>>10 || c.Passes > maxArgonWork || c.Memory*c.Passes > maxArgonWork || c.Lanes > maxLanes:
		return ErrTooCostly
	}
	return nil
}

func (c Argon2) hash(password, salt []byte) string {
	key := c.derive("argon2id", password, salt, argon2KeySize)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.Memory, c.Passes, c.Lanes, encode(salt), encode(key))
}

func (c Argon2) derive(variant string, password, salt []byte, size int) []byte {
	derive := argon2.IDKey
	if variant == "argon2i" {
		derive = argon2.Key
	}
	return derive(password, salt, uint32(c.Passes), uint32(c.Memory), uint8(c.Lanes), uint32(size))
}

// argon2Record is a PHC string of Argon2.
type argon2Record struct {
	variant   string
	cost      Argon2
	salt, key []byte
}

func parseArgon2(hash string) (record, error) {
	parts, ok := fields(hash, 5)
	if !ok || parts[0] != "argon2id" && parts[0] != "argon2i" || parts[1] != "v=19" {
		return nil, ErrMalformed
	}
	cost, okCost := parameters(parts[2], "m", "t", "p")
	salt, okSalt := decode(parts[3])
	key, okKey := decode(parts[4])
	if !okCost || !okSalt || !okKey || len(salt) < 8 || !validKey(key) {
		return nil, ErrMalformed
	}
	h := argon2Record{parts[0], Argon2{cost[0], cost[1], cost[2]}, salt, key}
	if err := h.cost.check(); err != nil {
		return nil, err
	}
	return h, nil
}

func (h argon2Record) matches(ctx context.Context, p *Pool, password []byte) (bool, error) {
	return submit(ctx, p, func() (bool, error) { return h.equals(password) })
}

func (h argon2Record) equals(password []byte) (bool, error) {
	key := h.cost.derive(h.variant, password, h.salt, len(h.key))
	return subtle.ConstantTimeCompare(key, h.key) == 1, nil
}

package password

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
)

// What a stored hash may demand. The reference's own format is far below all of it.
const (
	maxMemory    = 256 << 20 // bytes
	maxHashText  = 1024      // characters of a stored hash
	minKeySize   = 16        // bytes: a shorter key would match by chance
	maxKeySize   = 128
	maxArgonWork = 1 << 20 // KiB times passes
	maxLanes     = 16
	maxBcrypt    = 15        // log2 of the rounds: some two seconds
	maxPBKDF2    = 4_000_000 // rounds: over three times Django's current number
)

// record is a parsed stored hash.
type record interface {
	// matches has the pool compute the hash of password and compares in constant time.
	matches(ctx context.Context, p *Pool, password []byte) (bool, error)
}

// parse reads a stored hash of any supported format, and checks its cost.
func parse(hash string, firebase Firebase) (record, error) {
	if len(hash) > maxHashText {
		return nil, ErrMalformed
	}
	switch {
	case strings.HasPrefix(hash, "$argon2"):
		return parseArgon2(hash)
	case strings.HasPrefix(hash, "$2"):
		return parseBcrypt(hash)
	case strings.HasPrefix(hash, "$pbkdf2-"):
		return parsePHCPBKDF2(hash)
	case strings.HasPrefix(hash, "pbkdf2_"):
		return parseDjango(hash)
	case strings.HasPrefix(hash, "$fbscrypt$"):
		return parseFirebase(hash, firebase)
	}
	return parseReference(hash)
}

// fields splits "$a$b$c" into exactly count parts.
func fields(hash string, count int) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(hash, "$"), "$")
	return parts, len(parts) == count
}

// number reads a decimal of digits only, without a sign or a leading zero.
func number(text string) (int, bool) {
	if text == "" || text[0] < '0' || text[0] > '9' || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil
}

// parameters reads "a=1,b=2" with exactly the given names in their order.
func parameters(text string, names ...string) ([]int, bool) {
	parts := strings.Split(text, ",")
	if len(parts) != len(names) {
		return nil, false
	}
	values := make([]int, len(names))
	for i, part := range parts {
		digits, ok := strings.CutPrefix(part, names[i]+"=")
		if !ok {
			return nil, false
		}
		if values[i], ok = number(digits); !ok {
			return nil, false
		}
	}
	return values, true
}

// decode reads base64 with or without padding, in the standard alphabet or with passlib's '.' for '+'. Go's decoder
// skips line breaks; a stored hash has none.
func decode(text string) ([]byte, bool) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(strings.TrimRight(text, "="), ".", "+"))
	return raw, err == nil
}

func validKey(key []byte) bool { return len(key) >= minKeySize && len(key) <= maxKeySize }

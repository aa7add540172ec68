package password

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"strings"
)

// Firebase holds the project's password hash parameters that Firebase exports beside the users, both base64-decoded.
//
// A user's row is "$fbscrypt$v=1,n=<mem_cost>,r=<rounds>,p=1$<salt>$<passwordHash>", with the salt and the hash as
// Firebase exports them. It may also carry the parameters itself, as "…,p=1,ss=<salt separator>,sk=<signer key>$…" in
// base64: then they win over these. The zero Firebase opens only such rows.
type Firebase struct {
	SignerKey     []byte
	SaltSeparator []byte
}

// firebaseRecord is a hash of Firebase's modified scrypt: AES-CTR of the signer key under the derived key.
type firebaseRecord struct {
	n, r              int
	salt, signer, key []byte
}

func parseFirebase(hash string, options Firebase) (record, error) {
	parts, ok := fields(hash, 4)
	if !ok {
		return nil, ErrMalformed
	}
	settings, options, ok := firebaseSettings(parts[1], options)
	if !ok {
		return nil, ErrMalformed
	}
	cost, okCost := parameters(settings, "v", "n", "r", "p")
	salt, okSalt := decode(parts[2])
	key, okKey := decode(parts[3])
	if !okCost || !okSalt || !okKey || !validKey(key) || len(key) != len(options.SignerKey) {
		return nil, ErrMalformed
	}
	log, r := cost[1], cost[2]
	switch {
	case cost[0] != 1 || cost[3] != 1 || log < 1 || r < 1:
		return nil, ErrMalformed
	case log > 24 || r > 64 || 128*r<<log > maxMemory:
		return nil, ErrTooCostly
	}
	return firebaseRecord{1 << log, r, append(salt, options.SaltSeparator...), options.SignerKey, key}, nil
}

// firebaseSettings takes the parameters ss and sk off the end of a row's settings.
func firebaseSettings(settings string, options Firebase) (string, Firebase, bool) {
	if rest, text, ok := strings.Cut(settings, ",sk="); ok {
		if options.SignerKey, ok = decode(text); !ok {
			return "", options, false
		}
		settings = rest
	}
	if rest, text, ok := strings.Cut(settings, ",ss="); ok {
		if options.SaltSeparator, ok = decode(text); !ok {
			return "", options, false
		}
		settings = rest
	}
	return settings, options, true
}

func (h firebaseRecord) matches(ctx context.Context, p *Pool, password []byte) (bool, error) {
	key, err := p.derive(ctx, derivation{password: password, salt: h.salt, n: h.n, r: h.r, size: 32})
	if err != nil {
		return false, err
	}
	cipherBlock, err := aes.NewCipher(key)
	if err != nil {
		return false, err
	}
	sealed := make([]byte, len(h.signer))
	cipher.NewCTR(cipherBlock, make([]byte, aes.BlockSize)).XORKeyStream(sealed, h.signer)
	return subtle.ConstantTimeCompare(sealed, h.key) == 1, nil
}

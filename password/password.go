// Package password hashes and verifies passwords, on a bounded pool of workers.
//
//	pool := password.New(password.Options{})
//	defer pool.Close()
//	hash, err := pool.Hash(ctx, "correct horse battery staple")
//	match, stale, err := pool.Verify(ctx, hash, "correct horse battery staple") // true, false, nil
//
// # Formats
//
// Written by default is the reference's format, "salt:key" of scrypt (N=16384, r=16, p=1, 64 bytes) over the NFKC
// form of the password, with the hex text of the salt as scrypt's salt; see [Scrypt] and [Argon2id]. Verified are
// also rows that come from elsewhere:
//
//   - Argon2id and Argon2i as PHC strings, $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>
//   - bcrypt, $2a$ $2b$ $2y$
//   - PBKDF2 as PHC strings and as passlib and Django write them, $pbkdf2-sha256$… and pbkdf2_sha256$…, and sha512
//   - Firebase's scrypt, $fbscrypt$v=1,n=14,r=8,p=1$<salt>$<key>, see [Firebase]
//
// Those other systems did not normalise: of their formats the NFKC form is tried first and then, where it differs,
// the password as typed. Costs found in a row are bounded, so that a hostile row cannot exhaust the machine.
//
// # Concurrency
//
// Hashing is deliberately slow and large, so all of it runs on the few workers of a [Pool], which leaves a core for
// the other requests. Callers wait with their context. Two scrypt hashes that wait are computed side by side
// where the processor has AVX2. Workers start when needed, reuse their memory, and stop, freeing it, when idle.
package password

import (
	"context"
	"errors"
)

// Hasher hashes passwords and verifies them. [Pool] is the one of this package; an application may bring its own.
// Implementations MUST be safe for concurrent use.
type Hasher interface {
	// Hash returns a new hash of password, with a salt of its own, in the form that is stored.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether hash is one of password. A true stale says that the match is of a format or of
	// parameters that Hash does not write: the caller stores a new hash. An unreadable hash is an error; a wrong
	// password is not.
	Verify(ctx context.Context, hash, password string) (match, stale bool, err error)
}

var (
	// ErrBusy is returned when the queue of a [Pool] is full. The caller answers 503 with Retry-After.
	ErrBusy = errors.New("password: too many passwords are waiting to be hashed")
	// ErrClosed is returned by a [Pool] after Close.
	ErrClosed = errors.New("password: the pool is closed")
	// ErrMalformed is returned for a stored hash of no known format, or one that its format does not allow.
	ErrMalformed = errors.New("password: malformed or unknown hash")
	// ErrTooCostly is returned for a stored hash whose parameters are beyond what this package computes.
	ErrTooCostly = errors.New("password: the hash demands more than the allowed cost")
)

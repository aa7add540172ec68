// Package cachecookie seals and opens the value of the cookie that caches a
// session, in each of the reference's three ways.
//
//	codec, err := cachecookie.New(cachecookie.JWE, ring, nil)
//	value, err := codec.Seal(payload, now, 5*time.Minute)
//	payload, until, ok := codec.Open(value, now)
//
// Values are those of Better Auth 1.7 byte for byte. Nothing that a client made
// up opens: every way authenticates what it holds. A [Codec] is safe for
// concurrent use.
package cachecookie

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/token"
)

// The ways to write the value.
const (
	Compact = "compact"
	JWT     = "jwt"
	JWE     = "jwe"
)

// Codec seals JSON objects for a time.
type Codec interface {
	// Seal returns the value of an object that holds from now for age.
	Seal(payload []byte, now time.Time, age time.Duration) (string, error)
	// Open returns the object of a value that still holds, and until when.
	Open(value string, now time.Time) (payload db.Valid, until time.Time, ok bool)
}

// New returns the codec of one way, with a deployment's secrets. A nil random
// is crypto/rand.
func New(way string, ring *secret.Ring, random io.Reader) (Codec, error) {
	switch way {
	case Compact:
		return compact{ring}, nil
	case JWT:
		return signed{ring.SigningKey()}, nil
	case JWE:
		sealer, err := token.NewSealer(ring.Secrets(), "better-auth-session")
		return sealed{sealer, random}, err
	}
	return nil, fmt.Errorf("%q is none of compact, jwt, jwe", way)
}

type signed struct{ key []byte }

func (s signed) Seal(payload []byte, now time.Time, age time.Duration) (string, error) {
	return token.SignHS256(s.key, withTimes(payload, now, age, "")), nil
}

func (s signed) Open(value string, now time.Time) (db.Valid, time.Time, bool) {
	payload, err := token.VerifyHS256(s.key, value)
	return holding(payload, err, now)
}

type sealed struct {
	sealer *token.Sealer
	random io.Reader
}

func (s sealed) Seal(payload []byte, now time.Time, age time.Duration) (string, error) {
	return s.sealer.Seal(withTimes(payload, now, age, secret.UUID(s.random)), s.random)
}

func (s sealed) Open(value string, now time.Time) (db.Valid, time.Time, bool) {
	payload, err := s.sealer.Open(value)
	return holding(payload, err, now)
}

// holding returns claims that were read without an error and have not expired.
func holding(claims []byte, err error, now time.Time) (payload db.Valid, until time.Time, ok bool) {
	if err == nil {
		payload, err = db.Check(claims)
	}
	until = Expiry(payload)
	return payload, until, err == nil && until.After(now)
}

// withTimes adds iat and exp, and jti where given, behind the members of a
// JSON object.
func withTimes(payload []byte, now time.Time, age time.Duration, id string) []byte {
	b := append(bytes.Clone(payload[:len(payload)-1]), `,"iat":`...)
	b = strconv.AppendInt(b, now.Unix(), 10)
	b = append(b, `,"exp":`...)
	b = strconv.AppendInt(b, now.Add(age).Unix(), 10)
	if id != "" {
		b = db.AppendJSONString(append(b, `,"jti":`...), id)
	}
	return append(b, '}')
}

// Expiry returns the claim exp of a JWT's payload; the zero time where there is
// none.
func Expiry(payload db.Valid) time.Time {
	var seconds float64
	err := payload.EachMember(func(name []byte, value db.Valid) (err error) {
		if string(name) == "exp" {
			seconds, err = strconv.ParseFloat(string(value), 64)
		}
		return err
	})
	if err != nil || seconds <= 0 || seconds > math.MaxInt64/2 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// headerHS256 is {"alg":"HS256"}, the whole header that the reference writes.
const headerHS256 = "eyJhbGciOiJIUzI1NiJ9"

// SignHS256 returns the compact JWS (RFC 7515) of payload under HMAC-SHA256, with the header {"alg":"HS256"}. The
// payload is a JSON text, signed as it is. An empty key is a programmer error, as no token of it verifies: it panics.
func SignHS256(key, payload []byte) string {
	if len(key) == 0 {
		panic("token: empty HS256 key")
	}
	text := make([]byte, 0, len(headerHS256)+2+base64.RawURLEncoding.EncodedLen(len(payload))+43)
	text = append(append(text, headerHS256...), '.')
	text = base64.RawURLEncoding.AppendEncode(text, payload)
	sum := macHS256(key, text)
	return string(base64.RawURLEncoding.AppendEncode(append(text, '.'), sum[:]))
}

// VerifyHS256 returns the payload of a compact JWS whose header says HS256 and whose signature is of key. Any other
// algorithm, a header extension, padding or a spelling of base64 that is not canonical is refused with [ErrInvalid], as
// is an empty key. It does not look at the payload: see [CheckTimes].
func VerifyHS256(key []byte, token string) ([]byte, error) {
	header, rest, ok := strings.Cut(token, ".")
	body, signature, okBody := strings.Cut(rest, ".")
	if !ok || !okBody || len(key) == 0 {
		return nil, ErrInvalid
	}
	if header != headerHS256 {
		if parsed, err := parseHeader(header); err != nil || parsed.Algorithm != "HS256" {
			return nil, ErrInvalid
		}
	}
	given, err := decodeSegment(signature)
	if err != nil {
		return nil, ErrInvalid
	}
	want := macHS256(key, []byte(token[:len(header)+1+len(body)]))
	if !hmac.Equal(want[:], given) {
		return nil, ErrInvalid
	}
	return decodeSegment(body)
}

func macHS256(key, text []byte) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	mac.Sum(sum[:0])
	return sum
}

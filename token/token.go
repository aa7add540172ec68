// Package token makes and reads JSON Web Tokens: HS256 tokens, encrypted tokens (JWE), and tokens signed with a
// published key (JWK), on top of go-jose.
//
//	signed := token.SignHS256(key, []byte(`{"email":"ada@example.com","exp":2000000000}`))
//	payload, err := token.VerifyHS256(key, signed)
//	err = token.CheckTimes(payload, time.Now(), 0)
//
// # Promises
//
// The algorithm of a token is never the token's choice: each function knows one, or takes the list of those it may
// use, "none" is in no list, and a public key never serves as an HMAC key. Keys come from the caller only, never from a
// token's header. Headers that demand more ("crit", "b64", "zip") are refused. The tokens of Better Auth 1.7 are
// read, and tokens written here are read by it.
//
// Payloads are JSON texts of the caller's making and are carried unchanged. Everything in this package is safe for
// concurrent use.
package token

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"
)

var (
	// ErrInvalid is returned for a token that is malformed, forged, made for another key or algorithm, not valid yet, or
	// whose claims have wrong types.
	ErrInvalid = errors.New("token: invalid")
	// ErrExpired is returned by [CheckTimes] for a token past its time that is otherwise sound.
	ErrExpired = errors.New("token: expired")
	// ErrUnknownKey is returned for a token whose key id is in no set: the caller may fetch the set anew.
	ErrUnknownKey = errors.New("token: signed with an unknown key")
)

// maxIssuedAhead is how far "iat" may lie in the future, for clocks that differ. It grants nothing: "nbf" and "exp"
// have the caller's tolerance only.
const maxIssuedAhead = time.Minute

// CheckTimes checks the claims exp, nbf and iat of a verified payload (RFC 7519, section 4.1), in whole seconds as the
// reference does: exp is required, the others are optional, and each must be a number that is not negative. It returns
// [ErrInvalid] or [ErrExpired]. Call it only after the signature is verified.
func CheckTimes(payload []byte, now time.Time, tolerance time.Duration) error {
	// go-jose's decoder tells "exp" from "EXP" and refuses a repeated name.
	var claims struct {
		Expires *float64 `json:"exp"`
		Begins  *float64 `json:"nbf"`
		Issued  *float64 `json:"iat"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Expires == nil {
		return ErrInvalid
	}
	at, slack := float64(now.Unix()), tolerance.Seconds()
	for _, claim := range []*float64{claims.Expires, claims.Begins, claims.Issued} {
		if claim != nil && *claim < 0 {
			return ErrInvalid
		}
	}
	switch {
	case claims.Begins != nil && *claims.Begins > at+slack:
		return ErrInvalid
	case claims.Issued != nil && *claims.Issued > at+max(slack, maxIssuedAhead.Seconds()):
		return ErrInvalid
	case *claims.Expires <= at-slack:
		return ErrExpired
	}
	return nil
}

// Header is what a reader needs of a token's protected header.
type Header struct {
	Algorithm Algorithm
	KeyID     string // empty when absent
	Type      string // "typ", empty when absent
}

// rawHeader is a protected header. Pointers tell absent from empty.
type rawHeader struct {
	Algorithm  string          `json:"alg"`
	Encryption string          `json:"enc"`
	KeyID      *string         `json:"kid"`
	Type       string          `json:"typ"`
	Critical   json.RawMessage `json:"crit"`
	Base64     json.RawMessage `json:"b64"`
	Zip        json.RawMessage `json:"zip"`
}

// parseHeader decodes a header segment and refuses every extension, even of value null.
func parseHeader(segment string) (rawHeader, error) {
	var header rawHeader
	text, err := decodeSegment(segment)
	if err != nil || json.Unmarshal(text, &header) != nil {
		return rawHeader{}, ErrInvalid
	}
	if header.Critical != nil || header.Base64 != nil || header.Zip != nil {
		return rawHeader{}, ErrInvalid
	}
	return header, nil
}

// decodeSegment decodes canonical unpadded base64url: one octet string has one spelling.
func decodeSegment(segment string) ([]byte, error) { return appendSegment(nil, segment) }

// appendSegment is decodeSegment onto the end of dst.
func appendSegment(dst []byte, segment string) ([]byte, error) {
	// Go's decoder skips line breaks. IndexByte scans far faster than ContainsAny.
	if strings.IndexByte(segment, '\n') >= 0 || strings.IndexByte(segment, '\r') >= 0 {
		return nil, ErrInvalid
	}
	dst = slices.Grow(dst, base64.RawURLEncoding.DecodedLen(len(segment)))
	dst, err := base64.RawURLEncoding.Strict().AppendDecode(dst, []byte(segment))
	if err != nil {
		return nil, ErrInvalid
	}
	return dst, nil
}

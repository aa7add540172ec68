package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/token"
)

// IDTokenRule says which ID tokens are believed (OpenID Connect Core, section
// 3.1.3.7). Keys, Algorithms and Audience must be set.
type IDTokenRule struct {
	Keys *KeySet
	// Algorithms are those the provider signs with. They are never taken from
	// the token.
	Algorithms []token.Algorithm
	Issuers    []string // any of them; empty: Check compares the issuer
	Audience   []string // client ids; the token must be for one of them
	Parties    []string // further client ids that azp may name
	MaxAge     time.Duration
	// HashedNonce also takes the hex SHA-256 of the nonce, as Apple's own
	// libraries send it.
	HashedNonce bool
	// Check looks at what else the provider's tokens must say; nil: nothing.
	Check func(Claims) error
}

// ErrIDToken reports an ID token that is not to be believed. The error in
// hand says why, for logs.
var ErrIDToken = errors.New("oauth: the ID token is not to be believed")

const (
	clockTolerance = 30 * time.Second
	maxInstant     = 1 << 37 // seconds; no honest token names a later one
)

// IDTokenUse is what an ID token is verified for.
type IDTokenUse struct {
	// Nonce is what the token must repeat. Where it is empty, a token with a
	// nonce was made for somebody who knows it, and StrictNonce refuses it.
	Nonce       string
	StrictNonce bool
	AccessToken string // came with the token, which must match it if it says so; empty: none
}

// Verify returns the claims of an ID token that is to be believed, or an
// error that matches [ErrIDToken] or tells why the keys could not be had.
func (r *IDTokenRule) Verify(ctx context.Context, now time.Time, idToken string, use IDTokenUse) (Claims, error) {
	if !slices.ContainsFunc(r.Audience, func(s string) bool { return s != "" }) {
		return nil, fmt.Errorf("%w: no audience is configured", ErrIDToken)
	}
	payload, header, err := r.Keys.Verify(ctx, idToken, r.Algorithms...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	claims, err := ParseClaims(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	for _, check := range []func() string{
		func() string { return r.checkParties(claims) },
		func() string { return r.checkTimes(claims, now) },
		func() string { return r.checkNonce(claims, use) },
		func() string { return checkHash(claims, header.Algorithm, use.AccessToken) },
	} {
		if wrong := check(); wrong != "" {
			return nil, fmt.Errorf("%w: %s", ErrIDToken, wrong)
		}
	}
	if r.Check != nil {
		if err := r.Check(claims); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
		}
	}
	return claims, nil
}

func (r *IDTokenRule) checkParties(claims Claims) string {
	issuer := claims.Text("iss")
	if issuer == "" || len(r.Issuers) > 0 && !slices.Contains(r.Issuers, issuer) {
		return "its issuer is another"
	}
	if claims.Text("sub") == "" {
		return "it has no subject"
	}
	audience := claims.Texts("aud")
	if one := claims.Text("aud"); one != "" {
		audience = []string{one}
	}
	if !slices.ContainsFunc(audience, func(s string) bool { return s != "" && slices.Contains(r.Audience, s) }) {
		return "it is for another audience"
	}
	if claims.Has("azp") {
		party := claims.Text("azp")
		if party == "" || !slices.Contains(r.Audience, party) && !slices.Contains(r.Parties, party) {
			return "it was issued to another party"
		}
	}
	return ""
}

func (r *IDTokenRule) checkTimes(claims Claims, now time.Time) string {
	expires, ok := instant(claims, "exp")
	if !ok || !now.Before(expires.Add(clockTolerance)) {
		return "it has expired or does not say when"
	}
	issued, ok := instant(claims, "iat")
	if !ok || issued.After(now.Add(clockTolerance)) {
		return "it was issued in the future or does not say when"
	}
	if r.MaxAge > 0 && now.Sub(issued) > r.MaxAge+clockTolerance {
		return "it is too old"
	}
	if claims.Has("nbf") {
		if from, ok := instant(claims, "nbf"); !ok || from.After(now.Add(clockTolerance)) {
			return "it is not valid yet"
		}
	}
	return ""
}

func instant(claims Claims, name string) (time.Time, bool) {
	n, ok := claims.Number(name)
	if !ok || n < 0 || n > maxInstant {
		return time.Time{}, false
	}
	return time.Unix(int64(n), 0), true
}

func (r *IDTokenRule) checkNonce(claims Claims, use IDTokenUse) string {
	got := claims.Text("nonce")
	if use.Nonce == "" {
		if use.StrictNonce && claims.Has("nonce") {
			return "it has a nonce and none was given"
		}
		return ""
	}
	if equal(got, use.Nonce) {
		return ""
	}
	sum := sha256.Sum256([]byte(use.Nonce))
	if r.HashedNonce && equal(got, hex.EncodeToString(sum[:])) {
		return ""
	}
	return "its nonce is another"
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// checkHash compares at_hash with the access token (OpenID Connect Core,
// section 3.1.3.6).
func checkHash(claims Claims, algorithm token.Algorithm, accessToken string) string {
	if accessToken == "" || !claims.Has("at_hash") {
		return ""
	}
	var sum []byte
	switch {
	case strings.HasSuffix(string(algorithm), "256"):
		s := sha256.Sum256([]byte(accessToken))
		sum = s[:]
	case strings.HasSuffix(string(algorithm), "384"):
		s := sha512.Sum384([]byte(accessToken))
		sum = s[:]
	default:
		s := sha512.Sum512([]byte(accessToken))
		sum = s[:]
	}
	if !equal(claims.Text("at_hash"), base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])) {
		return "it came with another access token"
	}
	return ""
}

// decodeClaims reads one segment of a compact JWS.
func decodeClaims(segment string) (Claims, error) {
	data, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return nil, err
	}
	var c Claims
	return c, json.Unmarshal(data, &c)
}

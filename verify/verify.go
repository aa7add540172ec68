// Package verify is for services that get tokens of a Watchword server and
// want to know whose they are. It needs nothing of the server but the URL of
// its public keys.
//
//	v, err := verify.New(verify.Options{
//		URL:      "https://auth.example.com/api/auth/jwks",
//		Issuer:   "https://auth.example.com",
//		Audience: "https://api.example.com",
//	})
//	http.Handle("/", v.Require(handler))   // verify.FromContext(r.Context()).Subject
//
// Keys are fetched when they are needed and kept: a token costs no request.
// A token whose key is unknown makes them be fetched again, at most twice a
// minute, so that rotation is noticed and a flood of forged tokens does not
// become a flood of requests. While the server cannot be reached, the last
// keys hold for a day.
//
// A token must be signed with one of the published keys and a permitted
// algorithm, and carry exp, iss, aud and sub that hold. It says who somebody
// was when it was signed: a session that ended since is not noticed.
package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/token"
)

// ErrInvalid is returned for a token that is forged, foreign, expired or
// malformed. What exactly is wrong is in the error's text, for logs.
var ErrInvalid = errors.New("verify: the token does not hold")

// Options configure a [Verifier]. URL, Issuer and Audience must be given.
type Options struct {
	URL      string // of the key set (RFC 7517); https, or http on this machine
	Issuer   string // what iss must be
	Audience string // what must be among aud
	// Algorithms that are permitted; nil means EdDSA, ES256, ES512, RS256
	// and PS256, which the server has.
	Algorithms []token.Algorithm
	// Tolerance for clocks that differ; 0 means none.
	Tolerance time.Duration
	// KeepFor is how long keys are kept before they are fetched anew; 0 means
	// five minutes.
	KeepFor time.Duration
	Client  *http.Client     // nil: one of its own, which follows no redirect
	Now     func() time.Time // nil: time.Now
}

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	o    Options
	keys *keySet
}

// New returns a Verifier. Nothing is fetched yet. It returns an error for
// options that are missing or unsound.
func New(o Options) (*Verifier, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("verify: Options.URL: %q is no http or https URL", o.URL)
	case u.Scheme == "http" && !local(u.Hostname()):
		return nil, fmt.Errorf("verify: Options.URL: keys of %s must come over https", u.Host)
	case o.Issuer == "" || o.Audience == "":
		return nil, errors.New("verify: Options.Issuer and Options.Audience are needed: tokens for others must not count")
	case o.Tolerance < 0 || o.KeepFor < 0:
		return nil, errors.New("verify: a duration is negative")
	}
	if o.Algorithms == nil {
		o.Algorithms = []token.Algorithm{token.EdDSA, token.ES256, token.ES512, token.RS256, token.PS256}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.KeepFor == 0 {
		o.KeepFor = 5 * time.Minute
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Verifier{o, &keySet{o: o}}, nil
}

// Claims are what a token says.
type Claims struct {
	Subject  string // the user's id
	Issuer   string
	Audience []string
	Expires  time.Time
	IssuedAt time.Time // zero where it does not say

	payload []byte
}

// Decode reads the payload into a struct with json tags: for claims such as
// the user's email.
func (cl *Claims) Decode(into any) error { return json.Unmarshal(cl.payload, into) }

// maxToken bounds what is looked at: servers take no headers beyond it.
const maxToken = 64 << 10

// Verify returns the claims of a token. The error matches [ErrInvalid] unless
// keys could not be fetched.
func (v *Verifier) Verify(ctx context.Context, text string) (*Claims, error) {
	if len(text) > maxToken {
		return nil, fmt.Errorf("%w: %d bytes", ErrInvalid, len(text))
	}
	payload, err := v.keys.verify(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := token.CheckTimes(payload, v.o.Now(), v.o.Tolerance); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	cl, err := parse(payload)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	case cl.Issuer != v.o.Issuer:
		return nil, fmt.Errorf("%w: it is of another issuer", ErrInvalid)
	case !slices.Contains(cl.Audience, v.o.Audience):
		return nil, fmt.Errorf("%w: it is for another audience", ErrInvalid)
	case cl.Subject == "":
		return nil, fmt.Errorf("%w: it has no subject", ErrInvalid)
	}
	return cl, nil
}

func parse(payload []byte) (*Claims, error) {
	var raw struct {
		Subject  string          `json:"sub"`
		Issuer   string          `json:"iss"`
		Audience json.RawMessage `json:"aud"`
		Expires  float64         `json:"exp"`
		IssuedAt float64         `json:"iat"`
	}
	if err := json.Unmarshal(payload, &raw); err != nil {
		return nil, err
	}
	cl := &Claims{Subject: raw.Subject, Issuer: raw.Issuer, Expires: instant(raw.Expires), payload: payload}
	if raw.IssuedAt > 0 {
		cl.IssuedAt = instant(raw.IssuedAt)
	}
	var one string
	if json.Unmarshal(raw.Audience, &one) == nil && one != "" {
		cl.Audience = []string{one}
		return cl, nil
	}
	return cl, json.Unmarshal(raw.Audience, &cl.Audience)
}

// farthest is beyond any token that means it, and within what time.Time holds.
const farthest = 1 << 40

func instant(seconds float64) time.Time {
	return time.Unix(int64(min(seconds, farthest)), 0).UTC()
}

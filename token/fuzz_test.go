package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/token"
)

// resign appends the right HMAC to a header and a payload.
func resign(text string) string {
	mac := hmac.New(sha256.New, []byte(current))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// FuzzVerifyHS256 signs whatever header and payload it is given, to get past the signature.
func FuzzVerifyHS256(f *testing.F) {
	f.Add("eyJhbGciOiJIUzI1NiJ9", "e30")
	f.Add(encode(`{"alg":"none"}`), "")
	f.Add(encode(`{"alg":"HS256","crit":[]}`), "e30=")
	f.Fuzz(func(t *testing.T, header, payload string) {
		for _, text := range []string{header + "." + payload, resign(header + "." + payload)} {
			got, err := token.VerifyHS256([]byte(current), text)
			if err != nil && (got != nil || !errors.Is(err, token.ErrInvalid)) {
				t.Errorf("%q: %q, %v", text, got, err)
			}
			if err == nil && base64.RawURLEncoding.EncodeToString(got) != payload {
				t.Errorf("%q: payload %q has another spelling", text, got)
			}
		}
	})
}

// FuzzOpen checks that hostile tokens yield ErrInvalid, never a panic.
func FuzzOpen(f *testing.F) {
	s := sealer(f, "better-auth-session", current, older, legacy)
	for _, c := range load(f).JWE {
		f.Add(c.Token)
	}
	f.Add("....")
	f.Fuzz(func(t *testing.T, text string) {
		if payload, err := s.Open(text); err != nil && (payload != nil || !errors.Is(err, token.ErrInvalid)) {
			t.Errorf("%q: %q, %v", text, payload, err)
		}
	})
}

// FuzzParse feeds key sets and private keys, and verifies with what was read.
func FuzzParse(f *testing.F) {
	ref := load(f)
	for _, c := range ref.JWKS {
		f.Add([]byte(`{"keys":[`+string(c.Priv)+`]}`), c.Token)
		f.Add([]byte(c.Priv), c.Token)
	}
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AA"}]}`), "a.b.c")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if set, err := token.ParseSet(data); err == nil {
			_, _, _ = set.Verify(text, signing...)
		}
		for _, algorithm := range signing {
			if key, err := token.ParsePrivateKey(data, algorithm, ""); err == nil {
				if _, err := key.PublicJSON(); err != nil {
					t.Errorf("%s: %v", data, err)
				}
			}
		}
	})
}

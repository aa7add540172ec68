package token_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/token"
)

// The secrets that the values in testdata were made with, by the reference's own crypto module.
const (
	current = "correct-horse-battery-staple-0123456789"
	older   = "old-secret-old-secret-old-secret-42"
	legacy  = "legacy-legacy-legacy-legacy-legacy"
)

type reference struct {
	HS256 string
	JWE   []struct{ Name, Salt, Token string }
	JWKS  map[token.Algorithm]struct {
		Priv         json.RawMessage
		Thumb, Token string
	}
}

func load(t testing.TB) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestHS256MatchesReference(t *testing.T) {
	t.Parallel()
	ref := load(t)
	payload, err := token.VerifyHS256([]byte(current), ref.HS256)
	if err != nil || !strings.HasPrefix(string(payload), `{"email":"a@b.c","updateTo":"<x>","iat":`) {
		t.Fatalf("VerifyHS256 = %s, %v", payload, err)
	}
	if got := token.SignHS256([]byte(current), payload); got != ref.HS256 {
		t.Errorf("SignHS256 = %s, want %s", got, ref.HS256)
	}
}

// withHeader returns a token with a right HMAC over another header.
func withHeader(header, payload string) string {
	return resign(encode(header) + "." + encode(payload))
}

func TestVerifyHS256AcceptsOtherHeaders(t *testing.T) {
	t.Parallel()
	for _, header := range []string{`{"alg":"HS256","typ":"JWT"}`, `{"typ":"JWT","alg":"HS256"}`} {
		if payload, err := token.VerifyHS256([]byte(current), withHeader(header, `{"a":1}`)); err != nil || string(payload) != `{"a":1}` {
			t.Errorf("%s: %s, %v", header, payload, err)
		}
	}
}

func TestVerifyHS256Refuses(t *testing.T) {
	t.Parallel()
	good := token.SignHS256([]byte(current), []byte(`{"a":1}`))
	unsigned := good[:strings.LastIndexByte(good, '.')+1]
	tests := map[string]string{
		"empty": "", "dots": "..", "two parts": "a.b", "no signature": unsigned,
		"four parts":     good + ".x",
		"padded":         good + "=",
		"line break":     good + "\n",
		"other payload":  strings.Replace(good, ".", ".e", 1),
		"other key":      token.SignHS256([]byte("other"), []byte(`{"a":1}`)),
		"spare bits":     good[:len(good)-1] + spare(good[len(good)-1]),
		"crit":           withHeader(`{"alg":"HS256","crit":["bork"]}`, `{}`),
		"empty crit":     withHeader(`{"alg":"HS256","crit":[]}`, `{}`),
		"null crit":      withHeader(`{"alg":"HS256","crit":null}`, `{}`),
		"b64":            withHeader(`{"alg":"HS256","b64":false}`, `{}`),
		"zip":            withHeader(`{"alg":"HS256","zip":"DEF"}`, `{}`),
		"repeated alg":   withHeader(`{"alg":"none","alg":"HS256"}`, `{}`),
		"no alg":         withHeader(`{}`, `{}`),
		"other spelling": withHeader(`{"ALG":"HS256"}`, `{}`),
		"not an object":  withHeader(`"HS256"`, `{}`),
		"alg as number":  withHeader(`{"alg":256}`, `{}`),
	}
	for _, alg := range []string{"none", "None", "NONE", "", "hs256", "HS384", "HS512", "RS256"} {
		tests["alg "+alg] = withHeader(`{"alg":"`+alg+`"}`, `{}`)
		tests["unsigned alg "+alg] = encode(`{"alg":"`+alg+`"}`) + "." + encode(`{}`) + "."
	}
	for name, text := range tests {
		if payload, err := token.VerifyHS256([]byte(current), text); !errors.Is(err, token.ErrInvalid) || payload != nil {
			t.Errorf("%s: %q, %v", name, payload, err)
		}
	}
	if _, err := token.VerifyHS256(nil, good); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("empty key: %v", err)
	}
}

// spare sets an unused bit of the last base64 character.
func spare(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, last)^1])
}

func TestCheckTimes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 500)
	for payload, want := range map[string]error{
		`{"exp":1001}`:                        nil,
		`{"exp":1001.5,"nbf":1000,"iat":990}`: nil,
		`{"exp":1001,"iat":1030}`:             nil, // a clock that is ahead
		`{"exp":1000}`:                        token.ErrExpired,
		`{"exp":1}`:                           token.ErrExpired,
		`{"exp":1e400}`:                       token.ErrInvalid,
		`{"exp":-1}`:                          token.ErrInvalid,
		`{"exp":"1001"}`:                      token.ErrInvalid,
		`{"exp":null}`:                        token.ErrInvalid,
		`{"EXP":1001}`:                        token.ErrInvalid,
		`{"exp":1,"exp":1001}`:                token.ErrInvalid,
		`{}`:                                  token.ErrInvalid,
		`[]`:                                  token.ErrInvalid,
		``:                                    token.ErrInvalid,
		`{"exp":1001,"nbf":1001}`:             token.ErrInvalid,
		`{"exp":1,"nbf":1001}`:                token.ErrInvalid, // not merely expired
		`{"exp":1001,"iat":4600}`:             token.ErrInvalid,
		`{"exp":1001,"iat":-5}`:               token.ErrInvalid,
		`{"exp":1001,"nbf":"x"}`:              token.ErrInvalid,
	} {
		if err := token.CheckTimes([]byte(payload), now, 0); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", payload, err, want)
		}
	}
	for payload, want := range map[string]error{
		`{"exp":986}`: nil, `{"exp":985}`: token.ErrExpired, `{"exp":2000,"nbf":1015}`: nil, `{"exp":2000,"nbf":1016}`: token.ErrInvalid,
	} {
		if err := token.CheckTimes([]byte(payload), now, 15*time.Second); !errors.Is(err, want) {
			t.Errorf("15 s tolerance, %s: %v, want %v", payload, err, want)
		}
	}
}

package jwt_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/token"
)

// privateKeys reads the column behind the instance's back.
func privateKeys(t *testing.T, s *authtest.Server) []string {
	t.Helper()
	def := s.Schema().Table("jwks")
	type pair struct{ id, public, private string }
	var found []*pair
	selection := &db.Selection{Table: &db.Def{Name: def.Name, Physical: def.Physical, Columns: def.Columns[:3]}}
	err := s.Adapter().Select(context.Background(), selection, func() []any {
		p := &pair{}
		found = append(found, p)
		return []any{&p.id, &p.public, &p.private}
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, p := range found {
		list = append(list, p.private)
	}
	return list
}

// forge returns a token with these parts and a signature by a key of the
// attacker's.
func forge(t *testing.T, header, payload string) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(private, []byte(text)))
}

// TestJW01to04 covers the catalogue's JW-01 to JW-04: no algorithm, another
// one, keys in the header, and extensions.
func TestJW01to04(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{}))
	good := s.SignUp(email).Get("/token").Want(200).Text("token")
	kid, _ := part(t, good, 0)["kid"].(string)
	parts := strings.Split(good, ".")
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	payload := string(data)
	jwks := s.Client().Get("/jwks").Body
	var headers []string
	for _, alg := range []string{"none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES256", "eddsa"} {
		headers = append(headers, `{"alg":"`+alg+`","kid":"`+kid+`"}`)
	}
	headers = append(headers, `{"kid":"`+kid+`"}`, `{"alg":"EdDSA"}`, `{"alg":"EdDSA","kid":"../../dev/null"}`,
		`{"alg":"EdDSA","kid":"' or 1=1 --"}`, `{"alg":"EdDSA","kid":"`+strings.Repeat("x", 10<<10)+`"}`,
		`{"alg":"EdDSA","kid":"`+kid+`","jku":"https://evil.example/jwks"}`, `{"alg":"EdDSA","kid":"`+kid+`","crit":["bork"]}`,
		`{"alg":"EdDSA","kid":"`+kid+`","b64":false}`)
	for _, header := range headers {
		for _, forged := range []string{forge(t, header, payload), base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + ".",
			base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + "." + parts[2]} {
			if got := claimsOf(t, s, forged); got != "" {
				t.Errorf("%s was believed: %s", header, got)
			}
		}
	}
	for _, key := range []string{jwks, "", authtest.Secret} {
		if key == "" {
			continue
		}
		if got := claimsOf(t, s, token.SignHS256([]byte(key), data)); got != "" {
			t.Errorf("HMAC: %s", got)
		}
	}
	if claimsOf(t, s, good) == "" {
		t.Error("the token itself is refused")
	}
}

// TestJW06 is the catalogue's JW-06: odd audiences are no audience.
func TestJW06(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{Audience: []string{"https://api.example"}}))
	for audience, want := range map[string]bool{
		`"https://api.example"`: true, `["other","https://api.example"]`: true,
		`[]`: false, `[""]`: false, `["other"]`: false, `{"a":1}`: false, `0`: false, `[["https://api.example"]]`: false,
		`"https://api.exampl"`: false, `"https://api.example/"`: false, `""`: false, `true`: false,
	} {
		text, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(`{"sub":"x","aud":` + audience + `}`)})
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, s, text) != ""; got != want {
			t.Errorf("aud %s: %v", audience, got)
		}
	}
}

// TestJW10 is the catalogue's JW-10: a cached session is no token.
func TestJW10(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, cached, with(jwt.Options{SignSessionCache: true, Audience: []string{"better-auth:session-cache"}}))
	ada := s.SignUp(email)
	if got := claimsOf(t, s, ada.Cookie(cacheCookie)); got != "" {
		t.Errorf("a cached session was believed: %s", got)
	}
}

// TestJW11 is the catalogue's JW-11: times are required and judged.
func TestJW11(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{}))
	now := s.Clock.Now()
	for payload, want := range map[string]bool{
		`{"sub":"x"}`: true, `{"sub":"x","exp":1}`: false, `{"sub":"x","exp":-1}`: false, `{"sub":"x","exp":"9999999999"}`: false,
		`{"sub":"x","nbf":` + seconds(now.Add(time.Hour)) + `}`: false, `{"sub":"x","iat":` + seconds(now.Add(time.Hour)) + `}`: false,
		`{}`: false, `{"sub":""}`: false,
	} {
		text, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(payload)})
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, s, text) != ""; got != want {
			t.Errorf("%s: %v", payload, got)
		}
	}
}

func seconds(at time.Time) string {
	b, _ := json.Marshal(at.Unix())
	return string(b)
}

// TestJW12 is the catalogue's JW-12: nothing private is published, and a
// revoked session gets no token.
func TestJW12(t *testing.T) {
	t.Parallel()
	for _, algorithm := range everyAlgorithm {
		s := authtest.New(t, with(jwt.Options{Algorithm: algorithm, PlainPrivateKeys: true}))
		var set struct{ Keys []map[string]any }
		s.Client().Get("/jwks").Want(200).Decode(&set)
		for _, key := range set.Keys {
			for name := range key {
				if !slices.Contains([]string{"alg", "crv", "kty", "x", "y", "n", "e", "kid"}, name) {
					t.Errorf("%s publishes %q", algorithm, name)
				}
			}
		}
	}
	s := authtest.New(t, with(jwt.Options{}))
	s.Client().Get("/token").Want(401)
	ada := s.SignUp(email)
	if a := ada.Get("/token").Want(200); a.Header.Get("Cache-Control") != "no-store" {
		t.Error("a token may be cached")
	}
	if err := s.Context().Sessions().DeleteAll(s.User(email).ID); err != nil {
		t.Fatal(err)
	}
	ada.Get("/token").Want(401)
}

func FuzzVerify(f *testing.F) {
	s := authtest.New(f, with(jwt.Options{}))
	out, err := core.Invoke(f.Context(), s.Kernel, jwt.Sign, &jwt.SignInput{Payload: json.RawMessage(`{"sub":"x"}`)}, core.Call{})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{out.Token, "", "..", "eyJhbGciOiJub25lIn0.e30.", strings.Repeat(".", 1000)} {
		f.Add(seed)
	}
	k, good := s.Kernel, out.Token
	f.Fuzz(func(t *testing.T, text string) {
		got, err := core.Invoke(context.Background(), k, jwt.Verify, &jwt.VerifyInput{Token: text}, core.Call{})
		if err != nil || got.Payload != nil && text != good {
			t.Fatalf("%q: %+v, %v", text, got, err)
		}
	})
}

package jwt_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/token"
)

const email = "ada@example.com"

func with(o jwt.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, jwt.New(o)) }
}

var everyAlgorithm = []token.Algorithm{token.EdDSA, token.ES256, token.ES512, token.RS256, token.PS256}

// published returns the keys that /jwks shows.
func published(t *testing.T, s *authtest.Server) *token.Set {
	t.Helper()
	set, err := token.ParseSet([]byte(s.Client().Get("/jwks").Want(200).Body))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// part decodes a part of a token.
func part(t *testing.T, text string, i int) map[string]any {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[i])
	var members map[string]any
	if err == nil {
		err = json.Unmarshal(data, &members)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return members
}

func claimsOf(t *testing.T, s *authtest.Server, text string) string {
	t.Helper()
	out, err := core.Invoke(context.Background(), s.Kernel, jwt.Verify, &jwt.VerifyInput{Token: text}, core.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Payload)
}

func sign(s *authtest.Server, in *jwt.SignInput) (string, error) {
	out, err := core.Invoke(context.Background(), s.Kernel, jwt.Sign, in, core.Call{})
	if err != nil {
		return "", err
	}
	return out.Token, nil
}

func TestEveryAlgorithm(t *testing.T) {
	t.Parallel()
	for _, algorithm := range everyAlgorithm {
		authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
			s := authtest.New(t, engine, with(jwt.Options{Algorithm: algorithm}))
			ada := s.SignUp(email)
			text := ada.Get("/token").Want(200).Text("token")
			payload, header, err := published(t, s).Verify(text, algorithm)
			if err != nil || header.KeyID == "" {
				t.Fatalf("%+v, %v", header, err)
			}
			claims := part(t, text, 1)
			now := float64(s.Clock.Now().Unix())
			if claims["sub"] != s.User(email).ID || claims["iss"] != authtest.Origin || claims["aud"] != authtest.Origin ||
				claims["iat"] != now || claims["exp"] != now+900 || claims["email"] != email || claims["emailVerified"] != false {
				t.Errorf("%s", payload)
			}
			if claimsOf(t, s, text) != string(payload) {
				t.Error("the instance does not know its own token")
			}
		})
	}
}

func TestHeaderOfGetSession(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{}))
	a := s.SignUp(email).Get("/get-session").Want(200)
	if claimsOf(t, s, a.Header.Get(jwt.TokenHeader)) == "" || a.Header.Get("Access-Control-Expose-Headers") != jwt.TokenHeader {
		t.Errorf("%v", a.Header)
	}
	if a := s.Client().Get("/get-session").WantBody(200, "null"); a.Header.Get(jwt.TokenHeader) != "" {
		t.Error("a token for nobody")
	}
	s = authtest.New(t, with(jwt.Options{DisableHeader: true}))
	if a := s.SignUp(email).Get("/get-session"); a.Header.Get(jwt.TokenHeader) != "" {
		t.Error("a token that was switched off")
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{
		Issuer: "https://issuer.example", Audience: []string{"a", "b"}, ExpiresIn: time.Hour,
		DefinePayload: func(_ *core.Context, current *core.Current) (any, error) {
			return map[string]any{"who": current.User.Email, "sub": "overwritten", "html": "<&>"}, nil
		},
		Subject: func(_ *core.Context, current *core.Current) (string, error) { return "user:" + current.User.Email, nil },
	}))
	text := s.SignUp(email).Get("/token").Want(200).Text("token")
	claims, now := part(t, text, 1), float64(s.Clock.Now().Unix())
	list, _ := claims["aud"].([]any)
	if claims["who"] != email || claims["sub"] != "user:"+email || claims["iss"] != "https://issuer.example" ||
		len(list) != 2 || claims["exp"] != now+3600 || claims["email"] != nil {
		t.Errorf("%v", claims)
	}
	if claimsOf(t, s, text) == "" {
		t.Error("does not verify")
	}
	s.Clock.Advance(time.Hour)
	if claimsOf(t, s, text) != "" {
		t.Error("an expired token verifies")
	}
}

func TestProgramsSign(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{ExtraAlgorithms: []token.Algorithm{token.ES256}}))
	if _, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(`{}`)}); err != nil {
		t.Fatal(err)
	}
	text, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(`{"sub":"x","z":1,"a":[2]}`), Issuer: "i", Audience: []string{"q"},
		ExpiresIn: time.Minute, Type: "at+jwt", Algorithm: token.ES256})
	if err != nil {
		t.Fatal(err)
	}
	payload, header, err := published(t, s).Verify(text, token.ES256)
	if err != nil || header.Type != "at+jwt" || !strings.HasPrefix(string(payload), `{"sub":"x","z":1,"a":[2],"exp":`) {
		t.Errorf("%s %+v %v", payload, header, err)
	}
	again, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(`{"exp":5,"iss":"own","aud":null}`), KeyID: header.KeyID})
	if claims := part(t, again, 1); err != nil || claims["exp"] != 5.0 || claims["iss"] != "own" || claims["aud"] != authtest.Origin {
		t.Errorf("%v, %v", claims, err)
	}
	for name, in := range map[string]*jwt.SignInput{
		"no payload":        {},
		"no object":         {Payload: json.RawMessage(`[1]`)},
		"another algorithm": {Payload: json.RawMessage(`{}`), Algorithm: token.RS256},
		"another key":       {Payload: json.RawMessage(`{}`), KeyID: "unknown"},
		"key and algorithm": {Payload: json.RawMessage(`{}`), KeyID: header.KeyID, Algorithm: token.EdDSA},
	} {
		if _, err := sign(s, in); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	// Tokens that ask for nothing are still signed with the configured one.
	plain, err := sign(s, &jwt.SignInput{Payload: json.RawMessage(`{}`)})
	if err != nil || part(t, plain, 0)["alg"] != "EdDSA" {
		t.Errorf("%s, %v", plain, err)
	}
}

func TestServerOnlyEndpointsHaveNoRoute(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{}))
	for _, path := range []string{"/sign-jwt", "/verify-jwt", "/signJWT"} {
		s.Client().Post(path, authtest.JSON{"payload": authtest.JSON{}}).Want(404)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(jwt.Options{RotationInterval: time.Hour, GracePeriod: 2 * time.Hour, ExpiresIn: 24 * time.Hour}))
		ada := s.SignUp(email)
		first := ada.Get("/token").Want(200).Text("token")
		if second := ada.Get("/token").Text("token"); part(t, second, 0)["kid"] != part(t, first, 0)["kid"] {
			t.Error("a second key while the first one signs")
		}
		s.Clock.Advance(time.Hour)
		second := ada.Get("/token").Want(200).Text("token")
		if part(t, second, 0)["kid"] == part(t, first, 0)["kid"] || published(t, s).Len() != 2 || claimsOf(t, s, first) == "" {
			t.Error("no rotation, or no grace")
		}
		s.Clock.Advance(2 * time.Hour)
		if published(t, s).Len() != 1 || claimsOf(t, s, first) != "" || claimsOf(t, s, second) == "" {
			t.Error("no end of grace")
		}
	})
}

func TestPrivateKeysAreSealed(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		a := memory.New()
		s := authtest.New(t, func(o *core.Options) { o.Database = a }, with(jwt.Options{PlainPrivateKeys: plain}))
		text := s.SignUp(email).Get("/token").Want(200).Text("token")
		stored := privateKeys(t, s)
		var sealed string
		if len(stored) != 1 || (json.Unmarshal([]byte(stored[0]), &sealed) == nil) == plain {
			t.Fatalf("plain %v: %v", plain, stored)
		}
		if !plain {
			if opened, err := s.Secrets().Open(sealed); err != nil || !strings.Contains(string(opened), `"d":`) {
				t.Errorf("%s, %v", opened, err)
			}
		}
		// The option may be changed: both forms are read.
		other := authtest.New(t, func(o *core.Options) { o.Database = a }, with(jwt.Options{PlainPrivateKeys: !plain}))
		if got := other.SignIn(email).Get("/token").Want(200).Text("token"); part(t, got, 0)["kid"] != part(t, text, 0)["kid"] {
			t.Error("another key")
		}
		// Another secret is an error, not a new key.
		if !plain {
			s := authtest.New(t, func(o *core.Options) { o.Database, o.Secret = a, strings.Repeat("another secret ", 4) }, with(jwt.Options{}))
			s.SignIn(email).Get("/token").Want(500)
		}
	}
}

func TestRemoteKeys(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{RemoteURL: "https://keys.example/jwks", Algorithm: token.ES256,
		Sign: func(_ *core.Context, claims []byte) (string, error) { return "signed:" + string(claims), nil }}))
	text := s.SignUp(email).Get("/token").Want(200).Text("token")
	if !strings.HasPrefix(text, `signed:{"iat":`) || !strings.Contains(text, `"aud":"`+authtest.Origin+`"`) {
		t.Error(text)
	}
	s.Client().Get("/jwks").Want(404)
	s = authtest.New(t, with(jwt.Options{JWKSPath: "/.well-known/keys.json"}))
	s.Client().Get("/.well-known/keys.json").Want(200, `"alg":"EdDSA"`, `"crv":"Ed25519"`)
	s.Client().Get("/jwks").Want(404)
}

func TestUnsoundOptions(t *testing.T) {
	t.Parallel()
	signer := func(*core.Context, []byte) (string, error) { return "", nil }
	for name, o := range map[string]jwt.Options{
		"algorithm":        {Algorithm: "HS256"},
		"extra":            {ExtraAlgorithms: []token.Algorithm{"none"}},
		"sign":             {Sign: signer},
		"remote":           {RemoteURL: "https://keys.example"},
		"path":             {JWKSPath: "jwks"},
		"path up":          {JWKSPath: "/../jwks"},
		"bits":             {RSABits: 1024},
		"negative":         {ExpiresIn: -1},
		"signer and cache": {Sign: signer, RemoteURL: "x", Algorithm: token.ES256, SignSessionCache: true},
		"cache strategy":   {SignSessionCache: true},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(),
			Plugins: []core.Plugin{jwt.New(o)}})
		if err == nil || !strings.Contains(err.Error(), "jwt") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However many ask first, one key is made.
func TestOneKeyForAll(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(jwt.Options{}))
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { s.Client().Get("/jwks").Want(200) })
		}
		wg.Wait()
		if n := published(t, s).Len(); n != 1 {
			t.Errorf("%d keys", n)
		}
	})
}

func TestRefusedTokensAreNoErrors(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(jwt.Options{}))
	if _, err := core.Invoke(context.Background(), s.Kernel, jwt.Verify, &jwt.VerifyInput{}, core.Call{}); err != nil {
		if _, ok := errors.AsType[*core.Error](err); !ok {
			t.Error(err)
		}
	}
	for _, text := range []string{"", "a", "..", "a.b.c"} {
		if got := claimsOf(t, s, text); got != "" {
			t.Errorf("%q: %s", text, got)
		}
	}
}

package verify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/token"
	"github.com/watchword-auth/watchword/verify"
)

const (
	issuer   = "https://auth.example.com"
	audience = "https://api.example.com"
)

// server publishes keys and counts who asks.
type server struct {
	*httptest.Server
	asked atomic.Int64
	down  atomic.Bool

	mu   sync.Mutex
	body string
}

func publish(t testing.TB, keys ...*token.PrivateKey) *server {
	t.Helper()
	s := &server{}
	s.publish(t, keys...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.asked.Add(1)
		if s.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		_, _ = w.Write([]byte(s.body))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) publish(t testing.TB, keys ...*token.PrivateKey) {
	t.Helper()
	var list []string
	for _, key := range keys {
		public, err := key.PublicJSON()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(public))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = `{"keys":[` + strings.Join(list, ",") + `]}`
}

func newKey(t testing.TB, algorithm token.Algorithm, id string) *token.PrivateKey {
	t.Helper()
	key, err := token.GenerateKey(algorithm, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// clock stands still until it is moved.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_800_000_000+c.seconds.Load(), 0) }
func (c *clock) advance(d time.Duration) { c.seconds.Add(int64(d / time.Second)) }

func newVerifier(t testing.TB, s *server, c *clock) *verify.Verifier {
	t.Helper()
	v, err := verify.New(verify.Options{URL: s.URL, Issuer: issuer, Audience: audience, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// claims returns a payload; more is members that are added or replace those.
func claims(c *clock, more string) string {
	now := c.now().Unix()
	return fmt.Sprintf(`{"sub":"u1","iss":%q,"aud":%q,"iat":%d,"exp":%d%s}`, issuer, audience, now, now+900, more)
}

func sign(t testing.TB, key *token.PrivateKey, payload string) string {
	t.Helper()
	text, err := key.Sign([]byte(payload), "")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []token.Algorithm{token.EdDSA, token.ES256, token.ES512, token.RS256, token.PS256} {
		key, c := newKey(t, algorithm, "k1"), &clock{}
		s := publish(t, key)
		v := newVerifier(t, s, c)
		for range 3 {
			cl, err := v.Verify(t.Context(), sign(t, key, claims(c, `,"email":"ada@example.com"`)))
			if err != nil || cl.Subject != "u1" || cl.Issuer != issuer || len(cl.Audience) != 1 || cl.Expires.Sub(cl.IssuedAt) != 15*time.Minute {
				t.Fatalf("%s: %+v, %v", algorithm, cl, err)
			}
			var more struct{ Email string }
			if err := cl.Decode(&more); err != nil || more.Email != "ada@example.com" {
				t.Errorf("%+v, %v", more, err)
			}
		}
		if n := s.asked.Load(); n != 1 {
			t.Errorf("%d requests for three tokens", n)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.EdDSA, "k1"), &clock{}
	v := newVerifier(t, publish(t, key), c)
	now := c.now().Unix()
	payload := func(format string, args ...any) string { return sign(t, key, fmt.Sprintf(format, args...)) }
	good := sign(t, key, claims(c, ""))
	for name, text := range map[string]string{
		"empty": "", "dots": strings.Repeat(".", 1000), "huge": strings.Repeat("a", 1<<20),
		"cut":             good[:len(good)-4],
		"another key":     sign(t, newKey(t, token.EdDSA, "k1"), claims(c, "")),
		"no key id":       sign(t, sameKey(t, key, ""), claims(c, "")),
		"HMAC":            token.SignHS256([]byte("secret"), []byte(claims(c, ""))),
		"expired":         payload(`{"sub":"u","iss":%q,"aud":%q,"exp":%d}`, issuer, audience, now),
		"no exp":          payload(`{"sub":"u","iss":%q,"aud":%q}`, issuer, audience),
		"not yet":         payload(`{"sub":"u","iss":%q,"aud":%q,"exp":%d,"nbf":%d}`, issuer, audience, now+9, now+5),
		"no subject":      payload(`{"iss":%q,"aud":%q,"exp":%d}`, issuer, audience, now+9),
		"no issuer":       payload(`{"sub":"u","aud":%q,"exp":%d}`, audience, now+9),
		"another issuer":  payload(`{"sub":"u","iss":"https://auth.example.com.evil","aud":%q,"exp":%d}`, audience, now+9),
		"no audience":     payload(`{"sub":"u","iss":%q,"exp":%d}`, issuer, now+9),
		"empty audience":  payload(`{"sub":"u","iss":%q,"aud":"","exp":%d}`, issuer, now+9),
		"empty list":      payload(`{"sub":"u","iss":%q,"aud":[],"exp":%d}`, issuer, now+9),
		"other audience":  payload(`{"sub":"u","iss":%q,"aud":["x"],"exp":%d}`, issuer, now+9),
		"odd audience":    payload(`{"sub":"u","iss":%q,"aud":{"a":1},"exp":%d}`, issuer, now+9),
		"nested audience": payload(`{"sub":"u","iss":%q,"aud":[[%q]],"exp":%d}`, issuer, audience, now+9),
	} {
		if cl, err := v.Verify(t.Context(), text); !errors.Is(err, verify.ErrInvalid) || cl != nil {
			t.Errorf("%s: %+v, %v", name, cl, err)
		}
	}
	if _, err := v.Verify(t.Context(), payload(`{"sub":"u","iss":%q,"aud":["x",%q],"exp":%d}`, issuer, audience, now+9)); err != nil {
		t.Errorf("one audience of several: %v", err)
	}
}

// sameKey returns the key under another id.
func sameKey(t *testing.T, key *token.PrivateKey, id string) *token.PrivateKey {
	t.Helper()
	private, err := key.PrivateJSON()
	if err != nil {
		t.Fatal(err)
	}
	same, err := token.ParsePrivateKey(private, key.Algorithm(), id)
	if err != nil {
		t.Fatal(err)
	}
	return same
}

func TestOnlyPermittedAlgorithms(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.ES256, "k1"), &clock{}
	v, err := verify.New(verify.Options{URL: publish(t, key).URL, Issuer: issuer, Audience: audience, Now: c.now,
		Algorithms: []token.Algorithm{token.EdDSA}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), sign(t, key, claims(c, ""))); !errors.Is(err, verify.ErrInvalid) {
		t.Error(err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	first, second, c := newKey(t, token.EdDSA, "k1"), newKey(t, token.EdDSA, "k2"), &clock{}
	s := publish(t, first)
	v := newVerifier(t, s, c)
	check := func(key *token.PrivateKey, want error) {
		t.Helper()
		if _, err := v.Verify(t.Context(), sign(t, key, claims(c, ""))); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	check(first, nil)
	c.advance(time.Minute)
	s.publish(t, first, second)
	check(second, nil)
	check(first, nil)
	s.publish(t, second)
	check(first, nil) // kept
	c.advance(6 * time.Minute)
	check(first, verify.ErrInvalid)
}

// Forged keys do not become requests, however many there are at once.
func TestFloodOfUnknownKeys(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.EdDSA, "k1"), &clock{}
	s := publish(t, key)
	v := newVerifier(t, s, c)
	flood := func() {
		var wg sync.WaitGroup
		for i := range 64 {
			text := sign(t, sameKey(t, key, fmt.Sprint("forged", i)), claims(c, ""))
			wg.Go(func() { _, _ = v.Verify(context.Background(), text) })
		}
		wg.Wait()
	}
	flood()
	c.advance(31 * time.Second)
	flood()
	if n := s.asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestOutage(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.EdDSA, "k1"), &clock{}
	s := publish(t, key)
	v := newVerifier(t, s, c)
	ask := func() error {
		_, err := v.Verify(t.Context(), sign(t, key, claims(c, "")))
		return err
	}
	s.down.Store(true)
	if err := ask(); err == nil || errors.Is(err, verify.ErrInvalid) {
		t.Fatalf("without keys: %v", err)
	}
	if err := ask(); err == nil || s.asked.Load() != 1 {
		t.Fatalf("a server that is down is asked again at once: %v", err)
	}
	s.down.Store(false)
	c.advance(31 * time.Second)
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	s.down.Store(true)
	c.advance(23 * time.Hour)
	if err := ask(); err != nil {
		t.Fatalf("old keys: %v", err)
	}
	c.advance(2 * time.Hour)
	if err := ask(); err == nil {
		t.Fatal("keys hold for ever")
	}
}

func TestUnsoundOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []verify.Options{
		{}, {URL: "ftp://x", Issuer: "i", Audience: "a"}, {URL: "http://keys.example", Issuer: "i", Audience: "a"},
		{URL: "https://keys.example", Audience: "a"}, {URL: "https://keys.example", Issuer: "i"},
		{URL: "https://keys.example", Issuer: "i", Audience: "a", Tolerance: -1},
	} {
		if v, err := verify.New(o); err == nil || v != nil {
			t.Errorf("%+v", o)
		}
	}
}

func TestUnsoundSets(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.EdDSA, "k1"), &clock{}
	for _, body := range []string{"", "null", "[]", `{"keys":[]}`, `{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`, strings.Repeat(" ", 2<<20)} {
		s := publish(t, key)
		s.body = body
		if _, err := newVerifier(t, s, c).Verify(t.Context(), sign(t, key, claims(c, ""))); err == nil || errors.Is(err, verify.ErrInvalid) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	key, c := newKey(t, token.EdDSA, "k1"), &clock{}
	s := publish(t, key)
	v := newVerifier(t, s, c)
	handler := v.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(verify.FromContext(r.Context()).Subject))
	}))
	get := func(authorization string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", authorization)
		handler.ServeHTTP(w, r)
		return w
	}
	s.down.Store(true)
	if w := get("Bearer " + sign(t, key, claims(c, ""))); w.Code != 503 {
		t.Errorf("without keys: %d", w.Code)
	}
	s.down.Store(false)
	c.advance(time.Minute)
	if w := get("bearer  " + sign(t, key, claims(c, ""))); w.Code != 200 || w.Body.String() != "u1" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for header, want := range map[string]string{"": "Bearer", "Bearer": "Bearer", "Basic x": "Bearer", "Bearer x": `Bearer error="invalid_token"`} {
		if w := get(header); w.Code != 401 || w.Header().Get("WWW-Authenticate") != want {
			t.Errorf("%q: %d %v", header, w.Code, w.Header())
		}
	}
	if verify.FromContext(context.Background()) != nil {
		t.Error("claims from nowhere")
	}
}

func FuzzVerify(f *testing.F) {
	key, c := newKey(f, token.EdDSA, "k1"), &clock{}
	v := newVerifier(f, publish(f, key), c)
	good := sign(f, key, claims(c, ""))
	for _, seed := range []string{good, "", "..", "a.b.c", good + ".", strings.ToUpper(good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := v.Verify(context.Background(), text); (err == nil) != (text == good) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

package token_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/watchword-auth/watchword/token"
)

func sealer(t testing.TB, salt string, secrets ...string) *token.Sealer {
	t.Helper()
	var raw [][]byte
	for _, secret := range secrets {
		raw = append(raw, []byte(secret))
	}
	s, err := token.NewSealer(raw, salt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenReference(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).JWE {
		all := sealer(t, c.Salt, current, older, legacy)
		payload, err := all.Open(c.Token)
		if err != nil || !strings.HasPrefix(string(payload), `{"`) {
			t.Errorf("%s, %s: %s, %v", c.Name, c.Salt, payload, err)
		}
		if _, err := sealer(t, "another purpose", current, older, legacy).Open(c.Token); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: opened for another purpose: %v", c.Name, err)
		}
		if _, err := sealer(t, c.Salt, "unrelated").Open(c.Token); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: opened with another secret: %v", c.Name, err)
		}
		if c.Name == "single" {
			sealed, err := all.Seal(payload, nil)
			if err != nil {
				t.Fatal(err)
			}
			// The header holds the key's thumbprint, so equal headers mean equal keys.
			if header, _, _ := strings.Cut(c.Token, ".."); !strings.HasPrefix(sealed, header+"..") {
				t.Errorf("Seal writes another header than the reference: %s", sealed)
			}
		}
	}
}

func TestSealRoundTrip(t *testing.T) {
	t.Parallel()
	before, after := sealer(t, "s", older), sealer(t, "s", current, older)
	for _, payload := range []string{"", "{}", strings.Repeat("x", 15), strings.Repeat("x", 16), strings.Repeat("y", 5000)} {
		for _, s := range []*token.Sealer{before, after} {
			sealed, err := s.Seal([]byte(payload), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := after.Open(sealed); err != nil || string(got) != payload {
				t.Errorf("Open = %q, %v, want %q", got, err, payload)
			}
			if _, err := jose.ParseEncryptedCompact(sealed, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512}); err != nil {
				t.Errorf("go-jose refuses it: %v", err)
			}
		}
	}
	if _, err := after.Seal(nil, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Seal with a failing source: %v", err)
	}
	for _, secrets := range [][][]byte{nil, {nil}, {[]byte("a"), {}}} {
		if _, err := token.NewSealer(secrets, "s"); err == nil {
			t.Errorf("NewSealer accepts %q", secrets)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	s := sealer(t, "s", current, older)
	sealed, err := s.Seal([]byte(`{"a":1}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(sealed, ".")
	with := func(i int, text string) string {
		changed := append([]string(nil), parts...)
		changed[i] = text
		return strings.Join(changed, ".")
	}
	tests := map[string]string{
		"empty": "", "dots": "....", "many dots": strings.Repeat(".", 100000),
		"encrypted key": with(1, "AAAA"), "short iv": with(2, "AAAA"), "long iv": with(2, parts[2]+"AAAA"),
		"no text": with(3, ""), "other text": with(3, flip(parts[3])), "uneven text": with(3, parts[3][:8]),
		"no tag": with(4, ""), "short tag": with(4, parts[4][:20]), "other tag": with(4, flip(parts[4])),
		"six parts": sealed + ".", "padded": sealed + "=", "line break": sealed + "\n",
		"signed, not sealed": token.SignHS256([]byte(current), []byte("{}")),
	}
	for _, header := range []string{
		``, `{}`, `{"alg":"dir"}`, `{"alg":"none","enc":"A256CBC-HS512"}`, `{"alg":"A256KW","enc":"A256CBC-HS512"}`,
		`{"alg":"PBES2-HS256+A128KW","enc":"A256CBC-HS512","p2c":1000000000}`, `{"alg":"RSA1_5","enc":"A256CBC-HS512"}`,
		`{"alg":"dir","enc":"A256GCM"}`, `{"alg":"dir","enc":"A128CBC-HS256"}`, `{"alg":"dir","enc":"A256CBC-HS512"}`,
		`{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}`, `{"alg":"dir","enc":"A256CBC-HS512","crit":["exp"]}`,
		`{"alg":"dir","enc":"A256CBC-HS512","kid":"../../dev/null"}`,
	} {
		tests["header "+header] = with(0, encode(header))
	}
	for name, text := range tests {
		if payload, err := s.Open(text); !errors.Is(err, token.ErrInvalid) || payload != nil {
			t.Errorf("%.60s: %q, %v", name, payload, err)
		}
	}
}

// flip changes the first character.
func flip(text string) string {
	if text[0] == 'A' {
		return "B" + text[1:]
	}
	return "A" + text[1:]
}

func BenchmarkSealer(b *testing.B) {
	s, payload := sealer(b, "s", current), []byte(strings.Repeat("x", 600))
	sealed, _ := s.Seal(payload, nil)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Seal(payload, nil)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Open(sealed)
		}
	})
}

func BenchmarkHS256(b *testing.B) {
	key, payload := []byte(current), []byte(strings.Repeat("x", 600))
	signed := token.SignHS256(key, payload)
	b.Run("sign", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			token.SignHS256(key, payload)
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = token.VerifyHS256(key, signed)
		}
	})
}

package secret_test

import (
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/secret"
)

// FuzzVerify checks that nothing but the exact output of Sign verifies.
func FuzzVerify(f *testing.F) {
	ring := single(f, "fuzz")
	for _, seed := range []string{"", ".", "a.b", ring.Sign(""), ring.Sign("a.b"), "x." + strings.Repeat("=", 44)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, signed string) {
		if value, ok := ring.Verify(signed); ok && ring.Sign(value) != signed {
			t.Errorf("Verify(%q) = %q, which signs differently", signed, value)
		}
	})
}

// FuzzOpen checks that hostile sealed text yields an error, never a panic.
func FuzzOpen(f *testing.F) {
	ring := versioned(f, "legacy", secret.Key{Version: 1, Value: "fuzz"})
	for _, seed := range []string{"", "$ba$", "$ba$1$", "$ba$1$00", must(ring.Seal([]byte("x"), nil)), strings.Repeat("00", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sealed string) {
		if plain, err := ring.Open(sealed); err != nil && plain != nil {
			t.Errorf("Open(%q) returns both %q and %v", sealed, plain, err)
		}
	})
}

package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/secret"
)

// reference holds values made by the reference's own crypto module.
type reference struct {
	Current, Older, Legacy, PurposeKey string

	Signed []struct{ Value, Signed string }
	Sealed []struct{ Name, Plain, Sealed string }
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

func single(t testing.TB, value string) *secret.Ring {
	t.Helper()
	ring, err := secret.New(value)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func versioned(t testing.TB, legacy string, keys ...secret.Key) *secret.Ring {
	t.Helper()
	ring, err := secret.NewVersioned(keys, legacy)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestSignMatchesReference(t *testing.T) {
	t.Parallel()
	ref := load(t)
	ring := single(t, ref.Current)
	for _, c := range ref.Signed {
		if got := ring.Sign(c.Value); got != c.Signed {
			t.Errorf("Sign(%.20q) = %.80q, want %.80q", c.Value, got, c.Signed)
		}
		if got := string(ring.AppendSigned([]byte("name="), c.Value)); got != "name="+c.Signed {
			t.Errorf("AppendSigned(%.20q) = %.80q", c.Value, got)
		}
		if got, ok := ring.Verify(c.Signed); !ok || got != c.Value {
			t.Errorf("Verify(%.40q) = %.20q, %v", c.Signed, got, ok)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	ring := single(t, "a secret of this test")
	signed := ring.Sign("token")
	last := signed[len(signed)-2]
	tests := map[string]string{
		"empty":            "",
		"dot only":         ".",
		"no signature":     "token",
		"empty signature":  "token.",
		"other value":      "Token" + signed[5:],
		"short":            signed[:len(signed)-2] + "=",
		"no padding":       signed[:len(signed)-1],
		"double padding":   signed + "=",
		"url alphabet":     "token." + strings.Repeat("-", 43) + "=",
		"trailing bits":    signed[:len(signed)-2] + string(last+1) + "=",
		"other secret":     single(t, "another").Sign("token"),
		"newline inserted": signed[:20] + "\n" + signed[20:],
	}
	for name, text := range tests {
		if value, ok := ring.Verify(text); ok {
			t.Errorf("%s: Verify(%q) = %q, true", name, text, value)
		}
	}
}

func TestOnlyTheCurrentSecretVerifies(t *testing.T) {
	t.Parallel()
	before := versioned(t, "", secret.Key{Version: 1, Value: "one"})
	after := versioned(t, "", secret.Key{Version: 2, Value: "two"}, secret.Key{Version: 1, Value: "one"})
	if _, ok := after.Verify(before.Sign("x")); ok {
		t.Error("a value signed under an older secret verifies")
	}
}

func TestMAC(t *testing.T) {
	t.Parallel()
	ring := single(t, "key")
	// HMAC-SHA256 of the well-known pangram under "key".
	mac := ring.MAC([]byte("The quick brown fox jumps over the lazy dog"))
	if got, want := fmt.Sprintf("%x", mac), "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"; got != want {
		t.Errorf("MAC = %s, want %s", got, want)
	}
	if !ring.VerifyMAC([]byte("m"), func() []byte { m := ring.MAC([]byte("m")); return m[:] }()) {
		t.Error("VerifyMAC refuses its own MAC")
	}
	for _, bad := range [][]byte{nil, {}, mac[:31], mac[:]} {
		if ring.VerifyMAC([]byte("m"), bad) {
			t.Errorf("VerifyMAC accepts %x", bad)
		}
	}
}

func TestOpenReference(t *testing.T) {
	t.Parallel()
	ref := load(t)
	one := single(t, ref.Current)
	many := versioned(t, ref.Legacy, secret.Key{Version: 7, Value: ref.Current}, secret.Key{Version: 3, Value: ref.Older})
	rings := map[string]*secret.Ring{
		"single": one, "current": many, "older": many, "legacy": many,
		"purpose": one.Purpose("oauth-state-cookie"), "purpose-legacy": many.Purpose("oauth-state-cookie"),
		"purpose-versioned": many.Purpose("oauth-state-cookie"),
	}
	for _, c := range ref.Sealed {
		got, err := rings[c.Name].Open(c.Sealed)
		if err != nil || string(got) != c.Plain {
			t.Errorf("%s: Open = %q, %v, want %q", c.Name, got, err, c.Plain)
		}
		if got, err := rings[c.Name].Open(strings.ToUpper(c.Sealed)); c.Sealed[0] != '$' && (err != nil || string(got) != c.Plain) {
			t.Errorf("%s: uppercase hex: %q, %v", c.Name, got, err)
		}
	}
	if got := string(one.Purpose("oauth-state-cookie").SigningKey()); got != ref.PurposeKey {
		t.Errorf("purpose key = %q, want %q", got, ref.PurposeKey)
	}
}

func TestSealRoundTrip(t *testing.T) {
	t.Parallel()
	for name, ring := range map[string]*secret.Ring{
		"single":    single(t, "s"),
		"versioned": versioned(t, "", secret.Key{Version: 12, Value: "s"}),
	} {
		sealed, err := ring.Seal([]byte("plain"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ring.Open(sealed); err != nil || string(got) != "plain" {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		}
		if enveloped := strings.HasPrefix(sealed, "$ba$12$"); enveloped != (name == "versioned") {
			t.Errorf("%s: sealed as %q", name, sealed)
		}
		if !secret.LooksSealed(sealed) {
			t.Errorf("%s: %q does not look sealed", name, sealed)
		}
		if again, _ := ring.Seal([]byte("plain"), nil); again == sealed {
			t.Error("two seals are equal: the nonce is not random")
		}
	}
	if _, err := single(t, "s").Seal(nil, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Seal with a failing source: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	one := single(t, "s")
	many := versioned(t, "legacy", secret.Key{Version: 2, Value: "s"}, secret.Key{Version: 1, Value: "older"})
	bare, _ := one.Seal([]byte("plain"), nil)
	enveloped, _ := many.Seal([]byte("plain"), nil)
	body := strings.TrimPrefix(enveloped, "$ba$2$")
	tests := []struct {
		name   string
		ring   *secret.Ring
		sealed string
		want   error
	}{
		{"empty", one, "", secret.ErrSealed},
		{"not hex", one, strings.Repeat("zz", 60), secret.ErrSealed},
		{"odd", one, bare[:len(bare)-1], secret.ErrSealed},
		{"shorter than a tag", one, bare[:60], secret.ErrSealed},
		{"changed", one, "00" + bare[2:], secret.ErrSealed},
		{"envelope in a single ring", one, enveloped, secret.ErrSealed},
		{"bare hex of another secret", many, bare, secret.ErrSealed},
		{"unknown version", many, "$ba$9$" + body, secret.ErrUnknownVersion},
		{"version of another key", many, "$ba$1$" + body, secret.ErrSealed},
		{"negative version", many, "$ba$-2$" + body, secret.ErrSealed},
		{"signed version", many, "$ba$+2$" + body, secret.ErrSealed},
		{"huge version", many, "$ba$99999999999999999999$" + body, secret.ErrSealed},
		{"unfinished envelope", many, "$ba$2", secret.ErrSealed},
		{"no legacy secret", versioned(t, "", secret.Key{Version: 1, Value: "s"}), bare, secret.ErrUnknownVersion},
		{"default as legacy", versioned(t, secret.Default, secret.Key{Version: 1, Value: "s"}), bare, secret.ErrUnknownVersion},
		{"another purpose", one.Purpose("a"), must(one.Purpose("b").Seal([]byte("x"), nil)), secret.ErrSealed},
	}
	for _, c := range tests {
		if got, err := c.ring.Open(c.sealed); !errors.Is(err, c.want) {
			t.Errorf("%s: Open = %q, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func must(text string, err error) string {
	if err != nil {
		panic(err)
	}
	return text
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := secret.New(""); err == nil {
		t.Error("New accepts an empty secret")
	}
	for name, keys := range map[string][]secret.Key{
		"none":     nil,
		"empty":    {{Version: 1}},
		"negative": {{Version: -1, Value: "hidden"}},
		"repeated": {{Version: 1, Value: "hidden"}, {Version: 1, Value: "hidden too"}},
	} {
		if _, err := secret.NewVersioned(keys, ""); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	keys := []secret.Key{{Version: 5, Value: "five"}, {Version: 2, Value: "two"}}
	tests := map[string]struct {
		ring *secret.Ring
		want []string
	}{
		"single":          {single(t, "only"), []string{"only"}},
		"versioned":       {versioned(t, "", keys...), []string{"five", "two"}},
		"legacy":          {versioned(t, "old", keys...), []string{"five", "two", "old"}},
		"repeated legacy": {versioned(t, "two", keys...), []string{"five", "two"}},
	}
	for name, c := range tests {
		var got []string
		for _, s := range c.ring.Secrets() {
			got = append(got, string(s))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := string(c.ring.SigningKey()); got != c.want[0] {
			t.Errorf("%s: SigningKey = %q", name, got)
		}
		c.ring.SigningKey()[0] = 'X'
		c.ring.Secrets()[0][0] = 'X'
		if got := string(c.ring.SigningKey()); got != c.want[0] {
			t.Errorf("%s: a caller changed the ring", name)
		}
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	const hidden = "hunter2-hunter2"
	key := secret.Key{Version: 1, Value: hidden}
	ring := versioned(t, hidden+"-old", key)
	for _, v := range []any{key, &key, ring, *ring, []secret.Key{key}, struct{ K secret.Key }{key}, struct{ r *secret.Ring }{ring}} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		fmt.Fprint(&out, v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Error(err)
		}
		for _, form := range []string{hidden, fmt.Sprintf("%x", hidden)} {
			if strings.Contains(out.String(), form) {
				t.Errorf("%T shows its secret: %s", v, out.String())
			}
		}
	}
}

func TestRingIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	ring := single(t, "shared")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			value := strings.Repeat("v", i*10)
			for range 200 {
				if got, ok := ring.Verify(ring.Sign(value)); !ok || got != value {
					t.Errorf("Verify(Sign(%q)) = %q, %v", value, got, ok)
				}
				if _, err := ring.Open(must(ring.Seal([]byte(value), nil))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

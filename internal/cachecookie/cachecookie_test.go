package cachecookie_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/cachecookie"
	"github.com/watchword-auth/watchword/secret"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func codecs(tb testing.TB, value string) map[string]cachecookie.Codec {
	tb.Helper()
	ring, err := secret.New(value)
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]cachecookie.Codec{}
	for _, way := range []string{cachecookie.Compact, cachecookie.JWT, cachecookie.JWE} {
		if all[way], err = cachecookie.New(way, ring, nil); err != nil {
			tb.Fatal(err)
		}
	}
	return all
}

func TestValuesHoldForTheirTime(t *testing.T) {
	t.Parallel()
	others := codecs(t, "another secret, as long as it has to be 0123456789")
	for way, codec := range codecs(t, "a secret, as long as it has to be 0123456789") {
		value, err := codec.Seal([]byte(`{"user":"ada"}`), noon, time.Minute)
		if err != nil {
			t.Fatal(way, err)
		}
		payload, until, ok := codec.Open(value, noon.Add(59*time.Second))
		if !ok || !until.Equal(noon.Add(time.Minute)) || !bytes.HasPrefix(payload, []byte(`{"user":"ada"`)) {
			t.Errorf("%s: got %s until %v, %v", way, payload, until, ok)
		}
		if _, _, ok := codec.Open(value, noon.Add(61*time.Second)); ok {
			t.Errorf("%s: an old value opens", way)
		}
		for name, other := range others {
			if _, _, ok := other.Open(value, noon); ok {
				t.Errorf("%s opens as %s with another secret", way, name)
			}
		}
	}
	ring, _ := secret.New("a secret, as long as it has to be 0123456789")
	if _, err := cachecookie.New("plain", ring, nil); err == nil {
		t.Error("an unknown way is taken")
	}
}

func FuzzOpen(f *testing.F) {
	all := codecs(f, "a secret, as long as it has to be 0123456789")
	for _, codec := range codecs(f, "another secret, as long as it has to be 0123456789") {
		value, _ := codec.Seal([]byte(`{"user":"ada"}`), noon, time.Minute)
		f.Add(value)
	}
	f.Add("eyJzZXNzaW9uIjp7fSwiZXhwaXJlc0F0Ijo5ZTk5LCJzaWduYXR1cmUiOiIifQ")
	f.Fuzz(func(t *testing.T, value string) {
		for way, codec := range all {
			if payload, _, ok := codec.Open(value, noon); ok {
				t.Errorf("%q opens as %s: %s", value, way, payload)
			}
		}
	})
}

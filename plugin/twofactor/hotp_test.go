package twofactor

import (
	"testing"
	"time"
)

// RFC 4226, appendix D, and RFC 6238, appendix B (SHA-1).
func TestPublishedCodes(t *testing.T) {
	t.Parallel()
	key := []byte("12345678901234567890")
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(key, int64(step), 6); got != want {
			t.Errorf("step %d: %s, want %s", step, got, want)
		}
	}
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := hotp(key, stepAt(time.Unix(at, 0), 30*time.Second), 8); got != want {
			t.Errorf("second %d: %s, want %s", at, got, want)
		}
	}
}

func TestURI(t *testing.T) {
	t.Parallel()
	got := otpauth("A&B ~*'()!", "ada+x@example.com", []byte("12345678901234567890"), 8, time.Minute)
	want := "otpauth://totp/A%26B%20~*'()!:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" +
		"&issuer=A%26B+%7E*%27%28%29%21&digits=8&period=60"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestImportedSecrets(t *testing.T) {
	t.Parallel()
	for plain, want := range map[string]string{
		"abc":                          "abc",
		"base32:mzxw6ytb":              "fooba",
		"base32:MZXW6YQ=":              "foob",
		"base32:MZXW6YTBO":             "fooba",
		"base32:GEZDGNBVGY3TQOJQGEZDG": "1234567890123",
	} {
		if got, err := parseKey(plain); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", plain, got, err, want)
		}
	}
	for _, broken := range []string{"base32:", "base32:1", "base32:M!", "base32:===="} {
		if got, err := parseKey(broken); err == nil {
			t.Errorf("%s was taken for %q", broken, got)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"", "abc", "base32:MZXW6YTB", "base32:MZXW6YQ====", "base32:é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, plain string) {
		key, err := parseKey(plain)
		if err == nil && len(key) > len(plain) {
			t.Errorf("%q became %q", plain, key)
		}
	})
}

package password_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/password"
)

var _ password.Hasher = (*password.Pool)(nil)

func open(t testing.TB, options password.Options) *password.Pool {
	t.Helper()
	pool := password.New(options)
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// TestVerifyReference reads hashes that the reference made.
func TestVerifyReference(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Password, Hash string }
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	pool := open(t, password.Options{})
	for _, row := range rows {
		check(t, pool, row.Hash, row.Password, true, false)
		check(t, pool, row.Hash, row.Password+" ", false, false)
	}
}

func check(t *testing.T, pool *password.Pool, hash, text string, match, stale bool) {
	t.Helper()
	gotMatch, gotStale, err := pool.Verify(t.Context(), hash, text)
	if err != nil || gotMatch != match || gotStale != stale {
		t.Errorf("Verify(%.40q, %.20q) = %v, %v, %v, want %v, %v", hash, text, gotMatch, gotStale, err, match, stale)
	}
}

func TestHashRoundTrip(t *testing.T) {
	t.Parallel()
	scrypt := open(t, password.Options{})
	argon := open(t, password.Options{Format: password.Argon2id, Argon2: password.Argon2{Memory: 64, Passes: 1, Lanes: 1}})
	costlier := open(t, password.Options{Format: password.Argon2id, Argon2: password.Argon2{Memory: 64, Passes: 2, Lanes: 1}})

	reference, err := scrypt.Hash(t.Context(), "ﬁne Ångström")
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`).MatchString(reference) {
		t.Fatalf("Hash = %q, %v", reference, err)
	}
	phc, err := argon.Hash(t.Context(), "ﬁne Ångström")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("Hash = %q, %v", phc, err)
	}
	if again, _ := argon.Hash(t.Context(), "ﬁne Ångström"); again == phc {
		t.Error("two hashes have the same salt")
	}
	// The composed, decomposed and compatibility forms are one password.
	for _, text := range []string{"ﬁne Ångström", "fine Ångström", "fine A\u030angstro\u0308m"} {
		check(t, scrypt, reference, text, true, false)
		check(t, argon, phc, text, true, false)
	}
	check(t, scrypt, phc, "ﬁne Ångström", true, true)
	check(t, argon, reference, "ﬁne Ångström", true, true)
	check(t, costlier, phc, "ﬁne Ångström", true, true)
	check(t, costlier, phc, "wrong", false, false)
}

const (
	signerKey    = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
	firebaseSalt = "42xEC+ixf3L2lw=="
	firebaseHash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
)

// TestVerifyForeign reads hashes made by other programs: the Argon2 ones are of that project's own test suite, bcrypt
// of glibc, PBKDF2 of Python's hashlib, and the Firebase one is that of Firebase's published example.
func TestVerifyForeign(t *testing.T) {
	t.Parallel()
	key, err := base64.StdEncoding.DecodeString(signerKey)
	if err != nil {
		t.Fatal(err)
	}
	pool := open(t, password.Options{Firebase: password.Firebase{SignerKey: key, SaltSeparator: []byte{7}}})
	plain := open(t, password.Options{})
	for name, c := range map[string]struct{ hash, password string }{
		"argon2id":         {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password"},
		"argon2i":          {"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", "password"},
		"bcrypt":           {"$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"},
		"bcrypt 2y":        {"$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"},
		"bcrypt 2a":        {"$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"},
		"passlib":          {"$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$aQOdhWy9q87h1Y13loIh9irlXgv2WqcdeMcUgrd9rJ4", "secret"},
		"PHC":              {"$pbkdf2-sha512$i=1000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$vgFvU7zWIDgDAUi7d8ayt+cfRiPWVVWfv8iQRsGZaZviWzsSNgWYXEE5PmvI/VELMsOmEbqLz0PKuePNjOk41A", "secret"},
		"Django":           {"pbkdf2_sha256$26000$seasalt$EdUE+1a6cQ5YXh1PdDjSoLSX7R3C9tgcTVrHBPpBfnI=", "secret"},
		"Firebase":         {"$fbscrypt$v=1,n=14,r=8,p=1$" + firebaseSalt + "$" + firebaseHash, "user1password"},
		"Firebase keys in": {"$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=" + signerKey + "$" + firebaseSalt + "$" + firebaseHash, "user1password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hasher := pool
			if name == "Firebase keys in" {
				hasher = plain
			}
			check(t, hasher, c.hash, c.password, true, true)
			check(t, hasher, c.hash, c.password+"x", false, false)
		})
	}
}

// TestForeignPasswordsAreNotNormalised has a hash of the text as typed, whose NFKC form differs.
func TestForeignPasswordsAreNotNormalised(t *testing.T) {
	t.Parallel()
	const asTyped = "$pbkdf2-sha256$1$MDEyMzQ1Njc4OWFiY2RlZg$M/LqhrQB24LK1ibFW2XAWjJbuMzMCh6kW12MlDG4Hfk"
	check(t, open(t, password.Options{}), asTyped, "\ufb01", true, true)
	check(t, open(t, password.Options{}), asTyped, "fi", false, false)
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	pool := open(t, password.Options{})
	key := strings.Repeat("A", 43)
	for hash, want := range map[string]error{
		"":                                 password.ErrMalformed,
		"plaintext":                        password.ErrMalformed,
		":":                                password.ErrMalformed,
		"salt:":                            password.ErrMalformed,
		":" + strings.Repeat("0", 128):     password.ErrMalformed,
		"salt:" + strings.Repeat("0", 126): password.ErrMalformed,
		"salt:" + strings.Repeat("g", 128): password.ErrMalformed,
		"a:b:" + strings.Repeat("0", 128):  password.ErrMalformed,
		strings.Repeat("a", 5000) + ":" + strings.Repeat("0", 128):     password.ErrMalformed,
		"$argon2d$v=19$m=64,t=1,p=1$c29tZXNhbHQ$" + key:                password.ErrMalformed,
		"$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$" + key:               password.ErrMalformed,
		"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$" + key:               password.ErrMalformed,
		"$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$" + key:               password.ErrMalformed,
		"$argon2id$v=19$m=64,t=1,p=9$c29tZXNhbHQ$" + key:               password.ErrMalformed,
		"$argon2id$v=19$t=1,m=64,p=1$c29tZXNhbHQ$" + key:               password.ErrMalformed,
		"$argon2id$v=19$m=-64,t=1,p=1$c29tZXNhbHQ$" + key:              password.ErrMalformed,
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AA":                   password.ErrMalformed,
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ":                      password.ErrMalformed,
		"$argon2id$v=19$m=2147483647,t=1,p=1$c29tZXNhbHQ$" + key:       password.ErrTooCostly,
		"$argon2id$v=19$m=262144,t=5,p=1$c29tZXNhbHQ$" + key:           password.ErrTooCostly,
		"$argon2id$v=19$m=64,t=2147483647,p=1$c29tZXNhbHQ$" + key:      password.ErrTooCostly,
		"$argon2id$v=19$m=65536,t=1,p=255$c29tZXNhbHQ$" + key:          password.ErrTooCostly,
		"$2b$31$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW": password.ErrTooCostly,
		"$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW": password.ErrMalformed,
		"$2b$xx$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW": password.ErrMalformed,
		"$2b$04$short": password.ErrMalformed,
		"$pbkdf2-sha256$2000000000$c2FsdA$" + key:                                                      password.ErrTooCostly,
		"$pbkdf2-sha256$0$c2FsdA$" + key:                                                               password.ErrMalformed,
		"$pbkdf2-md5$1000$c2FsdA$" + key:                                                               password.ErrMalformed,
		"$pbkdf2-sha256$i=1000,l=5$c2FsdA$" + key:                                                      password.ErrMalformed,
		"pbkdf2_sha256$1000$$" + key:                                                                   password.ErrMalformed,
		"pbkdf2_sha256$1000$salt":                                                                      password.ErrMalformed,
		"$fbscrypt$v=1,n=14,r=8,p=1$c2FsdA==$" + key:                                                   password.ErrMalformed, // no signer key is known
		"$fbscrypt$v=1,n=0,r=8,p=1,sk=" + signerKey + "$" + firebaseSalt + "$" + firebaseHash:          password.ErrMalformed,
		"$fbscrypt$v=1,n=24,r=8,p=1,sk=" + signerKey + "$" + firebaseSalt + "$" + firebaseHash:         password.ErrTooCostly,
		"$fbscrypt$v=1,n=2000000000,r=8,p=1,sk=" + signerKey + "$" + firebaseSalt + "$" + firebaseHash: password.ErrTooCostly,
	} {
		if match, stale, err := pool.Verify(t.Context(), hash, "password"); match || stale || !errors.Is(err, want) {
			t.Errorf("Verify(%.60q) = %v, %v, %v, want %v", hash, match, stale, err, want)
		}
	}
}

func TestLastCharacterCounts(t *testing.T) {
	t.Parallel()
	pool := open(t, password.Options{})
	long := strings.Repeat("x", 128)
	hash, err := pool.Hash(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	check(t, pool, hash, long, true, false)
	check(t, pool, hash, long[:127]+"y", false, false)
}

func TestWaste(t *testing.T) {
	t.Parallel()
	pool := open(t, password.Options{})
	if err := pool.Waste(t.Context(), "password"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pool.Waste(ctx, "password"); !errors.Is(err, context.Canceled) {
		t.Errorf("Waste with a cancelled context: %v", err)
	}
}

// FuzzVerify feeds the parsers of stored hashes. The pool is closed, so that what parses is not computed.
func FuzzVerify(f *testing.F) {
	for _, seed := range []string{
		"", "a:b", "00:" + strings.Repeat("0", 128), "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
		"$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$aQOdhWy9q87h1Y13loIh9irlXgv2WqcdeMcUgrd9rJ4",
		"pbkdf2_sha256$26000$seasalt$EdUE+1a6cQ5YXh1PdDjSoLSX7R3C9tgcTVrHBPpBfnI=",
		"$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=" + signerKey + "$" + firebaseSalt + "$" + firebaseHash,
	} {
		f.Add(seed)
	}
	pool := password.New(password.Options{})
	_ = pool.Close()
	f.Fuzz(func(t *testing.T, hash string) {
		match, stale, err := pool.Verify(t.Context(), hash, "p")
		known := errors.Is(err, password.ErrMalformed) || errors.Is(err, password.ErrTooCostly) || errors.Is(err, password.ErrClosed)
		if match || stale || !known {
			t.Errorf("Verify(%q) = %v, %v, %v", hash, match, stale, err)
		}
	})
}

package twofactor

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what authenticator apps understand; HMAC does not need collisions to be hard
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
)

// window is how many steps a code may be early or late.
const window = 1

// hotp returns the code of a step (RFC 4226, section 5.3).
func hotp(key []byte, step int64, digits int) string {
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	n, most := binary.BigEndian.Uint32(sum[at:])&0x7fffffff, uint32(1)
	for range digits {
		most *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%most)
}

// findStep returns the newest step around the present one whose code it is
// (RFC 6238, section 5.2). It takes as long whatever the code.
func findStep(key []byte, code string, digits int, now int64) (step int64, ok bool) {
	for s := now - window; s <= now+window; s++ {
		if same(hotp(key, s, digits), code) {
			step, ok = s, true
		}
	}
	return step, ok
}

var base32Raw = base32.StdEncoding.WithPadding(base32.NoPadding)

// openKey returns the key of a sealed secret: its own bytes, or what base32
// decodes to where it was imported from elsewhere and says so.
func openKey(c *core.Context, sealed string) ([]byte, error) {
	plain, err := c.Secrets().Open(sealed)
	if err != nil {
		return nil, err
	}
	return parseKey(string(plain))
}

func parseKey(plain string) ([]byte, error) {
	encoded, imported := strings.CutPrefix(plain, "base32:")
	if !imported {
		return []byte(plain), nil
	}
	encoded, _, _ = strings.Cut(strings.ToUpper(encoded), "=")
	// The reference drops bits that are no whole byte, base32 refuses them.
	switch len(encoded) % 8 {
	case 1, 3, 6:
		encoded = encoded[:len(encoded)-1]
	}
	key, err := base32Raw.DecodeString(encoded)
	if err == nil && len(key) == 0 {
		err = errors.New("twofactor: an imported secret is empty")
	}
	return key, err
}

// otpauth returns the URI that authenticator apps read, byte for byte the
// reference's.
func otpauth(issuer, account string, key []byte, digits int, period time.Duration) string {
	return "otpauth://totp/" + component(issuer) + ":" + component(account) +
		"?secret=" + base32Raw.EncodeToString(key) + "&issuer=" + formValue(issuer) +
		"&digits=" + strconv.Itoa(digits) + "&period=" + strconv.FormatInt(int64(period/time.Second), 10)
}

// component is JavaScript's encodeURIComponent.
func component(s string) string {
	return strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(url.QueryEscape(s))
}

// formValue is what JavaScript's URLSearchParams writes.
func formValue(s string) string {
	return strings.NewReplacer("~", "%7E", "%2A", "*").Replace(url.QueryEscape(s))
}

package passkey

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/watchword-auth/watchword/secret"
)

// handles makes user handles, which WebAuthn calls user.id: what an
// authenticator keeps beside a passkey and sends with every sign-in. They are
// the same for all passkeys of a user, tell nothing about the user, and need not
// be stored: half of a handle is derived from the user, the other half proves
// that it was. The reference's handles are random, so that nobody can say whose
// they are.
type handles [][]byte // keys, the current one first

// half is the length of each half of a handle, in characters.
const half = 16

func newHandles(ring *secret.Ring) handles { return ring.Purpose("passkey-user-handle").Secrets() }

func derive(key []byte, label, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(label + ":" + text))
	sum := mac.Sum(nil)[:half]
	for i, b := range sum {
		sum[i] = secret.LowerDigits[int(b)%len(secret.LowerDigits)]
	}
	return string(sum)
}

func makeHandle(key []byte, userID string) string {
	body := derive(key, "user", userID)
	return body + derive(key, "proof", body)
}

// of returns a user's handle.
func (h handles) of(userID string) string { return makeHandle(h[0], userID) }

// allow reports whether a handle may be the user's: it is refused where it was
// made for another one.
func (h handles) allow(handle, userID string) bool {
	if len(handle) != 2*half {
		return true
	}
	ours := false
	for _, key := range h {
		if handle == makeHandle(key, userID) {
			return true
		}
		ours = ours || handle[half:] == derive(key, "proof", handle[:half])
	}
	return !ours
}

package cachecookie

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

type compact struct{ ring *secret.Ring }

// Seal writes {"session":payload,"expiresAt":ms,"signature":mac}. The
// signature covers the payload's members followed by expiresAt, which is how
// the reference recomputes them.
func (c compact) Seal(payload []byte, now time.Time, age time.Duration) (string, error) {
	expires := strconv.FormatInt(now.Add(age).UnixMilli(), 10)
	mac := c.ring.MAC(signedForm(payload, expires))
	b := make([]byte, 0, len(payload)+128)
	b = append(append(b, `{"session":`...), payload...)
	b = append(append(b, `,"expiresAt":`...), expires...)
	b = append(b, `,"signature":"`...)
	b = base64.RawURLEncoding.AppendEncode(b, mac[:])
	b = append(b, `"}`...)
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func signedForm(payload []byte, expires string) []byte {
	b := append(bytes.Clone(payload[:len(payload)-1]), `,"expiresAt":`...)
	return append(append(b, expires...), '}')
}

func (c compact) Open(value string, now time.Time) (payload db.Valid, until time.Time, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil, time.Time{}, false
	}
	data, err := db.Check(text)
	if err != nil {
		return nil, time.Time{}, false
	}
	var expires, signature []byte
	err = data.EachMember(func(name []byte, raw db.Valid) error {
		switch string(name) {
		case "session":
			payload = raw
		case "expiresAt":
			expires = raw
		case "signature":
			signature = raw
		}
		return nil
	})
	if err != nil || len(payload) < 2 || payload[0] != '{' || len(signature) != len(`""`)+macLength {
		return nil, time.Time{}, false
	}
	var mac [sha256.Size]byte
	if _, err := base64.RawURLEncoding.Decode(mac[:], signature[1:1+macLength]); err != nil {
		return nil, time.Time{}, false
	}
	at, err := strconv.ParseInt(string(expires), 10, 64)
	if err != nil || at < now.UnixMilli() {
		return nil, time.Time{}, false
	}
	return payload, time.UnixMilli(at), c.ring.VerifyMAC(signedForm(payload, string(expires)), mac[:])
}

// macLength is that of a SHA-256 MAC in base64 without padding.
const macLength = 43

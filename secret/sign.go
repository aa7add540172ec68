package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// signatureLength is the length of a SHA-256 MAC in padded base64.
const signatureLength = 44

// Sign returns value, a dot, and the padded standard base64 of HMAC-SHA256(current secret, value). It is not
// URL-encoded: the cookie layer does that. It allocates the result only.
func (r *Ring) Sign(value string) string {
	s := r.current.state()
	s.text = append(s.text[:0], value...)
	s.authenticate()
	s.text = s.appendSignature(s.text)
	signed := string(s.text)
	r.current.release(s)
	return signed
}

// AppendSigned appends what [Ring.Sign] returns to dst. It allocates only when dst must grow.
func (r *Ring) AppendSigned(dst []byte, value string) []byte {
	s := r.current.state()
	s.text = append(s.text[:0], value...)
	s.authenticate()
	dst = s.appendSignature(append(dst, value...))
	r.current.release(s)
	return dst
}

// Verify returns the value of a signed text, and whether its signature is that of the current secret: as in the
// reference, older secrets do not verify. The text is split at the last dot, the signature must be 44 characters of
// canonical base64 (RFC 4648, section 3.5: unused bits zero), and is compared in constant time. It does not allocate:
// the value shares the memory of signed.
func (r *Ring) Verify(signed string) (value string, ok bool) {
	value, signature, ok := splitLast(signed)
	if !ok || len(signature) != signatureLength || signature[signatureLength-1] != '=' {
		return "", false
	}
	s := r.current.state()
	defer r.current.release(s)
	s.text = append(s.text[:0], value...)
	s.authenticate()
	base64.StdEncoding.Encode(s.encoded[:], s.sum[:])
	// The encoded forms are compared, not the decoded ones: an encoding that is not canonical cannot pass, and
	// nothing is decoded that an attacker wrote.
	s.text = append(s.text[:0], signature...)
	if subtle.ConstantTimeCompare(s.encoded[:], s.text) != 1 {
		return "", false
	}
	return value, true
}

// MAC returns HMAC-SHA256 of message under the current secret.
func (r *Ring) MAC(message []byte) [sha256.Size]byte {
	s := r.current.state()
	s.Reset()
	s.Write(message)
	s.Sum(s.sum[:0])
	mac := s.sum
	r.current.release(s)
	return mac
}

// VerifyMAC reports in constant time whether mac is [Ring.MAC] of message.
func (r *Ring) VerifyMAC(message, mac []byte) bool {
	want := r.MAC(message)
	return subtle.ConstantTimeCompare(want[:], mac) == 1
}

func (s *macState) appendSignature(dst []byte) []byte {
	return base64.StdEncoding.AppendEncode(append(dst, '.'), s.sum[:])
}

// splitLast splits at the last dot: a signature has none, a value may have many.
func splitLast(signed string) (value, signature string, ok bool) {
	at := strings.LastIndexByte(signed, '.')
	if at < 0 {
		return "", "", false
	}
	return signed[:at], signed[at+1:], true
}

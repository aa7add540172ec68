package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
)

// Alphabet is the set of characters of a random text: 1 to 256 distinct bytes of ASCII.
type Alphabet string

// The alphabets of the reference.
const (
	Alphanumeric Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	LowerDigits  Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	URLSafe      Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	Letters      Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Digits       Alphabet = "0123456789"
)

// Text returns n characters of the alphabet, each equally likely: random bytes beyond the largest multiple of the
// alphabet's length are thrown away rather than folded. A nil random means the system's, which cannot fail. A given
// reader that fails is a programmer error, as is an empty alphabet or one of more than 256 bytes: Text panics. It
// returns "" when n is not positive.
func Text(random io.Reader, alphabet Alphabet, n int) string {
	if len(alphabet) == 0 || len(alphabet) > 256 {
		panic("secret: an alphabet has 1 to 256 characters")
	}
	if n <= 0 {
		return ""
	}
	var space [32]byte
	text := space[:0]
	if n > len(space) {
		text = make([]byte, 0, n)
	}
	if random == nil {
		// A buffer of its own, as one that is also passed to an io.Reader would be moved to the heap.
		var buffer [48]byte
		for len(text) < n {
			_, _ = rand.Read(buffer[:]) // documented never to fail
			text = alphabet.pick(text, buffer[:], n)
		}
		return string(text)
	}
	buffer := make([]byte, 48)
	for len(text) < n {
		mustRead(random, buffer)
		text = alphabet.pick(text, buffer, n)
	}
	return string(text)
}

// pick appends the characters that the random bytes stand for, until text has n.
func (a Alphabet) pick(text, random []byte, n int) []byte {
	limit := 256 / len(a) * len(a)
	for _, b := range random {
		if len(text) == n {
			break
		}
		if int(b) < limit {
			text = append(text, a[int(b)%len(a)])
		}
	}
	return text
}

// ID returns 32 characters of [Alphanumeric], the reference's default for row ids and session tokens (190 bits).
// See [Text] about random.
func ID(random io.Reader) string { return Text(random, Alphanumeric, 32) }

// UUID returns a random UUID (RFC 9562, version 4) in lowercase. See [Text] about random.
func UUID(random io.Reader) string {
	if random == nil {
		random = rand.Reader
	}
	raw := make([]byte, 16)
	mustRead(random, raw)
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// Hash returns the unpadded base64url of SHA-256: how identifiers and tokens are stored when not in the clear.
func Hash(identifier string) string {
	sum := sha256.Sum256([]byte(identifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func mustRead(random io.Reader, buffer []byte) {
	if _, err := io.ReadFull(random, buffer); err != nil {
		panic("secret: the given source of randomness failed: " + err.Error())
	}
}

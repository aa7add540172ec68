package secret

import (
	"errors"
	"fmt"
	"math"
)

// ErrWeak is wrapped by every error of [Weakness].
var ErrWeak = errors.New("secret: too weak for production")

const (
	minLength = 32
	// minBits is far above what patterns typed by hand reach, and low enough that a random string of 32 hex digits
	// is never refused: 8 distinct digits of 16 in 32 draws already pass.
	minBits = 96
)

// Weakness returns nil when value can serve as the secret of a production deployment, and otherwise an error that
// wraps [ErrWeak] and says why: empty, the public [Default], shorter than 32 bytes, or of low variety (one repeated
// character, a short repeated pattern). It cannot recognise a guessable phrase. The text never contains the value.
func Weakness(value string) error {
	switch {
	case value == "":
		return fmt.Errorf("%w: it is empty", ErrWeak)
	case value == Default:
		return fmt.Errorf("%w: it is the public default", ErrWeak)
	case len(value) < minLength:
		return fmt.Errorf("%w: it has %d bytes, use at least %d", ErrWeak, len(value), minLength)
	case variety(value) < minBits:
		return fmt.Errorf("%w: it repeats few characters, use random ones", ErrWeak)
	}
	return nil
}

// variety is an upper bound, in bits, for a string of as many characters drawn from those it uses. A string that
// repeats a block counts as that block.
func variety(value string) float64 {
	value = value[:period(value)]
	var seen [256]bool
	distinct := 0
	for i := range len(value) {
		if !seen[value[i]] {
			seen[value[i]] = true
			distinct++
		}
	}
	return float64(len(value)) * math.Log2(float64(distinct))
}

// period returns the length of the shortest block whose repetition, possibly cut off at the end, is value; the whole
// length when no block occurs twice in full.
func period(value string) int {
	for p := 1; p <= len(value)/2; p++ {
		if value[p:] == value[:len(value)-p] {
			return p
		}
	}
	return len(value)
}

package phonenumber

import (
	"strings"
	"testing"
)

// What codes are sent to can be no address, and is ASCII that a header or a log
// can hold.
func FuzzPlausible(f *testing.F) {
	for _, seed := range []string{"+1 555 0100", "(0555) 0100", "", "ada@example.com", "+1\r\nTo: x", "１２３", "123456789012345678901234567890123"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		if !plausible(number) {
			return
		}
		if len(number) > 32 || strings.Trim(number, "+-.()/ 0123456789") != "" || !strings.ContainsAny(number, "0123456789") {
			t.Fatalf("%q is a number", number)
		}
	})
}

package deviceauthorization

import (
	"strings"
	"testing"
)

// What is looked up in place of what was typed is a code of the alphabet, and
// itself when it is typed.
func FuzzNormal(f *testing.F) {
	for _, seed := range []string{"ABCD-2345", "abcd2345", "", "IO01", "ÄB", "a b c", "\x00", "ABCD2345"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := normal(typed)
		if strings.Trim(code, string(UserCodeAlphabet)) != "" || len(code) > len(typed) {
			t.Fatalf("%q became %q", typed, code)
		}
		if normal(code) != code {
			t.Fatalf("%q became %q and then %q", typed, code, normal(code))
		}
	})
}

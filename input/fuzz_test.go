package input_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/input"
)

func FuzzBody(f *testing.F) {
	for _, body := range []string{`{}`, `{"v":{"a":1}}`, `[1,"x"]`, `{"v":["a"]}`, "{\"v\":\"\\ud800\"}", `{"v":1e999}`, "v=x&v=%zz", "&&=", "\xff"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for name, schema := range schemas {
			for _, kind := range []string{input.TypeJSON, input.TypeForm} {
				refusal := post(kind, body, func(b *input.Binder) { schema(b.Body()) })
				if !utf8.ValidString(refusal) {
					t.Fatalf("%s as %s: refused with %q", name, kind, refusal)
				}
			}
		}
	})
}

// The reference's pattern has lookaheads, which this one does without.
var emailPattern = regexp.MustCompile(`^[A-Za-z0-9_'+\-\.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`)

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"ada@example.com", ".a@b.cc", "a..b@c.dd", "a@b.c", "a@b@c.dd", "a@b.cc\n", "'@x.yy", strings.Repeat("a.", 400) + "@x.yy"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		reference := !strings.HasPrefix(s, ".") && !strings.Contains(s, "..") && emailPattern.MatchString(s)
		if got := input.ValidEmail(s); got != (reference && len(s) <= 320) {
			t.Errorf("%q: got %v", s, got)
		}
	})
}

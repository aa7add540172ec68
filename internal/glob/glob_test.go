package glob_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/glob"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "ab", false}, {"a", "", false},
		{"*", "", true}, {"*", "a/b.c", true}, {"**", "x", true}, {"a*", "a", true}, {"*b*d", "abcbd", true}, {"*b*d", "abcbe", false},
		{"?", "a", true}, {"?", "", false}, {"?", "ab", false}, {"?", "ü", true}, {"a?c*", "abc", true},
		{`\*`, "*", true}, {`\*`, "a", false}, {`\?`, "?", true}, {`a\`, "a", true}, {"a.c", "abc", false}, {"[a]", "a", false},
		{"*", "a\nb", false}, {"?", "\r", false}, {"*x", "\u2028x", false}, {"/sign-in/*", "/sign-in/a/b", true}, {"/sign-in/*", "/sign-in", false},
	} {
		if got := glob.Compile(test.pattern).Match(test.s); got != test.want {
			t.Errorf("%q matches %q: %t; want %t", test.pattern, test.s, got, test.want)
		}
	}
}

func TestHostileInputIsCheap(t *testing.T) {
	t.Parallel()
	pattern, s := glob.Compile(strings.Repeat("*a", 50)+"b"), strings.Repeat("a", 8000)
	start := time.Now()
	if pattern.Match(s) {
		t.Error("matched")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

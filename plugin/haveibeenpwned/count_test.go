package haveibeenpwned

import (
	"strings"
	"testing"
)

const suffix = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"

func TestCount(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int64{
		"":                                0,
		suffix + ":3":                     3,
		strings.ToLower(suffix) + ":3":    3,
		"A:1\r\n" + suffix + ":25\r\nB:2": 25,
		"A:1\n" + suffix + ":0\nB:2":      0, // padding
		"A:1\nB:x\nC":                     0, // what is said of others is not looked at
		suffix + "0:1":                    0,
		suffix + ":9007199254740991":      1<<53 - 1,
	} {
		if got, err := count(answer, suffix); got != want || err != nil {
			t.Errorf("%q: %d, %v", answer, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1.5", "01", "+1", " 1", "1 ", "9007199254740992", "99999999999999999999", "1:2"} {
		if got, err := count("A:1\r\n"+suffix+":"+text, suffix); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

func FuzzCount(f *testing.F) {
	f.Add(suffix+":3\r\nA:1", suffix)
	f.Add("\n:\n::1\r\n", "")
	f.Fuzz(func(t *testing.T, answer, suffix string) {
		n, err := count(answer, suffix)
		if n < 0 || n > mostExact || err != nil && n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		if n > 0 && !strings.Contains(strings.ToUpper(answer), strings.ToUpper(suffix)+":") {
			t.Errorf("%d of what is not there", n)
		}
	})
}

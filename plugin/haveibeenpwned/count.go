package haveibeenpwned

import (
	"fmt"
	"strconv"
	"strings"
)

// mostExact is the largest count that the reference's numbers hold.
const mostExact = 1<<53 - 1

// count returns how often an answer of the service has seen a suffix: zero
// where the suffix is missing, or is there as padding. A count that is none is
// an error.
func count(answer, suffix string) (int64, error) {
	for line := range strings.SplitSeq(answer, "\n") {
		line = strings.TrimSuffix(line, "\r")
		found, text, ok := strings.Cut(line, ":")
		if !ok || !strings.EqualFold(found, suffix) {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > mostExact || strconv.FormatInt(n, 10) != text {
			return 0, fmt.Errorf("have-i-been-pwned: %q is no count", text)
		}
		return n, nil
	}
	return 0, nil
}

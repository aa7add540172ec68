package origin

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/internal/glob"
)

// pathSegment is a pattern for what stands between two slashes: its wildcards
// do not cross them. Only "**" stands for any number of segments, also none.
type pathSegment struct {
	glob glob.Pattern
	any  bool
}

func compilePath(path string) []pathSegment {
	var segments []pathSegment
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		segments = append(segments, pathSegment{glob.Compile(segment), segment == "**"})
	}
	return segments
}

// matchPath takes as many steps as both have segments, multiplied, at most.
func matchPath(pattern []pathSegment, path string) bool {
	segments := strings.Split(path, "/")
	at, i := 0, 0
	back, mark := -1, 0 // the latest "**", and where it ends so far
	for i < len(segments) {
		switch {
		case at < len(pattern) && pattern[at].any:
			back, mark = at, i
			at++
		case at < len(pattern) && pattern[at].glob.Match(segments[i]):
			at++
			i++
		case back < 0:
			return false
		default:
			mark++
			i, at = mark, back+1
		}
	}
	for at < len(pattern) && pattern[at].any {
		at++
	}
	return at == len(pattern)
}

// resolve percent-decodes a path and removes dot segments and empty ones, so
// that "/callback/../evil" is not taken for something below "/callback".
// The root path is "".
func resolve(path string) string {
	if decoded, err := url.PathUnescape(path); err == nil && utf8.ValidString(decoded) {
		path = decoded
	}
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "/" + strings.Join(kept, "/")
}

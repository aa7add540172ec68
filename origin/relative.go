package origin

import "strings"

// safePath reports whether a browser resolves a target that starts with a slash
// to the origin it is on (RFC 3986, section 4.2; WHATWG URL Standard, 4.4), and
// whether it still does after a proxy or router decoded or cleaned its path.
func safePath(target string) bool {
	if strings.HasPrefix(target, "//") || strings.Contains(target, `\`) || !clean(target) {
		return false
	}
	path := target
	if end := strings.IndexAny(target, "?#"); end >= 0 {
		path = target[:end]
	}
	return !hasEncodedSeparator(path) && !leavesAuthority(path)
}

func hasEncodedSeparator(path string) bool {
	for i := strings.IndexByte(path, '%'); i >= 0 && i+2 < len(path); i++ {
		if path[i] != '%' {
			continue
		}
		hi, lo := path[i+1], path[i+2]|0x20
		if hi == '2' && lo == 'f' || hi == '5' && lo == 'c' {
			return true
		}
	}
	return false
}

// leavesAuthority reports whether resolving dot segments turns the path into one
// that starts with two slashes, as "/.//host" and "/a/..//host" do. A browser
// keeps such a path on its origin; a program that cleans it and then redirects
// sends the browser to host.
func leavesAuthority(path string) bool {
	depth := 0
	rest, more := path[1:], true
	for more {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		switch dots(segment) {
		case 1:
		case 2:
			depth = max(depth-1, 0)
		default:
			if segment == "" && depth == 0 && more {
				return true
			}
			depth++
		}
	}
	return false
}

// dots returns 1 for a "." segment, 2 for "..", in any mix with %2e, else 0.
func dots(segment string) int {
	n := 0
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case hasPrefixFold(segment, "%2e"):
			segment = segment[3:]
		default:
			return 0
		}
		if n++; n > 2 {
			return 0
		}
	}
	return n
}

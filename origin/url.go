package origin

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxURL bounds the work a hostile URL can cause. Longer ones do not survive as
// a Location header in front of most proxies anyway.
const maxURL = 8192

// Of returns the origin of an absolute http or https URL in the form browsers
// send it: lower-case scheme and host, no default port, IPv6 compressed.
// ok is false for every other URL and for those the package comment lists as
// refused, so that the answer never differs from a browser's reading of rawURL
// (WHATWG URL Standard, sections 3.5, 4.4 and 4.7).
// It allocates only if rawURL does not already start with that form.
func Of(rawURL string) (origin string, ok bool) {
	if !clean(rawURL) {
		return "", false
	}
	scheme, authority, ok := splitHTTP(rawURL)
	if !ok {
		return "", false
	}
	host, port, ok := splitPort(authority)
	if !ok {
		return "", false
	}
	canonical, ok := canonicalHost(host)
	if !ok {
		return "", false
	}
	start := len(scheme) + len("://")
	if defaultPort(scheme, port) {
		port = ""
	} else if port != "" {
		port = authority[len(host):] // with its colon
	}
	if canonical == host && rawURL[:len(scheme)] == scheme {
		return rawURL[:start+len(host)+len(port)], true
	}
	return scheme + "://" + canonical + port, true
}

// clean reports whether s is free of what browsers strip from a URL or decode
// in surprising ways: control characters, outer blanks, broken UTF-8.
func clean(s string) bool {
	if s == "" || len(s) > maxURL || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < 0x20 || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, width := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && width == 1 || unicode.IsControl(r) {
			return false
		}
		i += width
	}
	return true
}

func splitHTTP(s string) (scheme, authority string, ok bool) {
	switch {
	case hasPrefixFold(s, "https://"):
		scheme = "https"
	case hasPrefixFold(s, "http://"):
		scheme = "http"
	default:
		return "", "", false
	}
	authority = s[len(scheme)+len("://"):]
	// Browsers end the authority at a backslash too, net/url does not.
	if end := strings.IndexAny(authority, `/\?#`); end >= 0 {
		authority = authority[:end]
	}
	return scheme, authority, authority != ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func splitPort(authority string) (host, port string, ok bool) {
	end := len(authority)
	if strings.HasPrefix(authority, "[") {
		end = strings.IndexByte(authority, ']') + 1
		if end == 0 {
			return "", "", false
		}
	} else if colon := strings.IndexByte(authority, ':'); colon >= 0 {
		end = colon
	}
	if end == len(authority) {
		return authority, "", true
	}
	if authority[end] != ':' || !validPort(authority[end+1:]) {
		return "", "", false
	}
	return authority[:end], authority[end+1:], true
}

func validPort(s string) bool {
	if s == "" || len(s) > 5 || s[0] == '0' && len(s) > 1 {
		return false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n <= 65535
}

func defaultPort(scheme, port string) bool {
	return scheme == "https" && port == "443" || scheme == "http" && port == "80"
}

// canonicalHost returns the host of an http URL as a browser serialises it. It
// returns its argument, unallocated, where that is already so.
func canonicalHost(host string) (string, bool) {
	if strings.HasPrefix(host, "[") {
		return canonicalIPv6(host)
	}
	if !validDomain(host) {
		return "", false
	}
	return strings.ToLower(host), true
}

func canonicalIPv6(host string) (string, bool) {
	if len(host) < 4 || host[len(host)-1] != ']' || strings.Contains(host, "%") {
		return "", false
	}
	addr, err := netip.ParseAddr(host[1 : len(host)-1])
	if err != nil || !addr.Is6() {
		return "", false
	}
	text := addr.String()
	if addr.Is4In6() { // netip ends these in dotted form, browsers do not
		b := addr.As16()
		text = "::ffff:" + hexGroup(b[12], b[13]) + ":" + hexGroup(b[14], b[15])
	}
	if text == host[1:len(host)-1] {
		return host, true
	}
	return "[" + text + "]", true
}

// hexGroup writes one IPv6 group without leading zeros.
func hexGroup(hi, lo byte) string {
	const digits = "0123456789abcdef"
	full := [4]byte{digits[hi>>4], digits[hi&15], digits[lo>>4], digits[lo&15]}
	start := 0
	for start < 3 && full[start] == '0' {
		start++
	}
	return string(full[start:])
}

// validDomain admits letters, digits, "-" and "_" in non-empty labels, one dot at
// the end, and, if the last label is a number, only a dotted decimal IPv4
// address: browsers read "0x7f.1" and "2130706433" as addresses.
func validDomain(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		case c == '.' && i > 0 && host[i-1] != '.':
		default:
			return false
		}
	}
	name := strings.TrimSuffix(host, ".")
	if !numeric(name[strings.LastIndexByte(name, '.')+1:]) {
		return true
	}
	return isIPv4(host)
}

func numeric(label string) bool {
	digits := "0123456789"
	if hasPrefixFold(label, "0x") {
		label, digits = label[2:], "0123456789abcdefABCDEF"
	}
	return strings.Trim(label, digits) == ""
}

func isIPv4(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4()
}

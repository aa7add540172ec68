package input

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// emailPattern is the reference's idea of an address: ASCII, dotted domain.
var emailPattern = regexp.MustCompile(`^[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$`)

// ValidEmail reports whether the reference takes the text for an address.
func ValidEmail(s string) bool {
	if len(s) > 320 || s == "" || s[0] == '.' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '.' && s[i-1] == '.' {
			return false
		}
	}
	return emailPattern.MatchString(s)
}

// absoluteURL reports whether JavaScript's URL takes the text: any scheme, but
// those of the web need a host.
func absoluteURL(s string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme == "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss", "ftp":
		return u.Host != "" || u.Opaque != ""
	}
	return true
}

// isSpace is what JavaScript's trim takes off.
func isSpace(r rune) bool {
	return r == '\ufeff' || unicode.IsSpace(r) && r != '\u0085'
}

package weburl

import (
	"net/url"
	"strings"
)

// EscapeComponent encodes text for a URL as JavaScript's encodeURIComponent,
// which the links of the reference are made with.
func EscapeComponent(text string) string { return string(AppendComponent(nil, text)) }

const upperHex = "0123456789ABCDEF"

// AppendComponent is [EscapeComponent] that appends to b.
func AppendComponent(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.!~*'()", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// AppendQuery adds a query parameter to a URL that is absolute or starts with
// a slash, before its fragment. What the query holds already stays as it is
// written. It judges nothing: see origin.Trusted.
func AppendQuery(target, name, value string) string {
	target, fragment, cut := strings.Cut(target, "#")
	separator := "?"
	_, rest, absolute := strings.Cut(target, "://")
	_, query, asked := strings.Cut(target, "?")
	switch {
	case asked && (query == "" || strings.HasSuffix(query, "&")):
		separator = ""
	case asked:
		separator = "&"
	case absolute && !strings.Contains(rest, "/") && isWeb(target):
		separator = "/?"
	}
	target += separator + url.QueryEscape(name) + "=" + url.QueryEscape(value)
	if cut {
		target += "#" + fragment
	}
	return target
}

func isWeb(target string) bool {
	scheme, _, _ := strings.Cut(target, ":")
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// Resolve makes an absolute URL of a target that may be relative, as
// browsers' URL does. It judges nothing: see origin.Trusted.
func Resolve(origin, target string) string {
	u := readTarget(origin, target)
	if u.query != "" {
		u.head += "?" + escapeURL(u.query, " \"#<>'")
	}
	return u.head + u.fragment
}

// SetQuery is [Resolve] and sets a query parameter, as browsers' URL and
// URLSearchParams do: a parameter of that name is replaced, so that the page
// reads the one that is meant.
func SetQuery(origin, target, name, value string) string {
	u := readTarget(origin, target)
	var pairs []string
	set := false
	for pair := range strings.SplitSeq(u.query, "&") {
		key, text, _ := strings.Cut(pair, "=")
		key, text = unescapeQuery(key), unescapeQuery(text)
		if pair == "" || key == name && set {
			continue
		}
		if key == name {
			text, set = value, true
		}
		pairs = append(pairs, escapeForm(key)+"="+escapeForm(text))
	}
	if !set {
		pairs = append(pairs, escapeForm(name)+"="+escapeForm(value))
	}
	return u.head + "?" + strings.Join(pairs, "&") + u.fragment
}

func unescapeQuery(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

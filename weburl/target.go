package weburl

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/origin"
)

// targetURL is the absolute form of a redirect's target, as browsers' URL
// gives it (WHATWG URL Standard, sections 4.4 and 4.5).
type targetURL struct {
	head     string // scheme, authority and path
	query    string // as it was written
	fragment string // with its "#"
}

// readTarget judges nothing. Where browsers would not agree on the origin, the
// target stays as it is written; what starts with one slash stays on the
// given origin.
func readTarget(own, target string) (u targetURL) {
	target, fragment, cut := strings.Cut(target, "#")
	if cut {
		u.fragment = "#" + escapeURL(fragment, " \"<>`")
	}
	target, u.query, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "//") {
		scheme, _, _ := strings.Cut(own, "//")
		target = scheme + target
	}
	switch scheme, rest, absolute := cutScheme(target); {
	case !absolute:
		u.head = own + resolvePath("/"+strings.TrimPrefix(strings.ReplaceAll(target, `\`, "/"), "/"))
	case isWeb(target):
		u.head = target
		if start, ok := origin.Of(target); ok {
			_, path := cutAuthority(strings.ReplaceAll(rest[len("//"):], `\`, "/"))
			u.head = start + resolvePath(cmp.Or(path, "/"))
		}
	default:
		u.head = strings.ToLower(scheme) + ":" + rest
		if hierarchy, ok := strings.CutPrefix(rest, "//"); ok {
			authority, path := cutAuthority(hierarchy)
			u.head = strings.ToLower(scheme) + "://" + authority + resolvePath(path)
		}
	}
	return u
}

func cutScheme(target string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(target, ":")
	return scheme, rest, ok && scheme != "" && !strings.ContainsAny(scheme, "/\\")
}

func cutAuthority(s string) (authority, path string) {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// resolvePath removes dot segments and escapes what a path cannot hold.
func resolvePath(path string) string {
	if path == "" {
		return ""
	}
	var kept []string
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		dots := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		if dots != "." && dots != ".." {
			kept = append(kept, segment)
			continue
		}
		if dots == ".." && len(kept) > 0 {
			kept = kept[:len(kept)-1]
		}
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + escapeURL(strings.Join(kept, "/"), " \"#<>?^`{}")
}

// escapeURL percent-encodes controls, what is beyond ASCII, and the given set.
func escapeURL(s, set string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || strings.IndexByte(set, c) >= 0 {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// ASCII makes a header of a URL: bytes beyond ASCII are read as Latin-1 by
// some and as UTF-8 by others.
func ASCII(s string) string {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return escapeURL(s, "")
		}
	}
	return s
}

// escapeForm encodes as URLSearchParams does.
func escapeForm(s string) string { return formEscapes.Replace(url.QueryEscape(s)) }

var formEscapes = strings.NewReplacer("%2A", "*", "~", "%7E")

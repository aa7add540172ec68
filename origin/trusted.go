package origin

import (
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/internal/glob"
)

// Trusted is a set of origin patterns, compiled once. The nil and the zero
// Trusted trust no origin; they still allow relative redirects.
type Trusted struct {
	patterns []string
	exact    map[string]struct{}
	origins  []wildcard // against scheme://host:port
	hosts    []wildcard // against host:port
	schemes  []schemePattern
	all      bool // "*": any host of any scheme that runs no scripts
}

// wildcard is a pattern for a host or an origin.
type wildcard struct {
	glob glob.Pattern
	// ipv4 is set for a host of digits, dots and wildcards only. It names a range
	// of addresses: "192.168.*.*" must not admit "192.168.evil.example".
	ipv4 bool
}

func (w wildcard) match(s, authority string) bool {
	return w.glob.Match(s) && (!w.ipv4 || isIPv4(hostname(authority)))
}

// hostname cuts the port off. It leaves IPv6 literals broken, which no caller
// mistakes for an IPv4 address.
func hostname(authority string) string {
	host, _, _ := strings.Cut(authority, ":")
	return host
}

// addressRange reports whether the host of a pattern consists of digits, dots
// and wildcards, with at least one digit.
func addressRange(authority string) bool {
	host := hostname(authority)
	return strings.ContainsAny(host, "0123456789") && strings.Trim(host, "0123456789*?.") == ""
}

// NewTrusted compiles patterns of these forms; empty ones are skipped.
//
//	https://app.example.com   this origin
//	https://*.example.com     origins, matched with * (any run) and ? (one character)
//	*.example.com             the same for the host and port of http and https
//	*                         every origin, and every URL of a custom scheme that has a host
//	http://192.168.*.*:3000   IPv4 addresses only, since only digits and wildcards name the host
//	myapp://                  every URL of a custom scheme
//	myapp://auth/callback     its authority, and this path or one below it
//	exp://192.168.*.*:*/**    scheme exactly; authority and path by wildcards
//
// Case, a default port and one slash at the end of an http pattern do not matter.
// The error names the pattern at fault.
func NewTrusted(patterns []string) (*Trusted, error) {
	return new(Trusted).With(patterns...)
}

// With returns a set that trusts the given patterns as well, and leaves t as it
// is: what a request adds must never be seen by the next one.
// A nil t counts as empty. Without patterns it returns t.
func (t *Trusted) With(patterns ...string) (*Trusted, error) {
	if t == nil {
		t = new(Trusted)
	}
	if len(patterns) == 0 {
		return t, nil
	}
	next := &Trusted{
		patterns: slices.Clone(t.patterns),
		exact:    make(map[string]struct{}, len(t.exact)+len(patterns)),
		origins:  slices.Clone(t.origins),
		hosts:    slices.Clone(t.hosts),
		schemes:  slices.Clone(t.schemes),
		all:      t.all,
	}
	for origin := range t.exact {
		next.exact[origin] = struct{}{}
	}
	for _, pattern := range patterns {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" {
			continue
		}
		if err := next.add(pattern); err != nil {
			return nil, err
		}
		next.patterns = append(next.patterns, pattern)
	}
	return next, nil
}

// Patterns returns the patterns as they were given, in order.
func (t *Trusted) Patterns() []string {
	if t == nil {
		return nil
	}
	return slices.Clone(t.patterns)
}

// Allows reports whether an absolute URL, or the value of an Origin header, has
// a trusted origin. It is false for relative URLs, "null" and "".
// It does not allocate for an origin as browsers send it.
func (t *Trusted) Allows(url string) bool {
	if t == nil || len(t.patterns) == 0 {
		return false
	}
	if _, ok := t.exact[url]; ok {
		return true
	}
	origin, ok := Of(url)
	if !ok {
		return t.allowsScheme(url)
	}
	if _, ok := t.exact[origin]; ok {
		return true
	}
	authority := origin[strings.Index(origin, "://")+len("://"):]
	for _, w := range t.origins {
		if w.match(origin, authority) {
			return true
		}
	}
	for _, w := range t.hosts {
		if w.match(authority, authority) {
			return true
		}
	}
	return false
}

// AllowsRedirect reports whether a browser may be sent to target: a URL that t
// Allows, or a path on the own origin. Such a path starts with exactly one slash
// and holds no backslash, control character, or encoded slash or backslash.
// Paths without a leading slash, "?query" and "#fragment" are refused.
func (t *Trusted) AllowsRedirect(target string) bool {
	if strings.HasPrefix(target, "/") {
		return safePath(target)
	}
	return t.Allows(target)
}

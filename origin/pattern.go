package origin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/internal/glob"
)

func (t *Trusted) add(pattern string) error {
	fail := func(why string) error {
		return fmt.Errorf("origin: trusted origin %q %s", pattern, why)
	}
	if !clean(pattern) || strings.ContainsAny(pattern, " \\") {
		return fail("has a blank, backslash or control character, or is too long")
	}
	scheme, _, hasScheme := strings.Cut(pattern, "://")
	scheme = strings.ToLower(scheme)
	web := scheme == "http" || scheme == "https"
	switch wild := glob.Has(pattern); {
	case wild && !hasScheme:
		authority := strings.ToLower(pattern)
		if !validWildcardAuthority(authority) {
			return fail("is neither a host with wildcards nor has it a scheme")
		}
		t.hosts = append(t.hosts, wildcard{glob.Compile(authority), addressRange(authority)})
		t.all = t.all || pattern == "*"
	case wild && (web || glob.Has(scheme)):
		authority := strings.ToLower(strings.TrimSuffix(pattern[len(scheme)+len("://"):], "/"))
		if !validWildcardAuthority(authority) {
			return fail("must be a scheme and a host, nothing else")
		}
		if host, port, ok := strings.Cut(authority, ":"); ok && defaultPort(scheme, port) {
			authority = host
		}
		t.origins = append(t.origins, wildcard{glob.Compile(scheme + "://" + authority), addressRange(authority)})
	case web && hasScheme:
		origin, ok := Of(pattern)
		if !ok {
			return fail("has no valid host")
		}
		_, authority, _ := splitHTTP(pattern)
		if rest := pattern[len(scheme)+len("://")+len(authority):]; rest != "" && rest != "/" {
			return fail("must be a scheme and a host, nothing else")
		}
		t.exact[origin] = struct{}{}
	default:
		compiled, why := newSchemePattern(pattern, wild)
		if why != "" {
			return fail(why)
		}
		t.schemes = append(t.schemes, compiled)
	}
	return nil
}

func validWildcardAuthority(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-_.:[]*?", rune(c)) {
			return false
		}
	}
	return true
}

// schemePattern is a pattern for a scheme other than http and https.
type schemePattern struct {
	schemeURL
	wild      bool
	authority wildcard
	below     string // path with a slash at its end
	segments  []pathSegment
}

// schemeURL is a URL of a custom scheme, taken apart as plain text: parsers do
// not agree about schemes they do not know.
type schemeURL struct {
	scheme, host, path string
}

// scriptSchemes run or show what their URL holds; as a redirect target they are
// never what an operator wants.
var scriptSchemes = [...]string{"javascript", "data", "vbscript", "blob", "about"}

func newSchemePattern(pattern string, wild bool) (p schemePattern, why string) {
	parsed, ok := splitScheme(pattern, wild)
	if !ok {
		return p, "has no valid scheme or authority"
	}
	if parsed.scheme == "http" || parsed.scheme == "https" {
		return p, "must have two slashes after its scheme"
	}
	if slices.Contains(scriptSchemes[:], parsed.scheme) {
		return p, "names a scheme that can run scripts"
	}
	if rest := pattern[len(parsed.scheme)+1:]; rest != "" && rest[0] != '/' {
		return p, "has no scheme; write https://…" // "localhost:3000"
	}
	p = schemePattern{schemeURL: parsed, wild: wild, below: parsed.path + "/"}
	if wild {
		p.authority = wildcard{glob.Compile(parsed.host), addressRange(parsed.host)}
		p.segments = compilePath(parsed.path)
	}
	return p, ""
}

func (t *Trusted) allowsScheme(rawURL string) bool {
	if len(t.schemes) == 0 && !t.all || !clean(rawURL) || strings.Contains(rawURL, `\`) {
		return false
	}
	parsed, ok := splitScheme(rawURL, false)
	if !ok {
		return false
	}
	// No pattern has the scheme http or https, so what Of refused stays refused.
	if parsed.scheme == "http" || parsed.scheme == "https" {
		return false
	}
	if t.all && parsed.host != "" && !slices.Contains(scriptSchemes[:], parsed.scheme) {
		return true
	}
	for i := range t.schemes {
		if t.schemes[i].match(parsed) {
			return true
		}
	}
	return false
}

func (p *schemePattern) match(u schemeURL) bool {
	if u.scheme != p.scheme {
		return false
	}
	if p.wild {
		if p.host != "" && !p.authority.match(u.host, u.host) {
			return false
		}
		return p.path == "" || matchPath(p.segments, strings.TrimPrefix(u.path, "/"))
	}
	if p.host != "" && u.host != p.host {
		return false
	}
	return p.path == "" || u.path == p.path || strings.HasPrefix(u.path, p.below)
}

// splitScheme takes a URL or, with pattern set, a pattern in which "?" is a
// wildcard and not the start of a query.
func splitScheme(s string, pattern bool) (u schemeURL, ok bool) {
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !validScheme(scheme) {
		return u, false
	}
	u.scheme = strings.ToLower(scheme)
	ends := "?#"
	if pattern {
		ends = "#"
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, "/"+ends)
		if end < 0 {
			end = len(after)
		}
		u.host, rest = strings.ToLower(after[:end]), after[end:]
		if !validAuthority(u.host, pattern) {
			return u, false
		}
	}
	if end := strings.IndexAny(rest, ends); end >= 0 {
		rest = rest[:end]
	}
	u.path = resolve(rest)
	return u, true
}

func validScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && !strings.ContainsRune("+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}

// validAuthority refuses user information and what the WHATWG URL Standard
// forbids in an opaque host (section 3.5).
func validAuthority(authority string, pattern bool) bool {
	if strings.ContainsAny(authority, " <>@^|") {
		return false
	}
	if pattern || authority == "" {
		return true
	}
	host, _, ok := splitPort(authority)
	if strings.HasPrefix(host, "[") {
		_, ok = canonicalIPv6(host)
		return ok
	}
	return ok && !strings.ContainsAny(host, "[]:")
}

package origin

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/watchword-auth/watchword/internal/glob"
)

// Hosts is a list of hosts the server answers for when its base URL follows the
// request. The nil and the zero Hosts allow none.
type Hosts struct {
	exact     map[string]struct{}
	wildcards []wildcard
	patterns  []string
}

// NewHosts takes hosts, with a port if it is not the default one, in which "*"
// stands for any run of characters and "?" for one. Case does not matter. An
// entry may be an origin, "https://app.example.com": its scheme then counts for
// Origins only. The error names the entry at fault.
func NewHosts(patterns []string) (*Hosts, error) {
	h := &Hosts{exact: make(map[string]struct{}, len(patterns))}
	for _, pattern := range patterns {
		host := strings.ToLower(strings.TrimSpace(pattern))
		h.patterns = append(h.patterns, host)
		if rest, ok := cutWebScheme(host); ok {
			host = strings.TrimSuffix(rest, "/")
		}
		switch {
		case glob.Has(host) && validWildcardAuthority(host):
			h.wildcards = append(h.wildcards, wildcard{glob.Compile(host), addressRange(host)})
		case ValidHost(host):
			h.exact[host] = struct{}{}
		default:
			return nil, fmt.Errorf("origin: allowed host %q is not a host, with or without a port", pattern)
		}
	}
	return h, nil
}

func cutWebScheme(s string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(s, "https://"); ok {
		return rest, true
	}
	return strings.CutPrefix(s, "http://")
}

// Allows reports whether host, which may have a port, is in the list.
func (h *Hosts) Allows(host string) bool {
	if h == nil || !ValidHost(host) {
		return false
	}
	host = strings.ToLower(host)
	if _, ok := h.exact[host]; ok {
		return true
	}
	for _, w := range h.wildcards {
		if w.match(host, host) {
			return true
		}
	}
	return false
}

// Origins returns the patterns to trust for these hosts, for NewTrusted. scheme
// is "http", "https", or "" or "auto" for either: "" trusts https, and http only
// for loopback hosts, "auto" trusts both. Entries with a scheme keep it.
func (h *Hosts) Origins(scheme string) []string {
	if h == nil {
		return nil
	}
	var origins []string
	for _, host := range h.patterns {
		if strings.Contains(host, "://") {
			origins = append(origins, host)
			continue
		}
		if scheme != "http" {
			origins = append(origins, "https://"+host)
		}
		if scheme == "http" || scheme == "auto" || IsLoopback(host) || IsLoopback(hostname(host)) {
			origins = append(origins, "http://"+host)
		}
	}
	return origins
}

// RequestOptions says how to find the origin a request was sent to.
type RequestOptions struct {
	// Forwarded makes X-Forwarded-Host and X-Forwarded-Proto count. Set it only
	// for requests from a proxy that overwrites both.
	Forwarded bool
	// Scheme is "http" or "https" if it is known; everything else means: from the
	// request.
	Scheme string
}

// RequestOrigin returns the origin a request was sent to. The client chose it:
// use it only if Hosts.Allows its host or Trusted.Allows it. A forwarded value
// that is malformed, or sent more than once, is ignored. ok is false if the
// request has no valid host.
func RequestOrigin(r *http.Request, opt RequestOptions) (origin string, ok bool) {
	host := r.Host
	if value, ok := single(r.Header["X-Forwarded-Host"]); ok && opt.Forwarded && ValidHost(value) {
		host = value
	}
	if !ValidHost(host) {
		return "", false
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if value, ok := single(r.Header["X-Forwarded-Proto"]); ok && opt.Forwarded && ValidScheme(value) {
		scheme = value
	}
	if ValidScheme(opt.Scheme) {
		scheme = opt.Scheme
	}
	return Of(scheme + "://" + host)
}

func single(values []string) (string, bool) {
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// ValidScheme reports whether a forwarded protocol is exactly "http" or "https".
func ValidScheme(s string) bool { return s == "http" || s == "https" }

// ValidHost reports whether s can be the value of a Host or X-Forwarded-Host
// header: a DNS name with labels of letters, digits and inner hyphens, at most 63
// long, a dotted IPv4 address, or an IPv6 address in brackets, each with an
// optional port.
func ValidHost(s string) bool {
	host, _, ok := splitPort(s)
	if !ok || host == "" {
		return false
	}
	if host[0] == '[' {
		_, ok := canonicalIPv6(host)
		return ok
	}
	if !validDomain(host) {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Contains(label, "_") {
			return false
		}
	}
	return true
}

// IsLoopback reports whether host, with or without a port, is localhost, a name
// below .localhost (RFC 6761), or a loopback address.
func IsLoopback(host string) bool {
	name := host
	if h, _, ok := splitPort(host); ok {
		name = h
	}
	name = strings.ToLower(strings.TrimRight(name, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}

// Package baseurl finds out where a request reached the server: by a fixed base
// URL, by the host it names if that is allowed, or by whatever it names.
//
//	fixed, path, err := baseurl.Parse("https://example.com", "/api/auth")
//	rule := baseurl.Rule{Fixed: fixed, Path: path}
//	url, err := rule.Of(r)
//
// A Rule does not change and is safe for concurrent use.
package baseurl

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/origin"
)

// URL is where one request reached the server.
type URL struct {
	Origin string // scheme://host
	Full   string // origin and base path
	Secure bool   // https
}

// Rule makes the base URL of each request: a fixed one, one of several hosts,
// or whatever the request names.
type Rule struct {
	Fixed     *URL          // nil: not fixed
	Hosts     *origin.Hosts // nil: any host
	Fallback  *URL          // for hosts that are not allowed; nil: they are refused
	Protocol  string        // http, https, or empty for the request's
	Trust     string        // what [origin.Hosts.Origins] is asked for
	Path      string        // without a slash at its end
	Forwarded bool          // forwarded host and scheme count
}

// Parse returns the base URL and its path; a path of its own wins over
// the given one.
func Parse(raw, path string) (*URL, string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, "", fmt.Errorf("%q is not an http or https URL", raw)
	}
	base, ok := origin.Of(u.Scheme + "://" + u.Host)
	if !ok {
		return nil, "", fmt.Errorf("%q has no usable host", raw)
	}
	if own := strings.TrimRight(u.Path, "/"); own != "" {
		path = own
	}
	return newURL(base, path), path, nil
}

func newURL(base, path string) *URL {
	return &URL{Origin: base, Full: base + path, Secure: strings.HasPrefix(base, "https://")}
}

// Trusted returns the origins the base URL itself makes trusted.
func (b *Rule) Trusted() []string {
	var patterns []string
	if b.Fixed != nil {
		patterns = append(patterns, b.Fixed.Origin)
	}
	if b.Hosts != nil {
		patterns = append(patterns, b.Hosts.Origins(b.Trust)...)
	}
	if b.Fallback != nil {
		patterns = append(patterns, b.Fallback.Origin)
	}
	return patterns
}

// ErrUnknownHost refuses a request.
var ErrUnknownHost = errors.New("the request's host is not an allowed host of the base URL")

// Of returns the base URL of a request, which may be nil in process.
func (b *Rule) Of(r *http.Request) (*URL, error) {
	if b.Fixed != nil {
		return b.Fixed, nil
	}
	if r == nil {
		if b.Fallback != nil {
			return b.Fallback, nil
		}
		return newURL("http://localhost", b.Path), nil
	}
	named, ok := origin.RequestOrigin(r, origin.RequestOptions{Forwarded: b.Forwarded, Scheme: b.Protocol})
	if b.Hosts == nil {
		if !ok {
			return nil, ErrUnknownHost
		}
		return newURL(named, b.Path), nil
	}
	if _, host, _ := strings.Cut(named, "://"); ok && b.Hosts.Allows(host) {
		return newURL(named, b.Path), nil
	}
	if b.Fallback != nil {
		return b.Fallback, nil
	}
	return nil, ErrUnknownHost
}

// SeenBy returns the origin a request was sent to. The base URL's scheme holds
// where its host was meant: a proxy in front may have ended the TLS.
func (b *Rule) SeenBy(r *http.Request) string {
	named, ok := origin.RequestOrigin(r, origin.RequestOptions{Forwarded: b.Forwarded, Scheme: b.Protocol})
	if !ok {
		return ""
	}
	if b.Fixed != nil {
		_, host, _ := strings.Cut(named, "://")
		if _, own, _ := strings.Cut(b.Fixed.Origin, "://"); own == host {
			return b.Fixed.Origin
		}
	}
	return named
}

// Host returns the origin's host without a port.
func (b *URL) Host() string {
	_, host, _ := strings.Cut(b.Origin, "://")
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

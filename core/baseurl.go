package core

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/origin"
)

// baseURL is where one request reached the server.
type baseURL struct {
	origin string // scheme://host
	full   string // origin and base path
	secure bool   // https
}

// baseURLs makes the base URL of each request: a fixed one, one of several
// hosts, or whatever the request names.
type baseURLs struct {
	fixed     *baseURL
	hosts     *origin.Hosts
	fallback  *baseURL
	protocol  string // http, https, or empty for the request's
	trust     string // what [origin.Hosts.Origins] is asked for
	path      string
	forwarded bool
}

func (k *Kernel) setBaseURL() error {
	o := &k.options
	k.base = baseURLs{path: strings.TrimRight(o.BasePath, "/"), forwarded: o.Advanced.TrustedProxyHeaders}
	if !strings.HasPrefix(o.BasePath, "/") {
		return fmt.Errorf("watchword: Options.BasePath: %q does not start with a slash", o.BasePath)
	}
	if d := o.DynamicBaseURL; d != nil {
		return k.setDynamicBaseURL(d)
	}
	if o.BaseURL == "" {
		if o.Production {
			return errors.New("watchword: Options.BaseURL is missing, and in production nothing is guessed")
		}
		return nil
	}
	fixed, path, err := parseBaseURL(o.BaseURL, k.base.path)
	if err != nil {
		return fmt.Errorf("watchword: Options.BaseURL: %w", err)
	}
	k.base.fixed, k.base.path = fixed, path
	return nil
}

func (k *Kernel) setDynamicBaseURL(d *DynamicBaseURL) (err error) {
	if k.options.BaseURL != "" {
		return errors.New("watchword: Options.BaseURL and Options.DynamicBaseURL exclude each other")
	}
	if k.base.hosts, err = origin.NewHosts(d.AllowedHosts); err != nil {
		return fmt.Errorf("watchword: Options.DynamicBaseURL: %w", err)
	}
	k.base.trust = d.Protocol
	switch d.Protocol {
	case "", "auto":
	case "http", "https":
		k.base.protocol = d.Protocol
	default:
		return fmt.Errorf("watchword: Options.DynamicBaseURL.Protocol: %q is none of http, https, auto", d.Protocol)
	}
	if d.Fallback != "" {
		if k.base.fallback, _, err = parseBaseURL(d.Fallback, k.base.path); err != nil {
			return fmt.Errorf("watchword: Options.DynamicBaseURL.Fallback: %w", err)
		}
	}
	return nil
}

// parseBaseURL returns the base URL and its path; a path of its own wins over
// the given one.
func parseBaseURL(raw, path string) (*baseURL, string, error) {
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
	return newBaseURL(base, path), path, nil
}

func newBaseURL(base, path string) *baseURL {
	return &baseURL{origin: base, full: base + path, secure: strings.HasPrefix(base, "https://")}
}

// trusted returns the origins the base URL itself makes trusted.
func (b *baseURLs) trusted() []string {
	var patterns []string
	if b.fixed != nil {
		patterns = append(patterns, b.fixed.origin)
	}
	if b.hosts != nil {
		patterns = append(patterns, b.hosts.Origins(b.trust)...)
	}
	if b.fallback != nil {
		patterns = append(patterns, b.fallback.origin)
	}
	return patterns
}

var errUnknownHost = errors.New("the request's host is not an allowed host of the base URL")

// of returns the base URL of a request, which may be nil in process.
func (b *baseURLs) of(r *http.Request) (*baseURL, error) {
	if b.fixed != nil {
		return b.fixed, nil
	}
	if r == nil {
		if b.fallback != nil {
			return b.fallback, nil
		}
		return newBaseURL("http://localhost", b.path), nil
	}
	named, ok := origin.RequestOrigin(r, origin.RequestOptions{Forwarded: b.forwarded, Scheme: b.protocol})
	if b.hosts == nil {
		if !ok {
			return nil, errUnknownHost
		}
		return newBaseURL(named, b.path), nil
	}
	if _, host, _ := strings.Cut(named, "://"); ok && b.hosts.Allows(host) {
		return newBaseURL(named, b.path), nil
	}
	if b.fallback != nil {
		return b.fallback, nil
	}
	return nil, errUnknownHost
}

// seenBy returns the origin a request was sent to. The base URL's scheme holds
// where its host was meant: a proxy in front may have ended the TLS.
func (b *baseURLs) seenBy(r *http.Request) string {
	named, ok := origin.RequestOrigin(r, origin.RequestOptions{Forwarded: b.forwarded, Scheme: b.protocol})
	if !ok {
		return ""
	}
	if b.fixed != nil {
		_, host, _ := strings.Cut(named, "://")
		if _, own, _ := strings.Cut(b.fixed.origin, "://"); own == host {
			return b.fixed.origin
		}
	}
	return named
}

// host returns the origin's host without a port.
func (b *baseURL) host() string {
	_, host, _ := strings.Cut(b.origin, "://")
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

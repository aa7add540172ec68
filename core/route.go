package core

import (
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/input"
)

// route does what comes before an endpoint: limits, request hooks, routing,
// the body and the origin check.
func (c *Context) route() (*Response, error) {
	k, r := c.k, c.call.request
	path, ok := k.cut(r)
	c.call.path = path
	if trimmed := trimSlashes(path); k.disabled[trimmed] {
		return Text(http.StatusNotFound, "Not Found"), nil
	} else if err := c.limit(trimmed); err != nil {
		return nil, err
	}
	if !ok {
		return &Response{Status: http.StatusNotFound}, nil
	}
	for _, hook := range k.onRequest {
		if response, err := hook(c); response != nil || err != nil {
			return response, err
		}
	}
	e, segments, ok := k.router.Find(r.Method, path)
	if !ok {
		return &Response{Status: http.StatusNotFound}, nil
	}
	c.call.endpoint, c.call.segments = e, segments
	if r = c.call.request; !e.op.AnyBody && r.Method != http.MethodGet {
		body, err := input.ReadBody(r, e.allowed(), k.options.Advanced.MaxBodyBytes)
		if err != nil {
			return nil, err
		}
		c.call.input = body
	}
	if err := c.checkOrigin(); err != nil {
		return nil, err
	}
	return c.run(e).response()
}

// cut returns the path below the base path, escaped, as the reference routes
// it.
func (k *Kernel) cut(r *http.Request) (string, bool) {
	path := r.URL.EscapedPath()
	below, ok := cutBase(path, k.base.Path)
	if !ok {
		// http.StripPrefix leaves the whole path in RequestURI only. It must
		// be one below the base path all the same: what a caller wrote there
		// opens no other way in.
		whole, _, _ := strings.Cut(r.RequestURI, "?")
		if _, rest, absolute := strings.Cut(whole, "://"); absolute {
			whole = rest[max(0, strings.IndexByte(rest, '/')):]
		}
		if below, ok = cutBase(whole, k.base.Path); !ok || !strings.HasSuffix(whole, path) {
			return path, false
		}
	}
	ok = !strings.Contains(below, "//")
	if k.options.Advanced.SkipTrailingSlashes {
		below = trimSlashes(below)
	}
	return below, ok
}

func cutBase(path, base string) (string, bool) {
	below, ok := strings.CutPrefix(path, base)
	return below, ok && below != "" && below[0] == '/'
}

// trimSlashes is the form in which paths are limited and disabled, so that no
// spelling of a path escapes either.
func trimSlashes(path string) string { return or(strings.TrimRight(path, "/"), "/") }

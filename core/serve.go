package core

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/password"
	"github.com/watchword-auth/watchword/ratelimit"
)

func (k *Kernel) newContext(ctx context.Context, r *http.Request) (*Context, error) {
	base, err := k.base.of(r)
	if err != nil {
		return nil, err
	}
	c := &Context{Context: ctx, k: k, x: k.adapter, call: &call{
		request: r, base: base, header: http.Header{}, started: k.options.Now(),
	}}
	if k.tx != nil {
		c.x, c.done = k.tx, k.pending
	}
	return c, nil
}

// ServeHTTP answers a request below the base path; behind [http.StripPrefix]
// the path may have been cut already.
func (k *Kernel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := k.newContext(r.Context(), r)
	if err != nil {
		k.log.WarnContext(r.Context(), "a request was refused", "error", err, "host", r.Host)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	c.call.header = w.Header()
	if k.options.CORS.Enabled && k.cors(c, w) {
		return
	}
	response := c.answer()
	c.waitForAnswer()
	c.send(w, response)
}

// answer turns whatever happens into a response, panics of plugins included.
func (c *Context) answer() (response *Response) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
				panic(p)
			}
			c.report(&Error{Status: http.StatusInternalServerError, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())})
			response = &Response{Status: http.StatusInternalServerError}
		}
		for _, hook := range c.k.onResponse {
			hook(c, response)
		}
	}()
	response, err := c.route()
	if err != nil {
		response = c.refuse(err)
	}
	return response
}

// refuse reports a failure and words it for the client.
func (c *Context) refuse(err error) *Response {
	e := asError(err)
	c.report(e)
	return e.response()
}

func (c *Context) report(e *Error) {
	if e.Status >= http.StatusInternalServerError {
		c.Log().ErrorContext(c, "a request failed", "path", c.call.path, "status", e.Status, "error", e.Err, "code", string(e.Code))
	}
	if f := c.k.options.OnAPIError.OnError; f != nil && e.Location == "" {
		f(c, e)
	}
}

// route does what comes before an endpoint: limits, request hooks, routing,
// the body and the origin check.
func (c *Context) route() (*Response, error) {
	k, r := c.k, c.call.request
	path, ok := k.cut(r)
	c.call.path = path
	if !ok {
		return &Response{Status: http.StatusNotFound}, nil
	}
	if k.disabled[path] {
		return Text(http.StatusNotFound, "Not Found"), nil
	}
	if err := c.limit(); err != nil {
		return nil, err
	}
	for _, hook := range k.onRequest {
		if response, err := hook(c); response != nil || err != nil {
			return response, err
		}
	}
	e, segments := k.router.find(r.Method, path)
	if e == nil {
		return &Response{Status: http.StatusNotFound}, nil
	}
	c.call.endpoint, c.call.segments = e, segments
	if !e.op.AnyBody {
		input, err := readInput(r, e.allowed(), k.options.Advanced.MaxBodyBytes)
		if err != nil {
			return nil, err
		}
		c.call.input = input
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
	below, ok := strings.CutPrefix(path, k.base.path)
	if !ok || below != "" && below[0] != '/' {
		// http.StripPrefix leaves the whole path in RequestURI only.
		whole, _, _ := strings.Cut(r.RequestURI, "?")
		if len(whole) <= len(path) || !strings.HasSuffix(whole, path) {
			return path, false
		}
		below = path
	}
	if k.options.Advanced.SkipTrailingSlashes && len(below) > 1 {
		below = strings.TrimRight(below, "/")
	}
	return below, below != "" && !strings.Contains(below, "//")
}

// run takes an endpoint from its before hooks to its after hooks.
func (c *Context) run(e *endpoint) *Result {
	result, err := c.perform(e)
	if err != nil {
		result = &Result{Err: known(err)}
	}
	for _, hook := range e.after {
		if err := hook(c, result); err != nil {
			result.Out, result.Response, result.Err = nil, nil, known(err)
		}
	}
	if result.Err != nil {
		c.report(result.Err)
	}
	return result
}

func (c *Context) perform(e *endpoint) (*Result, error) {
	for _, hook := range e.before {
		response, err := hook(c)
		if err != nil {
			return nil, err
		}
		if response != nil {
			return &Result{Response: response}, nil
		}
	}
	b := &Binder{body: &c.call.input, query: c.Query(), path: c.Param}
	in := e.bind(b)
	if err := b.err(); err != nil {
		return nil, err
	}
	if err := c.checkURLs(e.op.CheckURLs); err != nil {
		return nil, err
	}
	if err := c.require(e.op.Session); err != nil {
		return nil, err
	}
	return e.handle(c, in)
}

// known words failures of the lower floors.
func known(err error) *Error {
	e := asError(err)
	switch {
	case e.Status < http.StatusInternalServerError:
	case errors.Is(err, password.ErrBusy), errors.Is(err, db.ErrUnavailable):
		e = errUnavailable.Wrap(err)
	}
	return e
}

// limit counts the request before any work is done for it.
func (c *Context) limit() error {
	if c.k.limiter == nil {
		return nil
	}
	rule, limited := c.k.rules.For(c.call.path)
	if !limited {
		return nil
	}
	d, err := c.k.limiter.Consume(c, ratelimit.Key(c.ClientIP(), c.call.path), rule)
	if err != nil {
		return errUnavailable.Wrap(err)
	}
	if d.Allowed {
		return nil
	}
	c.call.header.Set("X-Retry-After", fmt.Sprint(d.Seconds()))
	return errTooManyRequests
}

// waitForAnswer holds the answer back as [Context.AnswerAfter] asked.
func (c *Context) waitForAnswer() {
	wait := c.call.notBefore.Sub(c.k.options.Now())
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.Done():
	}
}

func (c *Context) send(w http.ResponseWriter, response *Response) {
	h := w.Header()
	for _, cookie := range c.call.cookies {
		h["Set-Cookie"] = append(h["Set-Cookie"], cookie.line)
	}
	if response.ContentType != "" {
		h["Content-Type"] = []string{response.ContentType}
	}
	if response.Location != "" {
		h["Location"] = []string{response.Location}
	}
	status := or(response.Status, http.StatusOK)
	if status == http.StatusOK {
		status = or(c.call.status, status)
	}
	if status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	_, _ = w.Write(response.Body) // the client may be gone; there is nobody to tell
}

package core

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/weburl"
)

func (k *Kernel) newContext(ctx context.Context, r *http.Request) (*Context, error) {
	base, err := k.base.Of(r)
	if err != nil {
		return nil, err
	}
	// One piece of memory for both: every request makes them.
	both := &struct {
		Context

		call call
	}{
		Context: Context{Context: ctx, k: k, x: k.adapter},
		call:    call{request: r, base: base, header: http.Header{}, started: k.options.Now()},
	}
	c := &both.Context
	c.call = &both.call
	c.call.cookies = k.newJar(r, base.Secure)
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
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(errInvalidHost.Status)
		_, _ = w.Write(errInvalidHost.body())
		return
	}
	c.call.header, c.call.overHTTP = w.Header(), true
	c.boundBody(w)
	response := c.guard(func() *Response {
		if k.options.CORS.Enabled && k.cors(c) {
			return &Response{Status: http.StatusNoContent}
		}
		return c.answer()
	})
	response = c.guard(func() *Response {
		for _, hook := range k.onResponse {
			hook(c, response)
		}
		return response
	})
	c.waitForAnswer()
	c.send(w, response)
}

// boundBody bounds what an endpoint that reads the body itself can be sent.
// The request is copied: it is the server's, and outer handlers may hold it.
func (c *Context) boundBody(w http.ResponseWriter) {
	if r := c.call.request; r.Body != nil && r.Body != http.NoBody {
		bounded := *r
		bounded.Body = http.MaxBytesReader(w, r.Body, c.k.options.Advanced.MaxBodyBytes)
		c.call.request = &bounded
	}
}

// guard turns a panic of a plugin into an answer that reveals nothing.
func (c *Context) guard(f func() *Response) (response *Response) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
			panic(p)
		}
		c.call.cookies.Restore(cookie.Answer{})
		c.Log().ErrorContext(c, "a request panicked", "path", c.call.path, "panic", p, "stack", string(debug.Stack()))
		response = &Response{Status: http.StatusInternalServerError}
	}()
	return f()
}

// answer turns refusals and failures into a response.
func (c *Context) answer() *Response {
	response, err := c.route()
	if err != nil {
		response = c.refuse(err)
	}
	return response
}

// refuse reports a failure and words it for the client.
func (c *Context) refuse(err error) *Response {
	e := known(err)
	c.report(e)
	return e.response()
}

func (c *Context) report(e *Error) {
	switch {
	case c.Err() != nil && errors.Is(e.Err, c.Err()):
		c.Log().InfoContext(c, "a caller did not wait for the answer", "path", c.call.path, "error", e.Err)
	case e.Status >= http.StatusInternalServerError:
		c.Log().ErrorContext(c, "a request failed", "path", c.call.path, "status", e.Status, "error", e.Err, "code", string(e.Code))
	}
	if f := c.k.options.OnAPIError.OnError; f != nil && e.Location == "" {
		f(c, e)
	}
}

// run takes an endpoint from its before hooks to its after hooks.
func (c *Context) run(e *endpoint) *Result {
	result := c.before(e)
	if result == nil {
		var err error
		if result, err = c.perform(e); err != nil {
			result = &Result{Err: known(err)}
		}
		for _, hook := range e.after {
			if err := hook(c, result); err != nil {
				result.Out, result.Response, result.Err = nil, nil, known(err)
			}
		}
	}
	if result.Err != nil {
		c.report(result.Err)
	}
	return result
}

// before runs the before hooks. Where one answers or refuses, neither the
// endpoint nor after hooks run.
func (c *Context) before(e *endpoint) *Result {
	for _, hook := range e.before {
		response, err := hook(c)
		if err != nil {
			return &Result{Err: known(err)}
		}
		if response != nil {
			return &Result{Response: response}
		}
	}
	return nil
}

func (c *Context) perform(e *endpoint) (*Result, error) {
	b := input.NewBinder(c)
	in := e.bind(b)
	if err := b.Err(); err != nil {
		return nil, err
	}
	if e.op.Credentials {
		if err := c.checkForm(); err != nil {
			return nil, err
		}
	}
	if err := c.checkURLs(e.op.CheckURLs); err != nil {
		return nil, err
	}
	if err := c.require(e.op.Session); err != nil {
		return nil, err
	}
	return e.handle(c, in)
}

// limit counts the request before any work is done for it.
func (c *Context) limit(path string) error {
	if c.k.limiter == nil {
		return nil
	}
	rule, limited := c.k.rules.For(c.call.request, path)
	if !limited {
		return nil
	}
	d, err := c.k.limiter.Consume(c, ratelimit.Key(c.ClientIP(), path), rule)
	if err != nil {
		return errUnavailable.Wrap(err)
	}
	if d.Allowed {
		return nil
	}
	c.call.header.Set("X-Retry-After", strconv.FormatInt(d.Seconds(), 10))
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
	c.call.cookies.AddTo(h)
	if response.ContentType != "" {
		h["Content-Type"] = []string{response.ContentType}
	}
	if response.Location != "" {
		h["Location"] = []string{weburl.ASCII(response.Location)}
	}
	status := or(response.Status, http.StatusOK)
	if status == http.StatusOK {
		status = or(c.call.status, status)
	}
	if status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", "1")
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store") // no shared cache may hand one client's answer to another
	}
	w.WriteHeader(status)
	_, _ = w.Write(response.Body) // the client may be gone; there is nobody to tell
}

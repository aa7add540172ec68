package core

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/baseurl"
	"github.com/watchword-auth/watchword/internal/router"
	"github.com/watchword-auth/watchword/origin"
	"github.com/watchword-auth/watchword/secret"
)

// Context is the hub of one call: what flows, plugins and hooks work with. It
// is a [context.Context] that ends with the request. It belongs to the call's
// goroutine; what outlives the call goes through [Context.Background].
type Context struct {
	context.Context
	k    *Kernel
	call *call
	x    db.Executor // the engine, or the transaction in hand
	done *[]func()   // what waits for the commit; nil outside of transactions

	fault error // why the transaction must not be committed
}

// call is what all contexts of one request share.
type call struct {
	request  *http.Request // nil in process without a request
	overHTTP bool          // not called in process
	endpoint *endpoint
	path     string   // below the base path, escaped
	segments []string // of a path with parameters
	base     *baseurl.URL
	input    input.Raw
	query    *input.Raw
	params   func(name string) string

	header  http.Header
	cookies cookie.Jar
	status  int

	current    *Current
	resolved   bool // current is known, perhaps from the cookie cache
	cached     bool // current is the cookie cache's copy
	stored     bool // current was read from storage
	newSession *Current
	values     map[any]any
	started    time.Time
	notBefore  time.Time // earliest answer
}

// Kernel returns the instance.
func (c *Context) Kernel() *Kernel { return c.k }

// Options returns the instance's options with their defaults, for reading.
func (c *Context) Options() *Options { return &c.k.options }

// Request returns the HTTP request, or nil for a call in process that has none.
func (c *Context) Request() *http.Request { return c.call.request }

// Header returns a header of the request, or "".
func (c *Context) Header(name string) string {
	if c.call.request == nil {
		return ""
	}
	return c.call.request.Header.Get(name)
}

// Path returns the request's path below the base path.
func (c *Context) Path() string { return c.call.path }

// Endpoint returns which endpoint is being called. In request hooks, which
// run before routing, it is the zero Target.
func (c *Context) Endpoint() Target {
	if c.call.endpoint == nil {
		return Target{}
	}
	return c.call.endpoint.Target
}

// Param returns a parameter of the path, decoded, or "".
func (c *Context) Param(name string) string {
	if c.call.params != nil {
		return c.call.params(name)
	}
	if c.call.endpoint == nil {
		return ""
	}
	return router.Parameter(c.call.endpoint.Path, c.call.segments, name)
}

// Input returns the raw body, which hooks may change before it is validated.
func (c *Context) Input() *input.Raw { return &c.call.input }

// Query returns the raw query in the form of an input: repeated keys are lists.
func (c *Context) Query() *input.Raw {
	if c.call.query == nil {
		query := ""
		if r := c.call.request; r != nil {
			query = r.URL.RawQuery
		}
		parsed := input.ParseQuery(query)
		c.call.query = &parsed
	}
	return c.call.query
}

// ResponseHeader returns the headers of the answer.
func (c *Context) ResponseHeader() http.Header { return c.call.header }

// SetStatus makes another status than 200 the answer's.
func (c *Context) SetStatus(status int) { c.call.status = status }

// BaseURL returns where the client reached the server, with the base path.
func (c *Context) BaseURL() string { return c.call.base.Full }

// Origin returns scheme and host of [Context.BaseURL].
func (c *Context) Origin() string { return c.call.base.Origin }

// Log returns the instance's logger.
func (c *Context) Log() *slog.Logger { return c.k.log }

// Now returns the instance's time, UTC to the millisecond.
func (c *Context) Now() time.Time { return c.k.now() }

// Random returns the instance's source of randomness; nil is crypto/rand.
func (c *Context) Random() io.Reader { return c.k.random }

// Secrets returns the deployment's secrets.
func (c *Context) Secrets() *secret.Ring { return c.k.ring }

// NewID makes a key for a row of a table, or "" where the database makes it.
func (c *Context) NewID(table string) string { return c.k.newID(table) }

// DB returns the engine, or the transaction the context is in.
func (c *Context) DB() db.Executor { return c.x }

// Tables returns the core's tables.
func (c *Context) Tables() *Tables { return c.k.tables }

// Value returns what [Context.SetValue] kept for this call, or else what the
// request's context holds.
func (c *Context) Value(key any) any {
	if v, ok := c.call.values[key]; ok {
		return v
	}
	return c.Context.Value(key)
}

// SetValue keeps a value for the rest of the call. The key should be of an
// unexported type.
func (c *Context) SetValue(key, value any) {
	if c.call.values == nil {
		c.call.values = map[any]any{}
	}
	c.call.values[key] = value
}

// ClientIP returns the client's address as it is stored and counted, or ""
// where it is unknown or not to be tracked.
func (c *Context) ClientIP() string {
	if c.call.request == nil || c.k.options.Advanced.DisableIPTracking {
		return ""
	}
	addr, ok := origin.ClientIP(c.call.request, c.k.clientIP)
	if !ok {
		return ""
	}
	return origin.Normalize(addr, c.k.options.Advanced.IPv6Subnet)
}

// TrustsRedirect reports whether a browser may be sent to a URL.
func (c *Context) TrustsRedirect(target string) bool {
	trusted := c.trusted()
	return trusted != nil && trusted.AllowsRedirect(target)
}

// TrustsOrigin reports whether a URL's origin is trusted.
func (c *Context) TrustsOrigin(url string) bool {
	trusted := c.trusted()
	return trusted != nil && trusted.Allows(url)
}

// trusted adds what only this request makes trusted. It is nil, and nothing
// trusted, where TrustedOriginsFunc gave something that is no pattern.
func (c *Context) trusted() *origin.Trusted {
	var more []string
	if c.k.base.Fixed == nil && c.k.base.Hosts == nil {
		more = append(more, c.call.base.Origin)
	}
	if f := c.k.options.TrustedOriginsFunc; f != nil && c.call.request != nil {
		more = append(more, f(c.call.request)...)
	}
	trusted, err := c.k.trusted.With(more...)
	if err != nil {
		c.Log().ErrorContext(c, "Options.TrustedOriginsFunc gave no usable list; no origin is trusted", "error", err)
		return nil
	}
	return trusted
}

// AnswerAfter delays the answer, whatever it is, until at least d after the
// call began, so that its time does not tell what was done.
func (c *Context) AnswerAfter(d time.Duration) {
	if at := c.call.started.Add(d); at.After(c.call.notBefore) {
		c.call.notBefore = at
	}
}

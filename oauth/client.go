package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ClientOptions shape a [Client]. The zero value is what production wants.
type ClientOptions struct {
	// AllowPrivate lets requests go to private addresses and over plain http:
	// for tests and for providers inside of one's own network.
	AllowPrivate bool
	// Transport replaces the connections, and with them the check of
	// addresses; nil: guarded connections without a proxy.
	Transport http.RoundTripper
	// Proxy is an HTTP proxy that all requests go through; nil: none. It is
	// the proxy that resolves names then, and that has to keep them out of
	// private networks: here only private addresses that a URL spells out are
	// refused.
	Proxy    *url.URL
	Timeout  time.Duration    // of one request with its answer; 0 means ten seconds
	MaxBytes int64            // of one answer; 0 means 1 MiB
	Now      func() time.Time // nil: time.Now
}

// Client makes the server's own requests to providers. It refuses private
// addresses, plain http, redirects to other origins, answers that are too
// long and those that take too long. It is safe for concurrent use.
type Client struct {
	http  *http.Client
	limit int64
	plain bool // http is allowed
	// spelled refuses private addresses in URLs, where no connection shows
	// them.
	spelled bool
	now     func() time.Time
}

// NewClient returns a client.
func NewClient(o ClientOptions) *Client {
	c := &Client{limit: o.MaxBytes, plain: o.AllowPrivate, spelled: o.Proxy != nil && !o.AllowPrivate, now: o.Now}
	if c.limit == 0 {
		c.limit = 1 << 20
	}
	if c.now == nil {
		c.now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport(&o)
	}
	c.http = &http.Client{Transport: transport, Timeout: o.Timeout, CheckRedirect: checkRedirect}
	return c
}

func newTransport(o *ClientOptions) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	t := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConns: 50, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
	switch {
	case o.Proxy != nil:
		t.Proxy = http.ProxyURL(o.Proxy)
	case !o.AllowPrivate:
		dialer.Control = refusePrivate
	}
	return t
}

var errRedirect = errors.New("oauth: the provider's endpoint redirects, which is refused: configure the final URL")

// checkRedirect lets a GET stay within its origin. Anything that was posted
// carries secrets, and another origin is another party.
func checkRedirect(r *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || first.Method != http.MethodGet || r.URL.Scheme != first.URL.Scheme || r.URL.Host != first.URL.Host {
		return errRedirect
	}
	return nil
}

// Call is one request of a [Client].
type Call struct {
	Method string // GET where empty
	URL    string
	Bearer string // the access token to show; empty: none
	Header map[string]string
	Form   *Params // sent as a form; nil: Body is sent
	Body   string
}

// StatusError reports an answer that is no success.
type StatusError struct {
	Status int
	Host   string
	Body   []byte // as far as it was read
}

// Error names the host and the status, not the body, which may hold anything.
func (e *StatusError) Error() string { return fmt.Sprintf("oauth: %s answered %d", e.Host, e.Status) }

// Do makes a request and returns the body of a successful answer. Another
// status is a [*StatusError].
func (c *Client) Do(ctx context.Context, call Call) ([]byte, error) {
	r, err := c.request(ctx, call)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the URL may carry secrets
		}
		return nil, fmt.Errorf("oauth: request to %s: %w", r.URL.Host, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("oauth: answer of %s: %w", r.URL.Host, err)
	case int64(len(body)) > c.limit:
		return nil, fmt.Errorf("oauth: the answer of %s is longer than %d bytes", r.URL.Host, c.limit)
	case response.StatusCode < 200 || response.StatusCode > 299:
		return nil, &StatusError{response.StatusCode, r.URL.Host, body}
	}
	return body, nil
}

// valueless ends with a context and holds nothing of it: connections are made
// in goroutines that may outlive the call, whose values are not theirs to read.
type valueless struct{ context.Context }

// Value returns nil.
func (valueless) Value(any) any { return nil }

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	body := call.Body
	if call.Form != nil {
		body = call.Form.Encode()
	}
	method := call.Method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(valueless{ctx}, method, call.URL, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("oauth: %w", err)
	}
	if r.URL.Scheme != "https" && (r.URL.Scheme != "http" || !c.plain) || r.URL.Host == "" {
		return nil, fmt.Errorf("oauth: %q is not an https URL", r.URL.Redacted())
	}
	if c.spelled && spellsPrivate(r.URL.Hostname()) {
		return nil, fmt.Errorf("%w: %s", ErrPrivateAddress, r.URL.Host)
	}
	if body == "" && method == http.MethodGet {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Header.Set("User-Agent", "watchword")
	r.Header.Set("Accept", "application/json")
	if call.Form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if call.Bearer != "" {
		r.Header.Set("Authorization", "Bearer "+call.Bearer)
	}
	for name, value := range call.Header {
		r.Header.Set(name, value)
	}
	return r, nil
}

// Now returns the client's time, to the millisecond.
func (c *Client) Now() time.Time { return c.now().UTC().Truncate(time.Millisecond) }

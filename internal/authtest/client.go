package authtest

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// JSON is a body or part of one.
type JSON map[string]any

// Form is a body in the form of HTML forms.
type Form map[string]string

// Client is a browser: it keeps cookies as long as the instance's clock lets
// them live, and names its origin where browsers do. Its Headers are sent with
// every request and win over its own. It is for one goroutine.
type Client struct {
	Headers http.Header

	s   *Server
	ctx context.Context // of its requests
	jar map[string]stored
}

type stored struct {
	value   string
	expires time.Time // zero: with the browser
}

// Client returns a browser without cookies.
func (s *Server) Client() *Client {
	return &Client{s: s, ctx: s.t.Context(), jar: map[string]stored{}, Headers: http.Header{}}
}

// Clone returns a second browser with the same cookies, for races and for
// cookies that were stolen.
func (c *Client) Clone() *Client {
	return &Client{s: c.s, ctx: c.ctx, jar: maps.Clone(c.jar), Headers: c.Headers.Clone()}
}

// WithContext returns a second browser with the same cookies whose requests
// end with the context: one that may go away.
func (c *Client) WithContext(ctx context.Context) *Client {
	other := c.Clone()
	other.ctx = ctx
	return other
}

// Get asks for a path below the base path.
func (c *Client) Get(path string) *Answer {
	c.s.t.Helper()
	return c.Send(http.MethodGet, path, nil)
}

// Post sends a body: [JSON], [Form], a string, which is JSON text, anything
// else encoding/json takes, or nil for none.
func (c *Client) Post(path string, body any) *Answer {
	c.s.t.Helper()
	return c.Send(http.MethodPost, path, body)
}

// Send is [Client.Post] with any method. A path that starts with the
// instance's origin, as in links of mails, is taken as it is.
func (c *Client) Send(method, path string, body any) *Answer {
	c.s.t.Helper()
	target := path
	if !strings.HasPrefix(path, Origin) {
		target = Origin + c.s.Options().BasePath + path
	}
	data, kind := Encode(c.s.t, body)
	r := httptest.NewRequestWithContext(c.ctx, method, target, bytes.NewReader(data))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", Origin)
	}
	for name, cookie := range c.jar {
		if cookie.expires.IsZero() || cookie.expires.After(c.s.Clock.Now()) {
			r.AddCookie(&http.Cookie{Name: name, Value: cookie.value})
		}
	}
	maps.Copy(r.Header, c.Headers)
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	a := &Answer{t: c.s.t, call: method + " " + path, Status: w.Code, Header: w.Result().Header, Body: w.Body.String()}
	c.keep(w.Result())
	return a
}

// Encode makes the bytes and the content type of a body that [Client.Send]
// takes. No body has no content type.
func Encode(t testing.TB, body any) (data []byte, contentType string) {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil, ""
	case string:
		return []byte(b), "application/json"
	case Form:
		values := url.Values{}
		for name, value := range b {
			values.Set(name, value)
		}
		return []byte(values.Encode()), "application/x-www-form-urlencoded"
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data, "application/json"
}

func (c *Client) keep(r *http.Response) {
	for _, cookie := range r.Cookies() {
		switch {
		case cookie.MaxAge < 0: // how net/http reports Max-Age=0
			delete(c.jar, cookie.Name)
		case cookie.MaxAge == 0:
			c.jar[cookie.Name] = stored{value: cookie.Value}
		default:
			age := time.Duration(cookie.MaxAge) * time.Second
			c.jar[cookie.Name] = stored{cookie.Value, c.s.Clock.Now().Add(age)}
		}
	}
}

// Cookie returns the value of a cookie as it is sent, or "".
func (c *Client) Cookie(name string) string { return c.jar[name].value }

// SetCookie makes the browser send a cookie; an empty value removes it.
func (c *Client) SetCookie(name, value string) {
	if c.jar[name] = (stored{value: value}); value == "" {
		delete(c.jar, name)
	}
}

// CloseBrowser drops the cookies that end with the browser.
func (c *Client) CloseBrowser() {
	maps.DeleteFunc(c.jar, func(_ string, cookie stored) bool { return cookie.expires.IsZero() })
}

package harness

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/internal/authtest"
)

// JSON is a body or part of one, or of a configuration.
type JSON = authtest.JSON

// Form is a body in the form of HTML forms.
type Form = authtest.Form

// Password is that of users that [Site.SignUp] makes.
const Password = authtest.Password

// Client is a browser: it keeps cookies and names its origin where browsers
// do. It is for one goroutine.
type Client struct {
	// Jar holds the values of cookies as they are sent.
	Jar map[string]string
	// Fields are sent with every request and win over the client's own.
	Fields []Field

	s *Site
}

// Client returns a browser without cookies.
func (s *Site) Client(fields ...Field) *Client {
	return &Client{Jar: map[string]string{}, Fields: fields, s: s}
}

// Clone returns a second browser with the same cookies, as for a thief.
func (c *Client) Clone() *Client {
	return &Client{Jar: maps.Clone(c.Jar), Fields: slices.Clone(c.Fields), s: c.s}
}

// Get asks for a path below the base path, or for a link of a mail.
func (c *Client) Get(path string, fields ...Field) *Answer {
	c.s.t.Helper()
	return c.Send(http.MethodGet, path, nil, fields...)
}

// Post sends a body: [JSON], [Form], a string, which is JSON text, anything
// else encoding/json takes, or nil for none.
func (c *Client) Post(path string, body any, fields ...Field) *Answer {
	c.s.t.Helper()
	return c.Send(http.MethodPost, path, body, fields...)
}

// Send is [Client.Post] with any method. Fields win over those of the client.
func (c *Client) Send(method, path string, body any, fields ...Field) *Answer {
	c.s.t.Helper()
	a := c.s.Do(c.Request(method, path, body, fields...))
	c.keep(a)
	return a
}

// Request returns what [Client.Send] would send.
func (c *Client) Request(method, path string, body any, fields ...Field) *Request {
	c.s.t.Helper()
	target, isLink := strings.CutPrefix(path, c.s.Origin)
	if !isLink {
		target = BasePath + path
	}
	data, kind := authtest.Encode(c.s.t, body)
	r := &Request{Method: method, Target: target, Body: data, Fields: slices.Clone(fields)}
	own := append(slices.Clone(c.Fields), Field{"Content-Type", kind}, Field{"Cookie", c.cookies()})
	if method != http.MethodGet && method != http.MethodHead {
		own = append(own, Field{"Origin", c.s.Origin})
	}
	for _, f := range own {
		if !r.has(f[0]) {
			r.Fields = append(r.Fields, f)
		}
	}
	return r
}

func (c *Client) cookies() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(c.Jar)) {
		pairs = append(pairs, name+"="+c.Jar[name])
	}
	return strings.Join(pairs, "; ")
}

func (c *Client) keep(a *Answer) {
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if c.Jar[cookie.Name] = cookie.Value; cookie.MaxAge < 0 || cookie.Value == "" { // how net/http reports Max-Age=0
			delete(c.Jar, cookie.Name)
		}
	}
}

// Names of the cookies that carry a session.
const (
	SessionCookie = "better-auth.session_token"
	CacheCookie   = "better-auth.session_data"
)

// Token returns the token in the session cookie, without its signature, or "".
func (c *Client) Token() string {
	token, _, _ := strings.Cut(c.Jar[SessionCookie], ".")
	return token
}

// User returns the key of the user whose session the client has, or "".
func (c *Client) User() string {
	c.s.t.Helper()
	return c.Get("/get-session").Want(http.StatusOK).Text("user.id")
}

// Stranger fails the test if the client's cookies and fields are worth a
// session.
func (c *Client) Stranger(what string) {
	c.s.t.Helper()
	if a := c.Get("/get-session"); a.Status == http.StatusOK && a.Body != "null" {
		c.s.t.Errorf("%s is worth a session: %s", what, a.Body)
	}
}

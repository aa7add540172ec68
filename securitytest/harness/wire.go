package harness

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/authtest"
)

// Field is a line of a request's head: name and value, as they are to be sent.
type Field [2]string

// Request is an HTTP/1.1 request as its bytes are to be: nothing is cleaned,
// escaped or merged. Host and Content-Length are added where no field has the
// name; a field without a value leaves the line out.
type Request struct {
	Method string
	Target string // as it stands in the request line
	Fields []Field
	Body   []byte
}

// Answer is what came back, with its bytes.
type Answer struct {
	*authtest.Answer
	Raw string // head and body as they arrived
}

func (r *Request) has(name string) bool {
	for _, f := range r.Fields {
		if strings.EqualFold(f[0], name) {
			return true
		}
	}
	return false
}

// bytes returns the request, and how many of its bytes come before the last
// one of the head.
func (r *Request) bytes(host string) (data []byte, held int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Target)
	if !r.has("Host") {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	if !r.has("Content-Length") && !r.has("Transfer-Encoding") && (len(r.Body) > 0 || r.Method != http.MethodGet) {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	for _, f := range r.Fields {
		if f[1] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
		}
	}
	b.WriteString("\r\n")
	held = b.Len() - 1
	b.Write(r.Body)
	return b.Bytes(), held
}

// patience bounds each wait for the instance.
const patience = 60 * time.Second

// Conn is one connection to an instance.
type Conn struct {
	net.Conn
	host   string
	reader *bufio.Reader
	seen   *bytes.Buffer
	t      testing.TB
}

// Dial opens a connection, which is closed with the test at the latest.
func (s *Site) Dial() *Conn {
	s.t.Helper()
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(s.t.Context(), "tcp", s.Listen)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	seen := &bytes.Buffer{}
	return &Conn{Conn: conn, host: s.host, reader: bufio.NewReader(io.TeeReader(conn, seen)), seen: seen, t: s.t}
}

// Do sends a request and reads its answer. The connection stays open.
func (c *Conn) Do(r *Request) *Answer {
	c.t.Helper()
	data, _ := r.bytes(c.host)
	_ = c.SetDeadline(time.Now().Add(patience))
	// A server that has seen enough answers before it has read all.
	_, writeErr := c.Write(data)
	a, err := c.Read1(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v (sent: %v)", r.Method, short(r.Target), err, writeErr)
	}
	return a
}

// Read1 reads the answer to a request that was written.
func (c *Conn) Read1(r *Request) (*Answer, error) {
	c.seen.Reset()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	response, err := http.ReadResponse(c.reader, &http.Request{Method: r.Method})
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	call := r.Method + " " + short(r.Target)
	return &Answer{authtest.NewAnswer(c.t, call, response.StatusCode, response.Header, string(body)), c.seen.String()}, nil
}

// short keeps long targets out of failures.
func short(text string) string {
	if len(text) > 200 {
		return text[:200] + "… (" + strconv.Itoa(len(text)) + " bytes)"
	}
	return text
}

// Do sends a request over a connection of its own.
func (s *Site) Do(r *Request) *Answer {
	s.t.Helper()
	c := s.Dial()
	defer func() { _ = c.Close() }()
	return c.Do(r)
}

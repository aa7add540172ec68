package authtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
)

// Answer is what the instance said.
type Answer struct {
	Status int
	Header http.Header
	Body   string

	t    testing.TB
	call string
}

// NewAnswer is for clients of other kinds. The call is named in failures.
func NewAnswer(t testing.TB, call string, status int, header http.Header, body string) *Answer {
	return &Answer{Status: status, Header: header, Body: body, t: t, call: call}
}

// Want fails the test unless the answer has the status and its body contains
// all of the texts.
func (a *Answer) Want(status int, texts ...string) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.call, a.Status, status, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			a.t.Fatalf("%s: no %s in %s", a.call, text, a.Body)
		}
	}
	return a
}

// WantBody fails the test unless status and body are exactly these.
func (a *Answer) WantBody(status int, body string) *Answer {
	a.t.Helper()
	if a.Status != status || a.Body != body {
		a.t.Fatalf("%s: %d %s, want %d %s", a.call, a.Status, a.Body, status, body)
	}
	return a
}

// WantCode fails the test unless the answer refuses with that status and
// code.
func (a *Answer) WantCode(status int, code string) *Answer {
	a.t.Helper()
	var body struct{ Code string }
	a.Decode(&body)
	if a.Status != status || body.Code != code {
		a.t.Fatalf("%s: %d %s, want %d %s", a.call, a.Status, a.Body, status, code)
	}
	return a
}

// Text returns a member of the body that is a string, or "". Members of
// objects are named with dots: user.id.
func (a *Answer) Text(path string) string {
	a.t.Helper()
	var value any
	a.Decode(&value)
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	text, _ := value.(string)
	return text
}

// Decode reads the body into a value.
func (a *Answer) Decode(to any) {
	a.t.Helper()
	if a.Body == "" {
		return
	}
	if err := json.Unmarshal([]byte(a.Body), to); err != nil {
		a.t.Fatalf("%s: %v: %s", a.call, err, a.Body)
	}
}

// SetCookie returns the Set-Cookie line of a cookie, or "" where it is not
// set.
func (a *Answer) SetCookie(name string) string {
	for _, line := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(line, name+"=") {
			return line
		}
	}
	return ""
}

// Cleared reports whether the answer makes the browser drop a cookie.
func (a *Answer) Cleared(name string) bool {
	return strings.HasPrefix(a.SetCookie(name), name+"=; Max-Age=0;")
}

// Answered is the answer to a call in process that came to an error, or to
// nil.
func (s *Server) Answered(err error) *Answer {
	a := &Answer{t: s.t, call: "a call in process", Status: http.StatusOK, Header: http.Header{}}
	if err == nil {
		return a
	}
	refusal, ok := errors.AsType[*core.Error](err)
	if !ok {
		a.Status, a.Body = http.StatusInternalServerError, err.Error()
		return a
	}
	if a.Status = refusal.Status; a.Status == http.StatusServiceUnavailable {
		a.Header.Set("Retry-After", "1")
	}
	a.Body = string(refusal.Code)
	return a
}

package core

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/input"
)

// Response is an answer that is already encoded.
type Response struct {
	Status      int    // 200 where zero
	ContentType string // none is sent where empty
	Body        []byte
	Location    string // for redirects
}

// Text answers with plain text.
func Text(status int, body string) *Response {
	return &Response{Status: status, ContentType: "text/plain;charset=UTF-8", Body: []byte(body)}
}

// HTML answers with a page.
func HTML(status int, page []byte) *Response {
	return &Response{Status: status, ContentType: "text/html", Body: page}
}

// JSON answers with a value, encoded as typed endpoints encode theirs.
func JSON(status int, value any) (*Response, error) {
	body, err := encode(nil, value)
	return &Response{Status: status, ContentType: input.TypeJSON, Body: body}, err
}

// Status is the output {"status":true} of endpoints that have no more to say.
type Status struct {
	Status bool `json:"status"`
}

// Appender is an output that writes its own JSON. Outputs on hot paths
// implement it; all others go through encoding/json.
type Appender interface{ AppendJSON(b []byte) []byte }

// usualLength holds a session with its user, so that encoding one does not
// have to grow its buffer again and again.
const usualLength = 768

func encode(b []byte, out any) ([]byte, error) {
	switch v := out.(type) {
	case nil:
		return append(b, "null"...), nil
	case Appender:
		return v.AppendJSON(slices.Grow(b, usualLength)), nil
	}
	buf := bytes.NewBuffer(b)
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return b, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

// response turns what an endpoint came to into an answer.
func (r *Result) response() (*Response, error) {
	switch {
	case r.Err != nil:
		return r.Err.response(), nil
	case r.Response != nil:
		return r.Response, nil
	default:
		return JSON(http.StatusOK, r.Out)
	}
}

func (e *Error) response() *Response {
	status := e.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	r := &Response{Status: status, ContentType: input.TypeJSON, Location: e.Location, Body: e.body()}
	if status >= 500 && r.Body == nil {
		r.ContentType = ""
	}
	return r
}

// ExposeHeader sets a header of the answer that scripts of other origins may
// read.
func (c *Context) ExposeHeader(name, value string) {
	const list = "Access-Control-Expose-Headers"
	h := c.call.header
	h.Set(name, value)
	exposed := h.Get(list)
	for item := range strings.SplitSeq(exposed, ",") {
		if textproto.TrimString(item) == name {
			return
		}
	}
	if exposed != "" {
		name = exposed + ", " + name
	}
	h.Set(list, name)
}

package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// The media types of bodies.
const (
	TypeJSON = "application/json"
	TypeForm = "application/x-www-form-urlencoded"
)

// ReadBody reads the body of a request of at most limit bytes, if its type is
// one of the allowed ones; none means [TypeJSON]. It refuses with an [*Error].
func ReadBody(r *http.Request, allowed []string, limit int64) (Raw, error) {
	none := Raw{kind: "undefined"}
	if r.Body == nil || r.Body == http.NoBody {
		return none, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), int64(len(data)) > limit:
		return none, &Error{Reason: TooLarge}
	case err != nil:
		return none, &Error{Reason: Malformed, Err: err}
	case len(data) == 0:
		return none, nil
	}
	header := r.Header.Get("Content-Type")
	if header == "" {
		// What has no type is no body: so does the reference on Node.
		return none, nil
	}
	if len(allowed) == 0 {
		allowed = []string{TypeJSON}
	}
	kind, err := mediaType(header, allowed)
	if err != nil {
		return none, err
	}
	if kind == TypeForm {
		return parseForm(string(data)), nil
	}
	return ParseJSON(data)
}

// mediaType picks the allowed type that the header names.
func mediaType(header string, allowed []string) (string, error) {
	list := strings.Join(allowed, ", ")
	base, _, _ := strings.Cut(strings.ToLower(header), ";")
	base = strings.TrimSpace(base)
	for _, a := range allowed {
		if base == a {
			return a, nil
		}
	}
	return "", &Error{Reason: Unsupported, Message: "Content-Type \"" + header + "\" is not allowed. Allowed types: " + list}
}

// maxDepth is far above any body an endpoint takes and far below what costs.
const maxDepth = 250

// ParseJSON reads a body of JSON. It refuses with an [*Error].
func ParseJSON(data []byte) (Raw, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !json.Valid(data) {
		return Raw{kind: "undefined"}, &Error{Reason: Malformed}
	}
	if deeperThan(data, maxDepth) {
		return Raw{kind: "undefined"}, &Error{Reason: Malformed, Err: errors.New("the body is nested too deeply")}
	}
	in := Raw{kind: Kind(data)}
	if in.kind == "object" {
		if err := json.Unmarshal(data, &in.members); err != nil {
			return in, &Error{Reason: Malformed, Err: err}
		}
	}
	return in, nil
}

func deeperThan(data []byte, limit int) bool {
	depth, text := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case text:
			if c == '\\' {
				i++
			}
			text = c != '"'
		case c == '"':
			text = true
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

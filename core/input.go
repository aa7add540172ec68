package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Input is the raw body of a request, as hooks see and change it before the
// endpoint validates it. The zero Input is a request without a body.
type Input struct {
	kind    string // what JSON has: "object", "array", …; "undefined" without a body
	members map[string]json.RawMessage
}

// Get returns a member as it was sent; ok is false where it is absent.
func (in *Input) Get(name string) (raw json.RawMessage, ok bool) {
	raw, ok = in.members[name]
	return raw, ok
}

// Text returns a member that is a string; ok is false for any other.
func (in *Input) Text(name string) (text string, ok bool) {
	raw, ok := in.members[name]
	if !ok || len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal(raw, &text) == nil
}

// Set replaces a member. The value must be one that encoding/json takes.
func (in *Input) Set(name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if in.members == nil {
		in.kind, in.members = "object", map[string]json.RawMessage{}
	}
	in.members[name] = raw
	return nil
}

// Delete removes a member.
func (in *Input) Delete(name string) { delete(in.members, name) }

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// readInput reads the body of a request as the endpoint allows it.
func readInput(r *http.Request, allowed []string, limit int64) (Input, error) {
	none := Input{kind: "undefined"}
	if r.Body == nil || r.Body == http.NoBody {
		return none, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return none, errInvalidJSON.Wrap(err)
	case int64(len(data)) > limit:
		return none, errBodyTooLarge
	case len(data) == 0:
		return none, nil
	}
	if len(allowed) == 0 {
		allowed = []string{typeJSON}
	}
	kind, err := mediaType(r.Header.Get("Content-Type"), allowed)
	if err != nil {
		return none, err
	}
	if kind == typeForm {
		return parseForm(string(data))
	}
	return parseJSON(data)
}

// mediaType picks the allowed type that the header names, loosely as the
// reference does.
func mediaType(header string, allowed []string) (string, error) {
	list := strings.Join(allowed, ", ")
	if header == "" {
		return "", NewError(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
			"Content-Type is required. Allowed types: "+list)
	}
	base, _, _ := strings.Cut(strings.ToLower(header), ";")
	base = strings.TrimSpace(base)
	for _, a := range allowed {
		if base == a || strings.Contains(base, a) {
			return a, nil
		}
	}
	return "", NewError(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
		"Content-Type \""+header+"\" is not allowed. Allowed types: "+list)
}

// maxDepth is far above any body an endpoint takes and far below what costs.
const maxDepth = 64

func parseJSON(data []byte) (Input, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !json.Valid(data) {
		return Input{kind: "undefined"}, errInvalidJSON
	}
	if deeperThan(data, maxDepth) {
		return Input{kind: "undefined"}, errInvalidJSON.Wrap(errors.New("the body is nested too deeply"))
	}
	in := Input{kind: jsonKind(data)}
	if in.kind == "object" {
		if err := json.Unmarshal(data, &in.members); err != nil {
			return in, errInvalidJSON.Wrap(err)
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

func parseForm(data string) (Input, error) {
	values, err := url.ParseQuery(data)
	if err != nil {
		return Input{kind: "undefined"}, errInvalidJSON.Wrap(err)
	}
	return Input{kind: "object", members: textMembers(values)}, nil
}

// textMembers turns form or query values into members; a key given more than
// once becomes a list.
func textMembers(values url.Values) map[string]json.RawMessage {
	members := make(map[string]json.RawMessage, len(values))
	for name, list := range values {
		if len(list) == 1 {
			members[name] = appendString(nil, list[0])
			continue
		}
		raw := []byte{'['}
		for i, s := range list {
			if i > 0 {
				raw = append(raw, ',')
			}
			raw = appendString(raw, s)
		}
		members[name] = append(raw, ']')
	}
	return members
}

// jsonKind names a JSON value as zod does.
func jsonKind(raw []byte) string {
	if len(raw) == 0 {
		return "undefined"
	}
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

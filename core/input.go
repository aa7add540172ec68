package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
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
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), int64(len(data)) > limit:
		return none, errBodyTooLarge
	case err != nil:
		return none, errInvalidJSON.Wrap(err)
	case len(data) == 0:
		return none, nil
	}
	header := r.Header.Get("Content-Type")
	if header == "" {
		// What has no type is no body: so does the reference on Node.
		return none, nil
	}
	if len(allowed) == 0 {
		allowed = []string{typeJSON}
	}
	kind, err := mediaType(header, allowed)
	if err != nil {
		return none, err
	}
	if kind == typeForm {
		return parseForm(string(data))
	}
	return parseJSON(data)
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
	return "", NewError(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
		"Content-Type \""+header+"\" is not allowed. Allowed types: "+list)
}

// maxDepth is far above any body an endpoint takes and far below what costs.
const maxDepth = 250

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

// parseForm reads a form body. Of a name given more than once the last value
// counts.
func parseForm(data string) (Input, error) {
	members := map[string]json.RawMessage{}
	for name, value := range pairs(data) {
		members[name] = appendString(nil, value)
	}
	return Input{kind: "object", members: members}, nil
}

// parseQuery reads a query; a name given more than once becomes a list.
func parseQuery(query string) map[string]json.RawMessage {
	lists := map[string][]string{}
	for name, value := range pairs(query) {
		lists[name] = append(lists[name], value)
	}
	members := make(map[string]json.RawMessage, len(lists))
	for name, list := range lists {
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

// pairs reads application/x-www-form-urlencoded as the URL standard of WHATWG
// does, in which everything is valid: net/url drops what it takes for broken,
// and then a check could see another value than the client meant.
func pairs(text string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for pair := range strings.SplitSeq(text, "&") {
			if pair == "" {
				continue
			}
			name, value, _ := strings.Cut(pair, "=")
			if !yield(decodePlus(name), decodePlus(value)) {
				return
			}
		}
	}
}

func decodePlus(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
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

package input

import "encoding/json"

// Raw is the body or the query of a request, as hooks see and change it before
// the endpoint validates it. The zero Raw is a request without a body.
type Raw struct {
	kind    string // what JSON has: "object", "array", …; "undefined" without a body
	members map[string]json.RawMessage
	form    string // a form body as it was sent
}

// Get returns a member as it was sent; ok is false where it is absent.
func (in *Raw) Get(name string) (raw json.RawMessage, ok bool) {
	raw, ok = in.members[name]
	return raw, ok
}

// Text returns a member that is a string; ok is false for any other.
func (in *Raw) Text(name string) (text string, ok bool) {
	raw, ok := in.members[name]
	if !ok || len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal(raw, &text) == nil
}

// FormValues returns all values that a form body gave a name, as they were
// sent: OAuth has parameters that must not come twice. It is nil for any other
// body.
func (in *Raw) FormValues(name string) []string {
	var values []string
	for given, value := range pairs(in.form) {
		if given == name {
			values = append(values, value)
		}
	}
	return values
}

// Set replaces a member. The value must be one that encoding/json takes.
func (in *Raw) Set(name string, value any) error {
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
func (in *Raw) Delete(name string) { delete(in.members, name) }

// Kind names a JSON value as zod does: "object", "array", "string", "boolean",
// "number", "null", and "undefined" for none.
func Kind(raw []byte) string {
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

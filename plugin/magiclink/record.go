package magiclink

import (
	"bytes"
	"encoding/json"

	"github.com/watchword-auth/watchword/input"
)

const recordType = "magic-link"

// record is what a token stands for.
type record struct {
	Type  string
	Email string
	Name  string
	named bool // whether a name was given
}

// MarshalJSON writes the reference's form.
func (r record) MarshalJSON() ([]byte, error) {
	out := struct {
		Type  string  `json:"type"`
		Email string  `json:"email"`
		Name  *string `json:"name,omitempty"`
	}{Type: r.Type, Email: r.Email}
	if r.named {
		out.Name = &r.Name
	}
	return json.Marshal(out)
}

// parseRecord reads a stored value. Anything but a record of this plugin is
// refused, so that no value of another kind can sign anybody in.
func parseRecord(value string) (record, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(value), &members) != nil {
		return record{}, false
	}
	var r record
	places := map[string]*string{"type": &r.Type, "email": &r.Email, "name": &r.Name}
	for name, raw := range members {
		to, known := places[name]
		if !known || !bytes.HasPrefix(raw, []byte{'"'}) || json.Unmarshal(raw, to) != nil {
			return record{}, false
		}
		r.named = r.named || name == "name"
	}
	return r, r.Type == recordType && input.ValidEmail(r.Email)
}

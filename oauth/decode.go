package oauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
)

// decodeForm undoes form escaping; what cannot be undone stays.
func decodeForm(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// Member is one member of a JSON object.
type Member struct {
	Name  string
	Value json.RawMessage
}

var errNotObject = errors.New("oauth: not a JSON object")

// Members returns the members of a JSON object in the order they were sent;
// of repeated ones the last value, in the first one's place, as JavaScript
// reads them.
func Members(object json.RawMessage) ([]Member, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotObject
	}
	var members []Member
	place := map[string]int{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if at, ok := place[name]; ok {
			members[at].Value = value
			continue
		}
		place[name] = len(members)
		members = append(members, Member{name, value})
	}
	return members, nil
}

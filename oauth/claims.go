package oauth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Claims are the members of an ID token or of a profile. Names are compared
// exactly, which decoding into a struct would not do. The nil Claims are
// empty.
type Claims map[string]json.RawMessage

// ParseClaims reads a JSON object.
func ParseClaims(data []byte) (Claims, error) {
	var c Claims
	if err := json.Unmarshal(data, &c); err != nil || c == nil {
		return nil, errNotObject
	}
	return c, nil
}

// DecodeIDToken returns the claims of an ID token without verifying it: only
// for one that was verified before.
func DecodeIDToken(idToken string) (Claims, error) {
	payload, err := IDTokenPayload(idToken)
	if err != nil {
		return nil, err
	}
	return ParseClaims(payload)
}

// IDTokenPayload is [DecodeIDToken] for the claims as they are written.
func IDTokenPayload(idToken string) (json.RawMessage, error) {
	parts := strings.SplitN(idToken, ".", 4)
	if len(parts) != 3 {
		return nil, errors.New("oauth: the ID token is not a JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, errors.New("oauth: the ID token is not a JWT")
	}
	return payload, nil
}

// Text returns a claim that is a string, or "".
func (c Claims) Text(name string) string {
	var text string
	if json.Unmarshal(c[name], &text) != nil {
		return ""
	}
	return text
}

// First returns the first of the claims that is a string and not empty.
func (c Claims) First(names ...string) string {
	for _, name := range names {
		if text := c.Text(name); text != "" {
			return text
		}
	}
	return ""
}

// True reports whether a claim is true, or the text "true", which some
// providers send. Nothing else is: a vouched address must not rest on a
// number or a capital letter.
func (c Claims) True(name string) bool {
	switch string(c[name]) {
	case "true", `"true"`:
		return true
	}
	return false
}

// Has reports whether there is such a claim, null included.
func (c Claims) Has(name string) bool { _, ok := c[name]; return ok }

// In returns a member that is an object; nil where it is none.
func (c Claims) In(name string) Claims {
	inner, err := ParseClaims(c[name])
	if err != nil {
		return nil
	}
	return inner
}

// Number returns a claim that is a number.
func (c Claims) Number(name string) (float64, bool) {
	var n float64
	raw := c[name]
	if len(raw) == 0 || string(raw) == "null" || json.Unmarshal(raw, &n) != nil {
		return 0, false
	}
	return n, true
}

// Texts returns a claim that is a list of strings; other items are left out.
func (c Claims) Texts(name string) []string {
	var items []json.RawMessage
	var texts []string
	_ = json.Unmarshal(c[name], &items)
	for _, item := range items {
		var text string
		if string(item) != "null" && json.Unmarshal(item, &text) == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

var errNoSubject = errors.New("oauth: the provider did not name the user")

// Subject returns a claim that names the user for good: a text that is not
// blank or a whole number other than zero. What is anything else would make
// several users one.
func (c Claims) Subject(name string) (string, error) {
	raw := c[name]
	var text string
	if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed == "undefined" || trimmed == "null" {
			return "", errNoSubject
		}
		return text, nil
	}
	n, ok := c.Number(name)
	if !ok || n == 0 || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		return "", errNoSubject
	}
	return strconv.FormatInt(int64(n), 10), nil
}

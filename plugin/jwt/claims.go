package jwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// claims are the members of a JSON object, in the order in which they were
// first set.
type claims struct {
	names  []string
	values map[string]json.RawMessage
}

var errNoObject = errors.New("jwt: the payload is no JSON object")

func parseClaims(object []byte) (*claims, error) {
	cl := &claims{values: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errNoObject
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNoObject, err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoObject, err)
		}
		cl.set(name.(string), value)
	}
	if _, err := d.Token(); err != nil || d.More() {
		return nil, errNoObject
	}
	return cl, nil
}

func (cl *claims) set(name string, value json.RawMessage) {
	if _, ok := cl.values[name]; !ok {
		cl.names = append(cl.names, name)
	}
	cl.values[name] = value
}

func (cl *claims) setText(name, value string) { cl.set(name, db.AppendJSONString(nil, value)) }

func (cl *claims) setTime(name string, at time.Time) {
	cl.set(name, strconv.AppendInt(nil, at.Unix(), 10))
}

// lacks reports whether a claim is absent or null.
func (cl *claims) lacks(name string) bool {
	value, ok := cl.values[name]
	return !ok || string(value) == "null"
}

func (cl *claims) json() []byte {
	b := []byte{'{'}
	for i, name := range cl.names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(db.AppendJSONString(b, name), ':')
		b = append(b, cl.values[name]...)
	}
	return append(b, '}')
}

// complete adds the claims that every token has.
func (k *keys) complete(c *core.Context, cl *claims, in *SignInput) error {
	if cl.lacks("exp") {
		from := c.Now()
		if !cl.lacks("iat") {
			seconds, err := strconv.ParseFloat(string(cl.values["iat"]), 64)
			if err != nil {
				return errors.New("jwt: the claim iat is no number")
			}
			from = time.Unix(int64(seconds), 0)
		}
		life := k.ExpiresIn
		if in.ExpiresIn > 0 {
			life = in.ExpiresIn
		}
		cl.setTime("exp", from.Add(life))
	}
	if cl.lacks("iss") {
		cl.setText("iss", first(in.Issuer, k.Issuer, c.Origin()))
	}
	if cl.lacks("aud") {
		cl.set("aud", audience(audiences(in.Audience, k.Audience, c.Origin())))
	}
	return nil
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func audiences(own, configured []string, origin string) []string {
	switch {
	case len(own) > 0:
		return own
	case len(configured) > 0:
		return configured
	}
	return []string{origin}
}

// audience writes one audience as a text and several as a list (RFC 7519,
// section 4.1.3).
func audience(list []string) json.RawMessage {
	if len(list) == 1 {
		return db.AppendJSONString(nil, list[0])
	}
	b := []byte{'['}
	for i, a := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = db.AppendJSONString(b, a)
	}
	return append(b, ']')
}

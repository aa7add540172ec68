package input

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Object reads the members of a JSON object or of the query.
type Object struct {
	b       *Binder
	where   string
	members map[string]json.RawMessage
	skip    bool
	last    Check
}

// Text reads a required string.
func (o *Object) Text(name string, to *string) *Check {
	c := o.check(name, "string", true)
	if raw, ok := o.take(name, "string", false, true); ok {
		_ = json.Unmarshal(raw, to)
		c.text = to
	}
	return c
}

// OptText reads a string that may be absent.
func (o *Object) OptText(name string, to *Opt[string]) *Check {
	c := o.check(name, "string", false)
	if optional(o, name, "string", false, to) {
		c.text = &to.Value
	}
	return c
}

// NullText reads a string that may be absent or null.
func (o *Object) NullText(name string, to *Opt[string]) *Check {
	c := o.check(name, "string", false)
	if optional(o, name, "string", true, to) && !to.Null {
		c.text = &to.Value
	}
	return c
}

// OptScalar reads a string that may be absent. A number or a truth value is
// no refusal but left unread: [ScalarText] says what a column keeps of it.
func (o *Object) OptScalar(name string, nullable bool, to *Opt[string]) *Check {
	if kind := Kind(o.members[name]); kind == "number" || kind == "boolean" {
		return o.check(name, "string", false)
	}
	if nullable {
		return o.NullText(name, to)
	}
	return o.OptText(name, to)
}

// Bool reads a required boolean.
func (o *Object) Bool(name string, to *bool) {
	o.check(name, "boolean", true)
	if raw, ok := o.take(name, "boolean", false, true); ok {
		*to = raw[0] == 't'
	}
}

// OptBool reads a boolean that may be absent.
func (o *Object) OptBool(name string, to *Opt[bool]) {
	o.check(name, "boolean", false)
	optional(o, name, "boolean", false, to)
}

// Truthy reads a query parameter as the reference coerces it to a boolean:
// any text but the empty one is true.
func (o *Object) Truthy(name string, to *Opt[bool]) {
	o.check(name, "boolean", false)
	raw, ok := o.members[name]
	if !ok || o.skip {
		return
	}
	s := string(raw)
	*to = Some(s != `""` && s != "false" && s != "0" && s != "null")
}

// Number reads a required number.
func (o *Object) Number(name string, to *float64) *Check {
	c := o.check(name, "number", true)
	if raw, ok := o.take(name, "number", false, true); ok {
		*to, _ = strconv.ParseFloat(string(raw), 64)
		c.num = to
	}
	return c
}

// OptNumber reads a number that may be absent.
func (o *Object) OptNumber(name string, to *Opt[float64]) *Check {
	c := o.check(name, "number", false)
	if optional(o, name, "number", false, to) {
		c.num = &to.Value
	}
	return c
}

// NullNumber reads a number that may be absent or null.
func (o *Object) NullNumber(name string, to *Opt[float64]) *Check {
	c := o.check(name, "number", false)
	if optional(o, name, "number", true, to) && !to.Null {
		c.num = &to.Value
	}
	return c
}

// OptTexts reads a list of strings that may be absent.
func (o *Object) OptTexts(name string, to *Opt[[]string]) {
	o.check(name, "array", false)
	raw, ok := o.take(name, "array", false, false)
	if !ok {
		return
	}
	var items []json.RawMessage
	_ = json.Unmarshal(raw, &items)
	to.Set, to.Value = true, make([]string, len(items))
	for i, item := range items {
		if kind := Kind(item); kind != "string" {
			o.b.issue(fmt.Sprintf("%s.%s.%d", o.where, name, i), "Invalid input: expected string, received "+kind)
			continue
		}
		_ = json.Unmarshal(item, &to.Value[i])
	}
}

// OptRaw reads any value that may be absent, unchecked.
func (o *Object) OptRaw(name string, to *Opt[json.RawMessage]) {
	o.check(name, "", false)
	if raw, ok := o.members[name]; ok && !o.skip {
		*to = Opt[json.RawMessage]{Value: raw, Set: true, Null: string(raw) == "null"}
	}
}

// OptObject reads an object that may be absent; the function it is given to
// reads its members. It reports whether the object was given. While endpoints
// are described, the function is called all the same.
func (o *Object) OptObject(name string, read func(*Object)) bool {
	o.check(name, "object", false)
	raw, ok := o.take(name, "object", false, false)
	inner := &Object{b: o.b, where: o.where + "." + name, skip: !ok}
	if ok {
		_ = json.Unmarshal(raw, &inner.members)
	}
	if ok || o.b.schema != nil {
		read(inner)
	}
	return ok
}

// All returns every member as it was sent, known to the endpoint or not: what
// added columns are read from.
func (o *Object) All() map[string]json.RawMessage {
	if o.skip {
		return nil
	}
	return o.members
}

// Has reports whether a member was sent.
func (o *Object) Has(name string) bool { _, ok := o.members[name]; return ok && !o.skip }

// Refuse adds an issue about a member in words of the endpoint's own.
func (o *Object) Refuse(name, text string) {
	if o.b.schema == nil && !o.skip {
		o.b.issue(o.path(name), text)
	}
}

func (o *Object) path(name string) string {
	if name == "" {
		return o.where
	}
	return o.where + "." + name
}

func (o *Object) check(name, kind string, required bool) *Check {
	c := &o.last
	*c = Check{o: o, name: name, kind: kind, before: len(o.b.issues)}
	if o.b.schema != nil {
		c.prop = o.b.schema.add(o.where, Property{Name: name, Type: kind, Required: required})
	}
	return c
}

// take returns a member of the wanted kind and words the refusal of any other.
func (o *Object) take(name, kind string, nullable, required bool) (json.RawMessage, bool) {
	if o.skip || o.b.schema != nil {
		return nil, false
	}
	raw, given := o.members[name]
	got := receivedKind(raw)
	switch {
	case got == kind:
		return raw, true
	case !given && !required:
	case given && got == "null" && nullable:
		return raw, true
	default:
		o.b.issue(o.path(name), "Invalid input: expected "+kind+", received "+got)
	}
	return nil, false
}

func optional[V any](o *Object, name, kind string, nullable bool, to *Opt[V]) bool {
	raw, ok := o.take(name, kind, nullable, false)
	if !ok {
		return false
	}
	to.Set, to.Null = true, string(raw) == "null"
	if !to.Null {
		_ = json.Unmarshal(raw, &to.Value)
	}
	return true
}

// receivedKind is [Kind] with the reference's words for numbers too large
// for JavaScript.
func receivedKind(raw json.RawMessage) string {
	kind := Kind(raw)
	if kind != "number" {
		return kind
	}
	switch f, _ := strconv.ParseFloat(string(raw), 64); {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return kind
}

package input

import (
	"encoding/json"
	"strings"
)

// This file reads members that the reference takes in more than one form.

// Coerced reads a string from a value of any type, as JavaScript turns it into
// one. Only an absent member is refused.
func (o *Object) Coerced(name string, to *string) *Check {
	c := o.check(name, "string", true)
	raw, given := o.members[name]
	switch {
	case o.skip || o.b.schema != nil:
	case !given:
		o.b.issue(o.path(name), "Invalid input: expected nonoptional, received undefined")
	default:
		*to = coerce(raw)
		c.text = to
	}
	return c
}

// OptCoerced is [Object.Coerced] for a member that may be absent.
func (o *Object) OptCoerced(name string, to *Opt[string]) {
	o.check(name, "string", false)
	if raw, given := o.members[name]; given && !o.skip {
		*to = Some(coerce(raw))
	}
}

// coerce is JavaScript's String().
func coerce(raw json.RawMessage) string {
	switch Kind(raw) {
	case "string":
		var text string
		_ = json.Unmarshal(raw, &text)
		return text
	case "object":
		return "[object Object]"
	case "array":
		var items []json.RawMessage
		_ = json.Unmarshal(raw, &items)
		parts := make([]string, len(items))
		for i, item := range items {
			if Kind(item) != "null" {
				parts[i] = coerce(item)
			}
		}
		return strings.Join(parts, ",")
	default:
		return string(raw)
	}
}

// Names reads a string or a list of strings.
func (o *Object) Names(name string, to *[]string) {
	o.check(name, "string", true)
	if o.skip || o.b.schema != nil {
		return
	}
	var ok bool
	if *to, ok = names(o.members[name]); !ok {
		o.b.issue(o.path(name), "Invalid input")
	}
}

// OptNames is [Object.Names] for a member that may be absent.
func (o *Object) OptNames(name string, to *Opt[[]string]) {
	o.check(name, "string", false)
	raw, given := o.members[name]
	if !given || o.skip {
		return
	}
	list, ok := names(raw)
	if !ok {
		o.b.issue(o.path(name), "Invalid input")
		return
	}
	*to = Some(list)
}

func names(raw json.RawMessage) ([]string, bool) {
	switch Kind(raw) {
	case "string":
		list := make([]string, 1)
		return list, json.Unmarshal(raw, &list[0]) == nil
	case "array":
		return texts(raw)
	}
	return nil, false
}

// texts reads a list of strings; null is none.
func texts(raw json.RawMessage) ([]string, bool) {
	var items []json.RawMessage
	if Kind(raw) != "array" || json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	list := make([]string, len(items))
	for i, item := range items {
		if Kind(item) != "string" || json.Unmarshal(item, &list[i]) != nil {
			return nil, false
		}
	}
	return list, true
}

// OptMembers reads an object whose members are not known beforehand and that
// may be absent.
func (o *Object) OptMembers(name string, to *map[string]json.RawMessage) {
	o.check(name, "object", false)
	o.record(name, false, to)
}

// Members is [Object.OptMembers] for an object that must be there.
func (o *Object) Members(name string, to *map[string]json.RawMessage) {
	o.check(name, "object", true)
	o.record(name, true, to)
}

func (o *Object) record(name string, required bool, to *map[string]json.RawMessage) {
	if o.skip || o.b.schema != nil {
		return
	}
	raw, given := o.members[name]
	switch kind := Kind(raw); {
	case kind == "object":
		_ = json.Unmarshal(raw, to)
	case given || required:
		o.b.issue(o.path(name), "Invalid input: expected record, received "+kind)
	}
}

// Nested is [Object.OptObject] for an object that must be there.
func (o *Object) Nested(name string, read func(*Object)) {
	o.check(name, "object", true)
	raw, ok := o.take(name, "object", false, true)
	inner := &Object{b: o.b, where: o.where + "." + name, skip: !ok}
	if ok {
		_ = json.Unmarshal(raw, &inner.members)
	}
	if ok || o.b.schema != nil {
		read(inner)
	}
}

// EitherText reads a string that is not empty from the one of two members that
// holds one, the first where both do, and refuses where neither does.
func (o *Object) EitherText(first, second string, a, b *string) {
	o.check(first, "string", false)
	o.check(second, "string", false)
	if o.b.schema != nil {
		return
	}
	read := func(name string, to *string) bool {
		text := Kind(o.members[name]) == "string"
		if text {
			_ = json.Unmarshal(o.members[name], to)
		}
		return text
	}
	isFirst, isSecond := read(first, a), read(second, b)
	switch {
	case !o.skip && (*a != "" || *b != ""):
	case !o.skip && isFirst && !isSecond:
		o.b.issue(o.path(first), "Too small: expected string to have >=1 characters")
	case !o.skip && isSecond && !isFirst:
		o.b.issue(o.path(second), "Too small: expected string to have >=1 characters")
	default:
		o.b.issue(o.where, "Invalid input")
	}
}

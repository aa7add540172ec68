package input

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// EitherLists reads an object of lists of strings from the one of two members
// that holds one, and refuses where both do or neither.
func (o *Object) EitherLists(first, second string, a, b *map[string][]string) {
	o.check(first, "object", false)
	o.check(second, "object", false)
	if o.b.schema != nil {
		return
	}
	hasFirst, hasSecond := listsOf(o.members[first], a), listsOf(o.members[second], b)
	switch {
	case o.skip || !hasFirst && !hasSecond:
		o.b.issue(o.where, "Invalid input")
	case hasFirst && hasSecond:
		o.b.issue(o.where, "Invalid input: more than one option matched")
	}
}

// listsOf reads an object of lists of strings.
func listsOf(raw json.RawMessage, to *map[string][]string) bool {
	var members map[string]json.RawMessage
	if Kind(raw) != "object" || json.Unmarshal(raw, &members) != nil {
		return false
	}
	read := make(map[string][]string, len(members))
	for name, member := range members {
		list, ok := texts(member)
		if !ok {
			return false
		}
		read[name] = list
	}
	*to = read
	return true
}

// Lists reads an object of lists of strings.
func (o *Object) Lists(name string, to *map[string][]string) {
	o.check(name, "object", true)
	o.lists(name, true, to)
}

// OptLists is [Object.Lists] for a member that may be absent.
func (o *Object) OptLists(name string, to *map[string][]string) {
	o.check(name, "object", false)
	o.lists(name, false, to)
}

func (o *Object) lists(name string, required bool, to *map[string][]string) {
	if o.skip || o.b.schema != nil {
		return
	}
	var members map[string]json.RawMessage
	if o.record(name, required, &members); members == nil {
		return
	}
	*to = make(map[string][]string, len(members))
	for _, member := range slices.Sorted(maps.Keys(members)) {
		list, ok := texts(members[member])
		if !ok {
			o.refuseList(name+"."+member, members[member])
		}
		(*to)[member] = list
	}
}

// refuseList says what is wrong about a list of strings.
func (o *Object) refuseList(path string, raw json.RawMessage) {
	if kind := Kind(raw); kind != "array" {
		o.b.issue(o.path(path), "Invalid input: expected array, received "+kind)
		return
	}
	var items []json.RawMessage
	_ = json.Unmarshal(raw, &items)
	for i, item := range items {
		if kind := Kind(item); kind != "string" {
			o.b.issue(o.path(path)+"."+strconv.Itoa(i), "Invalid input: expected string, received "+kind)
		}
	}
}

package config

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Node is one value of a file, with its place. The nil Node is an absent
// value.
type Node struct {
	kind     kind
	text     string // of a scalar
	variable bool   // text holds a variable's value
	keys     []*Node
	values   []*Node // of an object, in the order of keys; of a list

	file         string
	path         string // keys from the root, joined by dots
	line, column int
}

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

func (k kind) String() string {
	return [...]string{"null", "true or false", "a number", "a text", "a list", "an object"}[k]
}

// Error is a fault of a file: where it is, and what would be right.
type Error struct {
	File         string
	Line, Column int    // from 1; 0 where the place is not known
	Key          string // path from the root; empty for the root itself
	Reason       string
}

// Error gives file:line:column: key: reason, as editors understand it.
func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Key == "" {
		return place + ": " + e.Reason
	}
	return place + ": " + e.Key + ": " + e.Reason
}

// Errorf returns an error at the node's place. A nil node has no place.
func (n *Node) Errorf(format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	if n == nil {
		return &Error{Reason: reason}
	}
	return &Error{n.file, n.line, n.column, n.path, reason}
}

// Path returns the keys from the root to the node, joined by dots.
func (n *Node) Path() string { return n.path }

// Get returns a member of an object, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil || n.kind != object {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key {
			return n.values[i]
		}
	}
	return nil
}

// At returns the node below n on a path of keys joined by dots; where the path
// ends early, the last node that is there.
func (n *Node) At(path string) *Node {
	for key := range strings.SplitSeq(path, ".") {
		below := n.Get(key)
		if below == nil {
			return n
		}
		n = below
	}
	return n
}

// Members calls f for each member of an object in the file's order, until it
// returns an error.
func (n *Node) Members(f func(key, value *Node) error) error {
	if n.kind != object {
		return n.Errorf("expected an object, found %s", n.kind)
	}
	for i, k := range n.keys {
		if err := f(k, n.values[i]); err != nil {
			return err
		}
	}
	return nil
}

// Name returns the text of a key or a text.
func (n *Node) Name() string { return n.text }

// IsObject reports whether the node is an object.
func (n *Node) IsObject() bool { return n != nil && n.kind == object }

// IsText reports whether the node is a text.
func (n *Node) IsText() bool { return n != nil && n.kind == text }

// IsList reports whether the node is a list.
func (n *Node) IsList() bool { return n != nil && n.kind == list }

// Bool returns the value of true and false; ok is false for all else.
func (n *Node) Bool() (value, ok bool) {
	if n == nil || n.kind != boolean && !(n.variable && (n.text == "true" || n.text == "false")) {
		return false, false
	}
	return n.text == "true", true
}

// maxDepth is far above what options nest.
const maxDepth = 32

// reader turns a parsed document into nodes.
type reader struct {
	file   string
	lookup func(string) (string, bool)
	faults []error
}

func (r *reader) read(y *yaml.Node, path string, depth int) *Node {
	n := &Node{file: r.file, path: path, line: y.Line, column: y.Column}
	if depth > maxDepth {
		r.fault(n, "nested too deeply")
		return n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = object
		r.members(n, y, depth)
	case yaml.SequenceNode:
		n.kind = list
		for i, item := range y.Content {
			n.values = append(n.values, r.read(item, fmt.Sprintf("%s[%d]", path, i), depth+1))
		}
	case yaml.AliasNode:
		r.fault(n, "anchors and aliases are not supported; write the value out")
	default:
		r.scalar(n, y)
	}
	return n
}

func (r *reader) members(n *Node, y *yaml.Node, depth int) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		name := y.Content[i].Value
		key := &Node{kind: text, text: name, file: r.file, path: join(n.path, name), line: y.Content[i].Line, column: y.Content[i].Column}
		if y.Content[i].Kind != yaml.ScalarNode || y.Content[i].Tag == "!!merge" {
			r.fault(key, "a key must be a plain text")
			continue
		}
		if n.Get(name) != nil {
			r.fault(key, "given twice; keep one of them")
			continue
		}
		n.values = append(n.values, r.read(y.Content[i+1], key.path, depth+1))
		n.keys = append(n.keys, key)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *reader) scalar(n *Node, y *yaml.Node) {
	n.text = y.Value
	switch y.Tag {
	case "!!null":
		n.kind = null
	case "!!bool":
		n.kind, n.text = boolean, strings.ToLower(y.Value)
	case "!!int", "!!float":
		n.kind = number
	case "!!str", "!!timestamp":
		n.kind = text
		expanded, used, err := expand(y.Value, r.lookup)
		if err != nil {
			r.fault(n, err.Error())
		}
		n.text, n.variable = expanded, used
	default:
		r.fault(n, "values of type "+y.Tag+" are not supported")
	}
}

func (r *reader) fault(n *Node, reason string) {
	r.faults = append(r.faults, n.Errorf("%s", reason))
}

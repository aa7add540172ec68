package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxSize is far above any configuration, and bounds what parsing costs.
const maxSize = 1 << 20

// Parse reads a file's data. The name stands in errors. lookup finds
// environment variables; nil means that none is set. An empty file is an
// empty object. Faults are [*Error] values, joined; where they are of single
// values, the node is returned with them, so that [Decode] can find more.
func Parse(name string, data []byte, lookup func(string) (string, bool)) (*Node, error) {
	if lookup == nil {
		lookup = func(string) (string, bool) { return "", false }
	}
	if len(data) > maxSize {
		return nil, &Error{File: name, Reason: "larger than 1 MiB"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	tree, err := parseTree(name, data)
	if err != nil {
		return nil, err
	}
	r := &reader{file: name, lookup: lookup}
	root := r.read(tree, "", 0)
	if root.kind == null {
		root.kind = object
	}
	if root.kind != object {
		return nil, root.Errorf("the file must hold an object, found %s", root.kind)
	}
	return root, errors.Join(r.faults...)
}

func parseTree(name string, data []byte) (*yaml.Node, error) {
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '{' {
		// YAML is a superset of JSON but for tabs, which it takes for
		// indentation, and its errors speak of things JSON does not have.
		p := &jsonParser{data: data, d: json.NewDecoder(bytes.NewReader(data))}
		p.d.UseNumber()
		return p.parse(name)
	}
	var document yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1, Column: 1}, nil
	case err != nil:
		return nil, yamlError(name, err)
	}
	var more yaml.Node
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Reason: "holds more than one document"}
	}
	return document.Content[0], nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

func yamlError(name string, err error) error {
	reason, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatchIndex(reason); m != nil {
		line, _ = strconv.Atoi(reason[m[2]:m[3]])
		reason = reason[m[1]:]
	}
	e := &Error{File: name, Line: line, Reason: "not valid YAML: " + reason}
	if line > 0 {
		e.Column = 1
	}
	return e
}

// jsonParser builds the tree that the YAML parser would, with places.
type jsonParser struct {
	data []byte
	d    *json.Decoder
}

func (p *jsonParser) parse(name string) (*yaml.Node, error) {
	n, err := p.value(0)
	if err == nil {
		if _, more := p.d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("text follows the object")
		}
	}
	if err == nil {
		return n, nil
	}
	offset := p.d.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = min(syntax.Offset, int64(len(p.data)))
		// The decoder counts the culprit in some errors, and not in others.
		if offset > 0 && strings.HasPrefix(syntax.Error(), fmt.Sprintf("invalid character '%c'", p.data[offset-1])) {
			offset--
		}
	}
	reason := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		reason = "it ends too early"
	}
	line, column := p.place(offset)
	return nil, &Error{File: name, Line: line, Column: column, Reason: "not valid JSON: " + reason}
}

// place turns an offset into line and column, counted from 1.
func (p *jsonParser) place(offset int64) (line, column int) {
	before := p.data[:min(int(offset), len(p.data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, len(before) - start + 1
}

// next skips to where the next token starts.
func (p *jsonParser) next() int64 {
	at := p.d.InputOffset()
	for int(at) < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[at]) >= 0 {
		at++
	}
	return at
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	if depth > 2*maxDepth {
		return nil, errors.New("nested too deeply")
	}
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = p.place(p.next())
	token, err := p.d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		return n, p.composite(n, t, depth)
	case string:
		n.Tag, n.Value = "!!str", t
	case json.Number:
		n.Tag, n.Value = "!!float", t.String()
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(t)
	default:
		n.Tag = "!!null"
	}
	return n, nil
}

func (p *jsonParser) composite(n *yaml.Node, open json.Delim, depth int) error {
	n.Kind = yaml.SequenceNode
	if open == '{' {
		n.Kind = yaml.MappingNode
	}
	for p.d.More() {
		// Keys and values alternate in an object, as in YAML's tree.
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, item)
	}
	_, err := p.d.Token()
	return err
}

var variable = regexp.MustCompile(`\$?\$\{([^}]*)\}`)
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand puts environment variables into a text and reports whether it did.
func expand(s string, lookup func(string) (string, bool)) (expanded string, used bool, err error) {
	expanded = variable.ReplaceAllStringFunc(s, func(match string) string {
		if strings.HasPrefix(match, "$$") {
			return match[1:]
		}
		used = true
		name, fallback, has := strings.Cut(match[2:len(match)-1], ":-")
		if !variableName.MatchString(name) {
			err = fmt.Errorf("%s is not a variable; write ${NAME} or ${NAME:-default}, and $${ for a plain ${", match)
			return ""
		}
		value, ok := lookup(name)
		switch {
		case has && value == "":
			return fallback
		case !ok:
			err = fmt.Errorf("the environment variable %s is not set; set it, or write ${%s:-default}", name, name)
		}
		return value
	})
	return expanded, used, err
}

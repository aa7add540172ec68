package config

import (
	"encoding/json"
	"strconv"
)

// JSON returns the node as JSON, variables put in.
func (n *Node) JSON() json.RawMessage {
	return n.appendJSON(nil)
}

func (n *Node) appendJSON(b []byte) []byte {
	switch n.kind {
	case null:
		return append(b, "null"...)
	case boolean:
		return append(b, n.text...)
	case number:
		if json.Valid([]byte(n.text)) {
			return append(b, n.text...)
		}
		f, err := n.number() // YAML's own spellings, such as 0x10
		if err != nil {
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	case list:
		b = append(b, '[')
		for i, item := range n.values {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	case object:
		b = append(b, '{')
		for i, key := range n.keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key.text), ':')
			b = n.values[i].appendJSON(b)
		}
		return append(b, '}')
	default:
		return appendText(b, n.text)
	}
}

func appendText(b []byte, s string) []byte {
	raw, _ := json.Marshal(s) // a string never fails
	return append(b, raw...)
}

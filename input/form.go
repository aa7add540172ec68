package input

import (
	"encoding/json"
	"iter"
	"strings"

	"github.com/watchword-auth/watchword/db"
)

// parseForm reads a form body. Of a name given more than once the last value
// counts.
func parseForm(data string) Raw {
	members := map[string]json.RawMessage{}
	for name, value := range pairs(data) {
		members[name] = db.AppendJSONString(nil, value)
	}
	return Raw{kind: "object", members: members, form: data}
}

// ParseQuery reads a query; a name given more than once becomes a list.
func ParseQuery(query string) Raw {
	if query == "" {
		return Raw{kind: "object"}
	}
	lists := map[string][]string{}
	for name, value := range pairs(query) {
		lists[name] = append(lists[name], value)
	}
	members := make(map[string]json.RawMessage, len(lists))
	for name, list := range lists {
		if len(list) == 1 {
			members[name] = db.AppendJSONString(nil, list[0])
			continue
		}
		raw := []byte{'['}
		for i, s := range list {
			if i > 0 {
				raw = append(raw, ',')
			}
			raw = db.AppendJSONString(raw, s)
		}
		members[name] = append(raw, ']')
	}
	return Raw{kind: "object", members: members}
}

// pairs reads application/x-www-form-urlencoded as the URL standard of WHATWG
// does, in which everything is valid: net/url drops what it takes for broken,
// and then a check could see another value than the client meant.
func pairs(text string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for pair := range strings.SplitSeq(text, "&") {
			if pair == "" {
				continue
			}
			name, value, _ := strings.Cut(pair, "=")
			if !yield(decodePlus(name), decodePlus(value)) {
				return
			}
		}
	}
}

func decodePlus(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

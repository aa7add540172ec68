package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

var (
	errNoJSON   = errors.New("db: not JSON")
	errNoObject = errors.New("db: not a JSON object")
)

// Valid is JSON text that is known to be valid, so that its structure needs no
// further checks. It comes from [Check], or is a part of one that did. Nil is
// none.
type Valid []byte

// Check returns the text as what it is, or an error where it is no JSON.
func Check(data []byte) (Valid, error) {
	if !json.Valid(data) {
		return nil, errNoJSON
	}
	return data, nil
}

// EachMember calls yield with the name and value of every member of an object,
// in order; both are parts of the text. A name given twice comes twice. It
// returns yield's first error, or one for what is no object. It allocates
// nothing.
func (data Valid) EachMember(yield func(name []byte, value Valid) error) error {
	i := skipSpace(data, 0)
	if i == len(data) || data[i] != '{' {
		return errNoObject
	}
	for i = skipSpace(data, i+1); data[i] != '}'; {
		name := i
		i = skipValue(data, i)
		end := i
		i = skipSpace(data, skipSpace(data, i)+1) // the colon
		raw := i
		i = skipValue(data, i)
		if err := yield(memberName(data[name:end]), data[raw:i]); err != nil {
			return err
		}
		if i = skipSpace(data, i); data[i] == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return nil
}

// memberName strips the quotes; a name with escapes is rare, and decoded.
func memberName(quoted []byte) []byte {
	if name, ok := plainText(quoted); ok {
		return name
	}
	var name string
	_ = json.Unmarshal(quoted, &name) // it is a valid string
	return []byte(name)
}

// plainText returns what stands between the quotes of a JSON string where that
// is the text itself.
func plainText(raw []byte) ([]byte, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return nil, false
	}
	raw = raw[1 : len(raw)-1]
	if slices.Contains(raw, '\\') {
		return nil, false
	}
	return raw, utf8.Valid(raw)
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns where the value that begins at i ends.
func skipValue(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch data[i] {
		case '"':
			i = skipString(data, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

func skipString(data []byte, i int) int {
	for i++; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// ParseJSON fills a row from a JSON object as [Table.AppendJSON] and the
// reference write it. Columns that are absent keep what the row held; unknown
// members are ignored.
func (t *Table[T]) ParseJSON(data Valid, row *T) error {
	t.Bind(row)
	err := data.EachMember(func(name []byte, raw Valid) error {
		for _, f := range t.fields {
			if f.column.Name != string(name) {
				continue
			}
			if err := parseInto(f.dest(row), f.column.Kind, raw); err != nil {
				return fmt.Errorf("member %q: %w", name, err)
			}
			break
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("db: row of %q: %w", t.Name, err)
	}
	return nil
}

// parseInto stores a JSON value in a destination. The cases at the top are
// what rows mostly consist of.
func parseInto(dest any, kind Kind, raw []byte) error {
	text, plain := plainText(raw)
	switch d := dest.(type) {
	case *string:
		if plain {
			*d = string(text)
			return nil
		}
	case **string:
		if plain {
			s := string(text)
			*d = &s
			return nil
		}
	case *time.Time:
		if at, ok := ParseISO(string(text)); plain && ok {
			*d = at
			return nil
		}
	case *bool:
		if len(raw) > 0 && (raw[0] == 't' || raw[0] == 'f') {
			*d = raw[0] == 't'
			return nil
		}
	}
	data, err := ParseValue(kind, raw)
	if err != nil {
		return err
	}
	return Store(dest, data)
}

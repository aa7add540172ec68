package db

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends a row as a JSON object in column order, as clients see
// it: hidden columns and those of [Table.OmitEmpty] are left out, NULL is null,
// times are in the form of [AppendTime].
func (t *Table[T]) AppendJSON(b []byte, row *T) []byte {
	return t.appendJSON(b, row, false)
}

// AppendStoredJSON is [Table.AppendJSON] with hidden columns, for storage that
// clients do not see.
func (t *Table[T]) AppendStoredJSON(b []byte, row *T) []byte {
	return t.appendJSON(b, row, true)
}

func (t *Table[T]) appendJSON(b []byte, row *T, hidden bool) []byte {
	b = append(b, '{')
	first := true
	for _, f := range t.fields {
		if f.column.Hidden && !hidden {
			continue
		}
		dest := f.dest(row)
		if v, added := dest.(*Value); added && v.omit {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = AppendJSONString(b, f.column.Name)
		b = append(b, ':')
		b = appendDest(b, dest, f.column.Kind)
	}
	return append(b, '}')
}

// ParseValue reads one JSON value as the Go type of a kind; null is nil.
func ParseValue(kind Kind, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch kind {
	case KindBool:
		return parseAs[bool](raw)
	case KindInt, KindBigInt:
		return parseAs[int64](raw)
	case KindTime:
		text, err := parseAs[string](raw)
		if err != nil {
			return nil, err
		}
		return ParseTime(text.(string))
	case KindJSON:
		return append(json.RawMessage(nil), raw...), nil
	case KindNumber:
		return parseAs[float64](raw)
	case KindTextList:
		return parseAs[[]string](raw)
	case KindNumberList:
		return parseAs[[]float64](raw)
	default:
		return parseAs[string](raw)
	}
}

func parseAs[V any](raw json.RawMessage) (any, error) {
	var v V
	err := json.Unmarshal(raw, &v)
	return v, err
}

func appendDest(b []byte, dest any, kind Kind) []byte {
	switch d := dest.(type) {
	case *string:
		return AppendJSONString(b, *d)
	case *bool:
		return strconv.AppendBool(b, *d)
	case *int64:
		return strconv.AppendInt(b, *d, 10)
	case *time.Time:
		return appendQuotedTime(b, *d)
	default:
		return appendAny(b, Load(dest, kind))
	}
}

func appendAny(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return AppendJSONString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return AppendJSONNumber(b, v)
	case time.Time:
		return appendQuotedTime(b, v)
	case json.RawMessage:
		return append(b, v...)
	case []string:
		return appendTexts(b, v)
	case []float64:
		return AppendJSONNumbers(b, v)
	default:
		panic(fmt.Sprintf("db: %T has no JSON form", v))
	}
}

func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSONString(b, s)
	}
	return append(b, ']')
}

func appendQuotedTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = AppendTime(b, t)
	return append(b, '"')
}

// AppendJSONNumbers appends a list of numbers as [AppendJSONNumber] does one.
func AppendJSONNumbers(b []byte, list []float64) []byte {
	b = append(b, '[')
	for i, f := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSONNumber(b, f)
	}
	return append(b, ']')
}

// AppendJSONNumber appends a number as JavaScript's JSON.stringify writes it:
// NaN and the infinities are null, minus zero is 0.
func AppendJSONNumber(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	if f == 0 {
		return append(b, '0')
	}
	form := byte('f')
	if size := math.Abs(f); size < 1e-6 || size >= 1e21 {
		form = 'e'
	}
	b = strconv.AppendFloat(b, f, form, -1, 64)
	// Go pads exponents to two digits.
	if n := len(b); form == 'e' && n >= 4 && b[n-4] == 'e' && b[n-2] == '0' {
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}

const hexDigits = "0123456789abcdef"

// AppendJSONString appends a string as JavaScript's JSON.stringify writes it:
// only quotes, backslashes and control characters are escaped. Bytes that are
// not UTF-8 become U+FFFD.
func AppendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = appendEscape(append(b, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	default:
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

package input

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/db"
)

// lenientValue makes of a JSON value of another type than a column's what the
// reference's databases make of it, as far as it is a value of that type then:
// numbers and truth values are texts, numerals are numbers, 0 and 1 are truth
// values. It reports false for all else.
func lenientValue(d db.Dialect, kind db.Kind, raw json.RawMessage) (any, bool) {
	switch kind {
	case db.KindText:
		text, ok := ScalarText(d, raw)
		return text, ok
	case db.KindNumber:
		f, ok := numeral(raw)
		return f, ok
	case db.KindInt, db.KindBigInt:
		f, ok := numeral(raw)
		return int64(f), ok && wholeNumber(kind, f)
	case db.KindBool:
		switch string(raw) {
		case "0", `"false"`:
			return false, true
		case "1", `"true"`:
			return true, true
		}
	}
	return nil, false
}

// ScalarText is the text that a database keeps of a number or a truth value,
// as the reference hands them over. It reports false for all else.
func ScalarText(d db.Dialect, raw json.RawMessage) (string, bool) {
	switch kind := Kind(raw); {
	case kind == "boolean" && d == db.Postgres, kind == "boolean" && d == db.Memory:
		return string(raw), true
	case kind == "boolean" && raw[0] == 't':
		raw = json.RawMessage("1")
	case kind == "boolean":
		raw = json.RawMessage("0")
	case kind != "number":
		return "", false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return "", false
	}
	if d == db.SQLite {
		return sqliteText(f), true
	}
	return string(db.AppendJSONNumber(nil, f)), true
}

// sqliteText is how SQLite keeps a number in a column of text: with 15 digits,
// and a point always.
func sqliteText(f float64) string {
	text := strconv.FormatFloat(f, 'g', 15, 64)
	digits, exponent, scaled := strings.Cut(text, "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	if scaled {
		return digits + "e" + exponent
	}
	return digits
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// numeral reads a number that came as a text, as those of forms do, or a truth
// value.
func numeral(raw json.RawMessage) (float64, bool) {
	switch Kind(raw) {
	case "boolean":
		if raw[0] == 't' {
			return 1, true
		}
		return 0, true
	case "string":
		var text string
		_ = json.Unmarshal(raw, &text)
		if text = strings.TrimSpace(text); !decimal.MatchString(text) {
			return 0, false
		}
		f, err := strconv.ParseFloat(text, 64)
		return f, err == nil
	}
	return 0, false
}

// wholeNumber reports whether a column of integers can hold the number, and
// JavaScript can tell it from its neighbours.
func wholeNumber(kind db.Kind, f float64) bool {
	return f == math.Trunc(f) && math.Abs(f) <= 1<<53 && (kind != db.KindInt || math.Abs(f) <= math.MaxInt32)
}

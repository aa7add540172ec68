package input

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// FillDefaults fills added columns that are NULL with their defaults.
func FillDefaults[T any](t *db.Table[T], row *T) {
	t.Bind(row)
	for _, c := range t.Columns {
		if d := c.Input.Default; d != nil && t.Get(row, c) == nil {
			_ = t.Set(row, c, whole(c.Kind, d())) // [Fits] was asked at start-up
		}
	}
}

// CreateFields puts what a client sent for added columns into a row that is
// being created: defaults for what is absent or null, a refusal for what is required
// or not the client's to set.
func CreateFields[T any](t *db.Table[T], row *T, sent map[string]json.RawMessage) error {
	t.Bind(row)
	for _, c := range t.Columns {
		if !c.Added() {
			continue
		}
		raw, given := sent[c.Name]
		data, err := createValue(t.Dialect, c, raw, given)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		if err := t.Set(row, c, data); err != nil {
			return fieldTypeError(c, raw)
		}
	}
	return nil
}

func createValue(d db.Dialect, c *db.Column, raw json.RawMessage, given bool) (any, error) {
	in := &c.Input
	if !in.Accept {
		refused := given && Truthy(raw)
		switch {
		case in.Default != nil && (!in.Refuse || !refused):
			return whole(c.Kind, in.Default()), nil
		case refused:
			return nil, &Error{Reason: NotAllowed, Message: c.Name + " is not allowed to be set"}
		}
		return nil, nil
	}
	if !given || string(raw) == "null" && in.Default != nil {
		switch {
		case in.Default != nil:
			return whole(c.Kind, in.Default()), nil
		case in.Required:
			return nil, &Error{Reason: Missing, Message: c.Name + " is required"}
		}
		return nil, nil
	}
	if string(raw) == "null" && !c.Null {
		return nil, fieldTypeError(c, raw)
	}
	return fieldValue(d, c, raw)
}

// UpdateFields turns what a client sent for added columns into assignments.
// Columns that were not sent stay as they are.
func UpdateFields[T any](t *db.Table[T], sent map[string]json.RawMessage) ([]db.Assign[T], error) {
	var set []db.Assign[T]
	for _, c := range t.Columns {
		if !c.Added() {
			continue
		}
		raw, given := sent[c.Name]
		switch {
		case !given && c.Input.OnUpdate != nil:
			set = append(set, db.ToAny(t, c, whole(c.Kind, c.Input.OnUpdate())))
		case !given:
		case !c.Input.Accept:
			if Truthy(raw) {
				return nil, &Error{Reason: NotAllowed, Message: c.Name + " is not allowed to be set"}
			}
		default:
			data, err := fieldValue(t.Dialect, c, raw)
			if err != nil {
				return nil, err
			}
			if data == nil && !c.Null {
				return nil, fieldTypeError(c, raw)
			}
			set = append(set, db.ToAny(t, c, data))
		}
	}
	return set, nil
}

// fieldValue reads, validates and transforms one value.
func fieldValue(d db.Dialect, c *db.Column, raw json.RawMessage) (any, error) {
	data, err := parseField(c, raw)
	if err != nil {
		var ok bool
		if data, ok = lenientValue(d, c.Kind, raw); !ok {
			return nil, fieldTypeError(c, raw)
		}
	}
	in := &c.Input
	if text, ok := data.(string); ok && len(in.Options) > 0 && !slices.Contains(in.Options, text) {
		return nil, &Error{Reason: Invalid, Message: c.Name + " is not one of the allowed values"}
	}
	if in.Validate != nil && data != nil {
		if err := in.Validate(data); err != nil {
			return nil, &Error{Reason: Invalid, Message: err.Error(), Err: err}
		}
	}
	if in.Transform != nil && data != nil {
		if data, err = in.Transform(data); err == nil && !Fits(c.Kind, data) {
			err = fmt.Errorf("input: Transform of column %q made %T, not a %s", c.Name, data, c.Kind)
		}
		return whole(c.Kind, data), err
	}
	return data, nil
}

// Fits reports whether a column of the kind can hold what an application's
// function made. Whole numbers of type int fit columns of numbers.
func Fits(kind db.Kind, data any) bool {
	switch whole(kind, data).(type) {
	case nil:
		return true
	case string:
		return kind == db.KindText || kind == db.KindID
	case bool:
		return kind == db.KindBool
	case int64:
		return kind == db.KindInt || kind == db.KindBigInt
	case time.Time:
		return kind == db.KindTime
	case json.RawMessage:
		return kind == db.KindJSON
	case float64:
		return kind == db.KindNumber
	case []string:
		return kind == db.KindTextList
	case []float64:
		return kind == db.KindNumberList
	}
	return false
}

// whole spares applications the conversion of untyped constants, which are
// int, and of whole numbers for columns of any numbers.
func whole(kind db.Kind, data any) any {
	if n, ok := data.(int); ok {
		data = int64(n)
	}
	if n, ok := data.(int64); ok && kind == db.KindNumber {
		return float64(n)
	}
	return data
}

func parseField(c *db.Column, raw json.RawMessage) (any, error) {
	if c.Kind == db.KindTime && Kind(raw) == "string" {
		var text string
		_ = json.Unmarshal(raw, &text)
		return parseInstant(text)
	}
	if c.Kind != db.KindInt && c.Kind != db.KindBigInt || Kind(raw) != "number" {
		return db.ParseValue(c.Kind, raw)
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || !wholeNumber(c.Kind, f) {
		return nil, fmt.Errorf("%s does not fit", raw)
	}
	return int64(f), nil
}

// instants are the forms of ECMA-262, section 21.4.1.32, and those of its
// Date.toUTCString and of SQL.
var instants = []string{
	time.DateOnly, "2006-01", "2006", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
	time.DateTime, http.TimeFormat,
}

// parseInstant reads an instant. A day stands for its beginning; what names no
// zone is UTC.
func parseInstant(text string) (time.Time, error) {
	for _, form := range instants {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC().Truncate(time.Millisecond), nil
		}
	}
	return db.ParseTime(text)
}

func fieldTypeError(c *db.Column, raw json.RawMessage) error {
	return &Error{Reason: Unfit,
		Message: fmt.Sprintf("[body.%s] Invalid input: expected %s, received %s", c.Name, c.Kind, Kind(raw))}
}

// Truthy is JavaScript's idea of it: neither null, false, 0, "" nor absent.
func Truthy(raw json.RawMessage) bool {
	switch string(raw) {
	case "null", "false", "0", `""`, "":
		return false
	}
	return true
}

package input

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/db"
)

// StrictFields returns what was sent for the added columns that clients may
// set, and drops the rest. It refuses what is not of a column's kind in the
// words of a [Binder]: for endpoints that the reference declares the columns
// of. Where is the object that was sent, such as "body"; in a partial one no
// column need be given.
func StrictFields[T any](t *db.Table[T], where string, sent map[string]json.RawMessage, partial bool) (map[string]json.RawMessage, error) {
	own, issues := map[string]json.RawMessage{}, []string(nil)
	for _, c := range t.Columns {
		if !c.Added() || !c.Input.Accept {
			continue
		}
		raw, given := sent[c.Name]
		if given {
			own[c.Name] = raw
		} else if partial {
			continue
		}
		for path, text := range strictIssues(c, raw, given) {
			issues = append(issues, "["+where+"."+c.Name+path+"] Invalid input: "+text)
		}
	}
	if len(issues) > 0 {
		return nil, &Error{Reason: Invalid, Message: strings.Join(issues, "; ")}
	}
	return own, nil
}

// strictIssues yields what is wrong with a value, and where in it. Texts of
// which only some are allowed, and instants, which JSON has none of, are left
// to those who read them.
func strictIssues(c *db.Column, raw json.RawMessage, given bool) func(yield func(path, text string) bool) {
	return func(yield func(path, text string) bool) {
		got, want := receivedKind(raw), strictKind(c.Kind)
		switch {
		case c.Null && (!given || got == "null"), given && (c.Kind == db.KindTime || c.Kind == db.KindJSON || len(c.Input.Options) > 0):
			return
		case c.Kind != db.KindTextList && c.Kind != db.KindNumberList:
			if got != want {
				yield("", "expected "+want+", received "+got)
			}
			return
		case got != "array":
			yield("", "expected array, received "+got)
			return
		}
		var items []json.RawMessage
		_ = json.Unmarshal(raw, &items) // it is a valid array
		for i, item := range items {
			if got := receivedKind(item); got != want && !yield("."+strconv.Itoa(i), "expected "+want+", received "+got) {
				return
			}
		}
	}
}

// strictKind is what a value, or an item of a list, is in JSON.
func strictKind(k db.Kind) string {
	switch k {
	case db.KindID:
		return "string"
	case db.KindBigInt:
		return "number"
	}
	return strings.TrimSuffix(k.String(), "[]")
}

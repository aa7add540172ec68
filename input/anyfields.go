package input

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/db"
)

// AnyFields turns values for any column but the key into assignments, those
// too that clients may not set themselves: for administrators. Members that
// are no column are left out.
func AnyFields[T any](t *db.Table[T], sent map[string]json.RawMessage) ([]db.Assign[T], error) {
	var set []db.Assign[T]
	for _, c := range t.Columns {
		raw, given := sent[c.Name]
		if !given || c.PrimaryKey {
			continue
		}
		data, err := anyValue(t.Dialect, c, raw)
		if err != nil {
			return nil, err
		}
		set = append(set, db.ToAny(t, c, data))
	}
	return set, nil
}

// SetAnyFields is [AnyFields] for a row that is being created.
func SetAnyFields[T any](t *db.Table[T], row *T, sent map[string]json.RawMessage) error {
	set, err := AnyFields(t, sent)
	if err != nil {
		return err
	}
	t.Bind(row)
	for _, a := range set {
		if err := t.Set(row, a.Column, a.Value); err != nil {
			return err
		}
	}
	return nil
}

func anyValue(d db.Dialect, c *db.Column, raw json.RawMessage) (any, error) {
	if string(raw) == "null" && !c.Null {
		return nil, fieldTypeError(c, raw)
	}
	return fieldValue(d, c, raw)
}

// MarshalFields encodes an input and, beside its own members, values of added
// columns: for inputs that implement json.Marshaler, so that a call in
// process passes both on. The input's own members win.
func MarshalFields(in any, fields map[string]json.RawMessage) ([]byte, error) {
	own, err := json.Marshal(in)
	if err != nil || len(fields) == 0 {
		return own, err
	}
	b, err := json.Marshal(fields)
	if err != nil || len(own) <= len("{}") {
		return b, err
	}
	b[len(b)-1] = ','
	return append(b, own[1:]...), nil
}

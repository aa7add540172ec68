package memory

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// matchAll says whether a row meets all conditions.
func (t *table) matchAll(r *row, conds []db.Cond) bool {
	for i := range conds {
		if !t.match(r, &conds[i]) {
			return false
		}
	}
	return true
}

// match has no third truth value: without negation, unknown and false are one.
func (t *table) match(r *row, c *db.Cond) bool {
	switch c.Op {
	case db.OpAnd:
		return t.matchAll(r, c.Group)
	case db.OpOr:
		return slices.ContainsFunc(c.Group, func(c db.Cond) bool { return t.match(r, &c) })
	}
	v := r.at(t.slot(c.Column))
	switch c.Op {
	case db.OpIsNull:
		return v == nil
	case db.OpNotNull:
		return v != nil
	case db.OpIn:
		return v != nil && slices.ContainsFunc(c.Values, func(o any) bool { return compare(v, o, c.Fold) == 0 })
	case db.OpNotIn:
		return len(c.Values) == 0 || v != nil &&
			!slices.ContainsFunc(c.Values, func(o any) bool { return o == nil || compare(v, o, c.Fold) == 0 })
	}
	return v != nil && c.Value != nil && matchOne(v, c)
}

func matchOne(v any, c *db.Cond) bool {
	switch c.Op {
	case db.OpContains, db.OpStartsWith, db.OpEndsWith:
		text, ok := v.(string)
		part, isText := c.Value.(string)
		return ok && isText && matchPart(fold(text, c.Fold), fold(part, c.Fold), c.Op)
	}
	order := compare(v, c.Value, c.Fold)
	if order == incomparable {
		return false
	}
	switch c.Op {
	case db.OpEq:
		return order == 0
	case db.OpNe:
		return order != 0
	case db.OpLt:
		return order < 0
	case db.OpLte:
		return order <= 0
	case db.OpGt:
		return order > 0
	case db.OpGte:
		return order >= 0
	default:
		return false
	}
}

func matchPart(text, part string, op db.Op) bool {
	switch op {
	case db.OpStartsWith:
		return strings.HasPrefix(text, part)
	case db.OpEndsWith:
		return strings.HasSuffix(text, part)
	default:
		return strings.Contains(text, part)
	}
}

func fold(s string, on bool) string {
	if on {
		return strings.ToLower(s)
	}
	return s
}

// incomparable is the order of values of different types, and of NULL.
const incomparable = 2

// compare orders two values of one type: text by its bytes, false before true.
func compare(a, b any, folded bool) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(fold(a, folded), fold(b, folded))
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(rank(a), rank(b))
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b.Truncate(time.Millisecond))
		}
	case json.RawMessage:
		if b, ok := b.(json.RawMessage); ok {
			return bytes.Compare(a, b)
		}
	case []string:
		if b, ok := b.([]string); ok {
			return slices.Compare(a, b)
		}
	}
	return incomparable
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNull is compare for sorting, with NULL before all values.
func compareNull(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(a != nil), rank(b != nil))
	}
	return compare(a, b, false)
}

package sqlgen

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/db"
)

// maxList is how many values a list may have: engines take a bounded number
// of parameters, SQLite the fewest with 32766.
const maxList = 16384

var errLongList = errors.New("db: too many values in one list")

// appendStored appends a value as it is to be stored.
func (g *Generator) appendStored(args []any, def *db.Def, c *db.Column, v any) ([]any, error) {
	if text, ok := v.(string); ok && c.Kind == db.KindID && def.IDs != db.IDText {
		key, ok := g.key(def, text)
		if !ok {
			return nil, fmt.Errorf("db: %s.%s: not a key of this table", def.Name, c.Name)
		}
		return append(args, key), nil
	}
	arg, err := g.value(v)
	if err != nil {
		return nil, fmt.Errorf("db: %s.%s: %w", def.Name, c.Name, err)
	}
	return append(args, arg), nil
}

// value converts data to what the dialect stores.
func (g *Generator) value(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int64:
		return v, nil
	case float64:
		return number(v), nil
	case bool:
		if g.options.Dialect == db.SQLite {
			return int64(boolByte(v)), nil
		}
		return v, nil
	case time.Time:
		if g.options.Dialect == db.SQLite {
			return string(db.AppendTime(make([]byte, 0, 24), v)), nil
		}
		return v.UTC().Truncate(time.Millisecond), nil
	case json.RawMessage:
		if v == nil {
			return nil, nil
		}
		return string(v), nil
	case []string:
		if v == nil {
			return nil, nil
		}
		return textList(v), nil
	case []float64:
		if v == nil {
			return nil, nil
		}
		return string(db.AppendJSONNumbers(nil, v)), nil
	default:
		return nil, fmt.Errorf("a column cannot hold %T", v)
	}
}

// number is a whole number where it is one: the column holds integers, which
// engines convert other numbers to only with a loss or not at all.
func number(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return int64(f)
	}
	return f
}

func textList(list []string) string {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = db.AppendJSONString(b, s)
	}
	return string(append(b, ']'))
}

// key converts a key to the type it has in the database and reports whether
// it is one in its usual spelling. Engines would take "7 " or "7x" for 7.
func (g *Generator) key(def *db.Def, text string) (any, bool) {
	switch {
	case def.IDs == db.IDSerial:
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil && strconv.FormatInt(n, 10) == text
	case def.IDs == db.IDUUID && g.options.Dialect == db.Postgres:
		return text, isUUIDText(text)
	default:
		return text, true
	}
}

func isUUIDText(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// noKey is a value of the key's type that no row has. Text that cannot be a
// key is compared as this: the answer is right and no engine complains.
func noKey(def *db.Def) any {
	if def.IDs == db.IDSerial {
		return int64(-1)
	}
	return "00000000-0000-0000-0000-000000000000"
}

func (g *Generator) appendConds(args []any, def *db.Def, conds []db.Cond) ([]any, error) {
	var err error
	for i := range conds {
		if args, err = g.appendCond(args, def, &conds[i]); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func (g *Generator) appendCond(args []any, def *db.Def, c *db.Cond) ([]any, error) {
	switch c.Op {
	case db.OpAnd, db.OpOr:
		return g.appendConds(args, def, c.Group)
	case db.OpIsNull, db.OpNotNull:
		return args, nil
	case db.OpContains, db.OpStartsWith, db.OpEndsWith:
		part, ok := c.Value.(string)
		if !ok {
			return nil, fmt.Errorf("db: %s.%s: a pattern is text, not %T", def.Name, c.Column.Name, c.Value)
		}
		if g.options.Dialect == db.SQLite && strings.ContainsRune(part, 0) {
			return append(args, nil), nil // its patterns end at a NUL
		}
		if g.refuses(part) {
			part = noText
		}
		return append(args, g.pattern(c, part)), nil
	case db.OpIn, db.OpNotIn:
		return g.appendList(args, def, c)
	case db.OpEq, db.OpNe, db.OpLt, db.OpLte, db.OpGt, db.OpGte:
		arg, err := g.compared(def, c.Column, c.Value)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if repeats(g.options.Dialect, def, c) == 2 {
			args = append(args, arg)
		}
		return args, nil
	default:
		return nil, fmt.Errorf("db: unknown operator %d", c.Op)
	}
}

// compared converts a value that a column is compared with.
func (g *Generator) compared(def *db.Def, c *db.Column, v any) (any, error) {
	if text, ok := v.(string); ok && c.Kind == db.KindID && def.IDs != db.IDText {
		if key, ok := g.key(def, text); ok {
			return key, nil
		}
		return noKey(def), nil
	} else if ok && g.refuses(text) {
		return noText, nil
	}
	arg, err := g.value(v)
	if err != nil {
		return nil, fmt.Errorf("db: %s.%s: %w", def.Name, c.Name, err)
	}
	return arg, nil
}

// noText is a text that no row has.
const noText = "\U0010ffff\U0010fffe no such text \U0010fffe\U0010ffff"

// refuses tells whether the engine would fail to even look for a text.
// PostgreSQL holds no NUL, and it and MySQL hold UTF-8 only. Such texts come
// from clients, and the right answer is that there is no such row: they are
// compared as noText.
func (g *Generator) refuses(text string) bool {
	d := g.options.Dialect
	return d != db.SQLite && !utf8.ValidString(text) || d == db.Postgres && strings.ContainsRune(text, 0)
}

// appendList appends a list, filled up with its last value to the length that
// the text has.
func (g *Generator) appendList(args []any, def *db.Def, c *db.Cond) ([]any, error) {
	if len(c.Values) > maxList {
		return nil, fmt.Errorf("%w: %s.%s: %d", errLongList, def.Name, c.Column.Name, len(c.Values))
	}
	for range repeats(g.options.Dialect, def, c) {
		for i := range listLength(len(c.Values)) {
			arg, err := g.compared(def, c.Column, c.Values[min(i, len(c.Values)-1)])
			if err != nil {
				return nil, err
			}
			args = append(args, arg)
		}
	}
	return args, nil
}

// pattern writes a literal part as the dialect's pattern.
func (g *Generator) pattern(c *db.Cond, part string) string {
	rest, escaped := "%", likeEscaper.Replace(part)
	if g.options.Dialect == db.SQLite && !c.Fold {
		rest, escaped = "*", globEscaper.Replace(part)
	}
	switch c.Op {
	case db.OpStartsWith:
		return escaped + rest
	case db.OpEndsWith:
		return rest + escaped
	default:
		return rest + escaped + rest
	}
}

var (
	likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	globEscaper = strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`)
)

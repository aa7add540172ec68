package sqlgen

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// Row is reusable room for the reading of rows and the arguments of a
// statement. Get one from [Generator.Row] and give it back.
type Row struct {
	// Args is room for a statement's arguments.
	Args  []any
	cells []cell
	dests []any
}

// Row returns room from the pool.
func (g *Generator) Row() *Row { return g.rows.Get().(*Row) }

// Free gives room back to the pool. The row must not be used afterwards.
func (g *Generator) Free(r *Row) {
	clear(r.Args) // values must not outlive their request
	r.Args = r.Args[:0]
	for i := range r.cells {
		r.cells[i].dest = nil
	}
	g.rows.Put(r)
}

// Dests returns scanners that fill the places, which belong to the columns.
// They are valid until the next call and never copied.
func (r *Row) Dests(columns []*db.Column, places []any) []any {
	if len(r.cells) != len(columns) {
		r.resize(len(columns))
	}
	for i, c := range columns {
		r.cells[i].column, r.cells[i].dest = c, places[i]
	}
	return r.dests
}

func (r *Row) resize(n int) {
	if n > cap(r.cells) {
		r.cells = make([]cell, n)
		r.dests = make([]any, n)
		for i := range r.cells {
			r.dests[i] = &r.cells[i]
		}
	}
	r.cells, r.dests = r.cells[:n], r.dests[:n]
}

// cell is one destination. It implements sql.Scanner.
type cell struct {
	dest   any
	column *db.Column
}

// Scan takes a driver's value. The pairs at the top are what almost every
// read consists of.
func (c *cell) Scan(src any) error {
	switch v := src.(type) {
	case string:
		switch d := c.dest.(type) {
		case *string:
			*d = v
			return nil
		case **string:
			p := new(string)
			*p = v
			*d = p
			return nil
		case *time.Time:
			if t, ok := db.ParseISO(v); ok {
				*d = t
				return nil
			}
		}
	case int64:
		switch d := c.dest.(type) {
		case *bool:
			*d = v != 0
			return nil
		case *int64:
			*d = v
			return nil
		}
	case nil:
		if d, ok := c.dest.(**string); ok {
			*d = nil
			return nil
		}
	}
	data, err := Data(c.column.Kind, src)
	if err == nil {
		err = db.Store(c.dest, data)
	}
	if err != nil {
		return fmt.Errorf("db: column %q: %w", c.column.Name, err)
	}
	return nil
}

// Data converts what a driver returned for a column of the kind to one of the
// types of [db.Data]; nil stays nil. Bytes are copied.
func Data(kind db.Kind, src any) (any, error) {
	if b, ok := src.([]byte); ok {
		src = string(b)
	}
	if src == nil {
		return nil, nil
	}
	switch kind {
	case db.KindBool:
		return toBool(src)
	case db.KindInt, db.KindBigInt:
		return toInt(src)
	case db.KindTime:
		return toTime(src)
	case db.KindJSON:
		text, err := toText(src)
		return json.RawMessage(text), err
	case db.KindTextList:
		return toList[string](src)
	case db.KindNumberList:
		return toList[float64](src)
	case db.KindNumber:
		return toNumber(src)
	default:
		return toText(src)
	}
}

func unexpected(src any) error { return fmt.Errorf("unexpected %T", src) }

func toBool(src any) (any, error) {
	switch v := src.(type) {
	case bool:
		return v, nil
	case int64:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case string:
		b, err := strconv.ParseBool(v)
		if err != nil {
			return nil, errors.New("unexpected text for a boolean")
		}
		return b, nil
	}
	return nil, unexpected(src)
}

func toInt(src any) (any, error) {
	switch v := src.(type) {
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case float64:
		return int64(v), nil
	case bool:
		return int64(boolByte(v)), nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, errors.New("unexpected text for a number")
		}
		return n, nil
	}
	return nil, unexpected(src)
}

func toNumber(src any) (any, error) {
	switch v := src.(type) {
	case float64:
		return v, nil
	case float32:
		return float64(v), nil
	case string:
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return nil, errors.New("unexpected text for a number")
		}
		return f, nil
	}
	whole, err := toInt(src)
	if err != nil {
		return nil, err
	}
	return float64(whole.(int64)), nil
}

func toText(src any) (string, error) {
	switch v := src.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return string(db.AppendTime(nil, v)), nil
	}
	return "", unexpected(src)
}

// toList reads a JSON array, or JSON text that holds one.
func toList[V any](src any) (any, error) {
	text, err := toText(src)
	if err != nil {
		return nil, err
	}
	var list []V
	if err = json.Unmarshal([]byte(text), &list); err == nil {
		return list, nil
	}
	var inner string
	if json.Unmarshal([]byte(text), &inner) == nil && json.Unmarshal([]byte(inner), &list) == nil {
		return list, nil
	}
	return nil, errors.New("unexpected text for a list")
}

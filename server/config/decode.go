package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Seconds is a duration that files give as a number of seconds.
type Seconds time.Duration

// Duration returns the duration; nil is zero.
func (s *Seconds) Duration() time.Duration {
	if s == nil {
		return 0
	}
	return time.Duration(*s)
}

// Decoder is a type that reads its own node: where a file may give more than
// one kind of value.
type Decoder interface{ DecodeConfig(n *Node) error }

// Decode reads a node into what a pointer leads to: a struct whose fields
// have `key` or `json` tags, text, bool, int, int64, float64, [Seconds],
// pointers to these (nil where absent), slices, maps keyed by text, [*Node]
// for a part to be read later, [json.RawMessage] for any value, a [Decoder],
// or a [json.Unmarshaler]. A member that is null is as if absent. Faults are
// [*Error] values, joined.
func Decode(n *Node, into any) error {
	return decode(n, reflect.ValueOf(into).Elem())
}

func decode(n *Node, v reflect.Value) error {
	if d, ok := reflect.TypeAssert[Decoder](v.Addr()); ok {
		return d.DecodeConfig(n)
	}
	switch target := v.Addr().Interface().(type) {
	case **Node:
		*target = n
		return nil
	case *json.RawMessage:
		*target = n.JSON()
		return nil
	case *Seconds:
		return decodeSeconds(n, target)
	case json.Unmarshaler:
		if err := target.UnmarshalJSON(n.JSON()); err != nil {
			return n.Errorf("%s is not what is expected here", n.found())
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(n, v.Elem())
	case reflect.Struct:
		return decodeStruct(n, v)
	case reflect.Slice:
		return decodeList(n, v)
	case reflect.Map:
		return decodeMap(n, v)
	case reflect.String:
		if n.kind != text {
			return n.Errorf("expected a text, found %s", n.found())
		}
		v.SetString(n.text)
	case reflect.Bool:
		value, ok := n.Bool()
		if !ok {
			return n.Errorf("expected true or false, found %s", n.found())
		}
		v.SetBool(value)
	case reflect.Int, reflect.Int64:
		f, err := n.number()
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return n.Errorf("expected a whole number, found %s", n.found())
		}
		v.SetInt(int64(f))
	case reflect.Float64:
		f, err := n.number()
		if err != nil {
			return n.Errorf("expected a number, found %s", n.found())
		}
		v.SetFloat(f)
	default:
		panic(fmt.Sprintf("config: a file cannot be read into %s", v.Type()))
	}
	return nil
}

// found describes a value without showing texts, which may be secrets.
func (n *Node) found() string {
	switch n.kind {
	case number, boolean:
		return n.text
	case text:
		if n.variable {
			return "a text from the environment"
		}
	}
	return n.kind.String()
}

func (n *Node) number() (float64, error) {
	if n.kind != number && (n.kind != text || !n.variable) {
		return 0, errors.New("not a number")
	}
	clean := strings.ReplaceAll(n.text, "_", "")
	if i, err := strconv.ParseInt(clean, 0, 64); err == nil {
		return float64(i), nil
	}
	f, err := strconv.ParseFloat(clean, 64)
	if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		err = errors.New("not a number")
	}
	return f, err
}

func decodeSeconds(n *Node, s *Seconds) error {
	f, err := n.number()
	if err != nil {
		return n.Errorf("expected a number of seconds, found %s", n.found())
	}
	if f < 0 || f > math.MaxInt64/float64(time.Second)/2 {
		return n.Errorf("expected a number of seconds from 0 on, found %s", n.found())
	}
	*s = Seconds(f * float64(time.Second))
	return nil
}

func decodeList(n *Node, v reflect.Value) error {
	if n.kind != list {
		return n.Errorf("expected a list, found %s", n.found())
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.values), len(n.values)))
	var faults []error
	for i, item := range n.values {
		faults = append(faults, decode(item, v.Index(i)))
	}
	return errors.Join(faults...)
}

func decodeMap(n *Node, v reflect.Value) error {
	if n.kind != object {
		return n.Errorf("expected an object, found %s", n.found())
	}
	v.Set(reflect.MakeMap(v.Type()))
	var faults []error
	for i, key := range n.keys {
		item := reflect.New(v.Type().Elem()).Elem()
		faults = append(faults, decode(n.values[i], item))
		v.SetMapIndex(reflect.ValueOf(key.text), item)
	}
	return errors.Join(faults...)
}

func decodeStruct(n *Node, v reflect.Value) error {
	if n.kind != object {
		return n.Errorf("expected an object, found %s", n.found())
	}
	fields := map[string]reflect.Value{}
	collect(v, fields)
	var faults []error
	for i, key := range n.keys {
		field, ok := fields[key.text]
		switch {
		case !ok:
			faults = append(faults, key.unknown(fields))
		case n.values[i].kind != null:
			faults = append(faults, decode(n.values[i], field))
		}
	}
	return errors.Join(faults...)
}

// collect finds the fields with keys, those of embedded structs too.
func collect(v reflect.Value, fields map[string]reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if key := keyOf(f); key != "" {
			fields[key] = v.Field(i)
		} else if f.Anonymous && f.Type.Kind() == reflect.Struct {
			collect(v.Field(i), fields)
		}
	}
}

// keyOf returns the key of a field: its `key` tag, or else the name in its
// `json` tag, which options of other packages have.
func keyOf(f reflect.StructField) string {
	if key, ok := f.Tag.Lookup("key"); ok {
		return key
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

func (n *Node) unknown(fields map[string]reflect.Value) error {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return n.Unknown(names)
}

// Unknown returns the error for a key that none of the names is.
func (n *Node) Unknown(names []string) error {
	if near := nearest(n.text, names); near != "" {
		return n.Errorf("there is no such key; did you mean %q?", near)
	}
	if len(names) == 0 {
		return n.Errorf("there is no such key; none is taken here")
	}
	return n.Errorf("there is no such key; there are: %s", strings.Join(names, ", "))
}

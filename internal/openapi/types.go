package openapi

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// typeReader describes types as encoding/json writes them. Types that contain
// themselves are cut.
type typeReader struct {
	rows map[reflect.Type]string // what components are named, by the types of rows
	open []reflect.Type
}

// optionalType is implemented by every [input.Opt].
type optionalType interface{ ValueType() reflect.Type }

func (r *typeReader) read(t reflect.Type) *schema {
	if name, ok := r.rows[t]; ok {
		return &schema{Ref: "#/components/schemas/" + name}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return &schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return &schema{}
	}
	if opt, ok := reflect.TypeAssert[optionalType](reflect.Zero(t)); ok {
		return r.read(opt.ValueType()).orNull()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.read(t.Elem()).orNull()
	case reflect.String:
		return &schema{Type: "string"}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &schema{Type: "integer"}
	case reflect.Slice, reflect.Array:
		return &schema{Type: "array", Items: r.read(t.Elem())}
	case reflect.Map:
		return &schema{Type: "object", AdditionalProperties: r.read(t.Elem())}
	case reflect.Struct:
		return r.object(t)
	default:
		return &schema{}
	}
}

func (r *typeReader) object(t reflect.Type) *schema {
	s := &schema{Type: "object"}
	if slices.Contains(r.open, t) {
		return s
	}
	r.open = append(r.open, t)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	for _, f := range reflect.VisibleFields(t) {
		tag, flags, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" || len(f.Index) > 1 && f.Type == reflect.TypeFor[db.Extra]() {
			continue
		}
		name := cmp.Or(tag, f.Name)
		*s.property(name) = *r.read(f.Type)
		if !strings.Contains(flags, "omit") {
			s.require(name)
		}
	}
	return s
}

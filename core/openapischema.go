package core

import (
	"encoding/json"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// apiSchema is as much of JSON Schema as the document needs.
type apiSchema struct {
	Ref                  string                `json:"$ref,omitempty"`
	Type                 any                   `json:"type,omitempty"` // a string, or a list of them
	Format               string                `json:"format,omitempty"`
	Description          string                `json:"description,omitempty"`
	Enum                 []string              `json:"enum,omitempty"`
	Properties           map[string]*apiSchema `json:"properties,omitempty"`
	Required             []string              `json:"required,omitempty"`
	Items                *apiSchema            `json:"items,omitempty"`
	AdditionalProperties *apiSchema            `json:"additionalProperties,omitempty"`
	AnyOf                []*apiSchema          `json:"anyOf,omitempty"`
}

func (s *apiSchema) orNull() *apiSchema {
	if kind, ok := s.Type.(string); ok {
		s.Type = []string{kind, "null"}
		return s
	}
	if s.Ref != "" {
		return &apiSchema{AnyOf: []*apiSchema{s, {Type: "null"}}}
	}
	return s
}

func (s *apiSchema) require(name string) {
	if !slices.Contains(s.Required, name) {
		s.Required = append(s.Required, name)
	}
}

func (s *apiSchema) property(name string) *apiSchema {
	if s.Properties == nil {
		s.Properties = map[string]*apiSchema{}
	}
	p := s.Properties[name]
	if p == nil {
		p = &apiSchema{}
		s.Properties[name] = p
	}
	return p
}

func (p *Property) schema() *apiSchema {
	s := &apiSchema{Format: p.Format, Description: p.Description, Enum: p.Enum}
	if p.Type != "" {
		s.Type = p.Type
	}
	if p.Type == "array" {
		s.Items = &apiSchema{Type: "string"}
	}
	return s
}

// bodySchema puts properties that are named with dots into the objects they
// belong to.
func bodySchema(properties []*Property) *apiSchema {
	root := &apiSchema{Type: "object"}
	for _, p := range properties {
		at := root
		path := strings.Split(p.Name, ".")
		for _, name := range path[:len(path)-1] {
			at = at.property(name)
			at.Type = "object"
		}
		name := path[len(path)-1]
		*at.property(name) = *p.schema()
		if p.Required {
			at.require(name)
		}
	}
	return root
}

// tableSchema describes rows as clients see them.
func tableSchema(def *db.Def) *apiSchema {
	s := &apiSchema{Type: "object"}
	for _, c := range def.Columns {
		if c.Hidden {
			continue
		}
		p := columnSchema(c)
		if c.Null {
			p = p.orNull()
		}
		*s.property(c.Name) = *p
		s.require(c.Name)
	}
	return s
}

func columnSchema(c *db.Column) *apiSchema {
	switch c.Kind {
	case db.KindBool:
		return &apiSchema{Type: "boolean"}
	case db.KindInt, db.KindBigInt:
		return &apiSchema{Type: "integer"}
	case db.KindNumber:
		return &apiSchema{Type: "number"}
	case db.KindNumberList:
		return &apiSchema{Type: "array", Items: &apiSchema{Type: "number"}}
	case db.KindTime:
		return &apiSchema{Type: "string", Format: "date-time"}
	case db.KindTextList:
		return &apiSchema{Type: "array", Items: &apiSchema{Type: "string"}}
	case db.KindJSON:
		return &apiSchema{}
	default:
		return &apiSchema{Type: "string", Enum: slices.Clone(c.Input.Options)}
	}
}

// errorSchema lists every declared code.
func (k *Kernel) errorSchema() *apiSchema {
	code := &apiSchema{Type: "string"}
	for c := range k.codes {
		code.Enum = append(code.Enum, string(c))
	}
	sort.Strings(code.Enum)
	code.Description = "What programs compare. Codes that are not listed may be added."
	return &apiSchema{Type: "object", Properties: map[string]*apiSchema{"message": {Type: "string"}, "code": {AnyOf: []*apiSchema{code, {Type: "string"}}}}}
}

// outputSchema describes the type behind a nil pointer.
func outputSchema(out any) *apiSchema {
	return (&typeReader{}).read(reflect.TypeOf(out).Elem())
}

// typeReader describes types as encoding/json writes them. Types that contain
// themselves are cut.
type typeReader struct{ open []reflect.Type }

// optionalType is implemented by every [Opt].
type optionalType interface{ valueType() reflect.Type }

func (o Opt[V]) valueType() reflect.Type { return reflect.TypeFor[V]() }

func (r *typeReader) read(t reflect.Type) *apiSchema {
	switch t {
	case reflect.TypeFor[User](), reflect.TypeFor[Session]():
		return &apiSchema{Ref: "#/components/schemas/" + t.Name()}
	case reflect.TypeFor[time.Time]():
		return &apiSchema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return &apiSchema{}
	}
	if opt, ok := reflect.TypeAssert[optionalType](reflect.Zero(t)); ok {
		return r.read(opt.valueType()).orNull()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.read(t.Elem()).orNull()
	case reflect.String:
		return &apiSchema{Type: "string"}
	case reflect.Bool:
		return &apiSchema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &apiSchema{Type: "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &apiSchema{Type: "integer"}
	case reflect.Slice, reflect.Array:
		return &apiSchema{Type: "array", Items: r.read(t.Elem())}
	case reflect.Map:
		return &apiSchema{Type: "object", AdditionalProperties: r.read(t.Elem())}
	case reflect.Struct:
		return r.object(t)
	default:
		return &apiSchema{}
	}
}

func (r *typeReader) object(t reflect.Type) *apiSchema {
	s := &apiSchema{Type: "object"}
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
		name := or(tag, f.Name)
		*s.property(name) = *r.read(f.Type)
		if !strings.Contains(flags, "omit") {
			s.require(name)
		}
	}
	return s
}

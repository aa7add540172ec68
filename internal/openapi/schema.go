package openapi

import (
	"slices"
	"strings"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// schema is as much of JSON Schema as the document needs.
type schema struct {
	Ref                  string             `json:"$ref,omitempty"`
	Type                 any                `json:"type,omitempty"` // a string, or a list of them
	Format               string             `json:"format,omitempty"`
	Description          string             `json:"description,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	Required             []string           `json:"required,omitempty"`
	Items                *schema            `json:"items,omitempty"`
	AdditionalProperties *schema            `json:"additionalProperties,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
}

func (s *schema) orNull() *schema {
	if kind, ok := s.Type.(string); ok {
		s.Type = []string{kind, "null"}
		return s
	}
	if s.Ref != "" {
		return &schema{AnyOf: []*schema{s, {Type: "null"}}}
	}
	return s
}

func (s *schema) require(name string) {
	if !slices.Contains(s.Required, name) {
		s.Required = append(s.Required, name)
	}
}

func (s *schema) property(name string) *schema {
	if s.Properties == nil {
		s.Properties = map[string]*schema{}
	}
	p := s.Properties[name]
	if p == nil {
		p = &schema{}
		s.Properties[name] = p
	}
	return p
}

func propertySchema(p *input.Property) *schema {
	s := &schema{Format: p.Format, Description: p.Description, Enum: p.Enum}
	if p.Type != "" {
		s.Type = p.Type
	}
	if p.Type == "array" {
		s.Items = &schema{Type: "string"}
	}
	return s
}

// bodySchema puts properties that are named with dots into the objects they
// belong to.
func bodySchema(properties []*input.Property) *schema {
	root := &schema{Type: "object"}
	for _, p := range properties {
		at := root
		path := strings.Split(p.Name, ".")
		for _, name := range path[:len(path)-1] {
			at = at.property(name)
			at.Type = "object"
		}
		name := path[len(path)-1]
		*at.property(name) = *propertySchema(p)
		if p.Required {
			at.require(name)
		}
	}
	return root
}

// tableSchema describes rows as clients see them.
func tableSchema(def *db.Def) *schema {
	s := &schema{Type: "object"}
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

func columnSchema(c *db.Column) *schema {
	switch c.Kind {
	case db.KindBool:
		return &schema{Type: "boolean"}
	case db.KindInt, db.KindBigInt:
		return &schema{Type: "integer"}
	case db.KindNumber:
		return &schema{Type: "number"}
	case db.KindNumberList:
		return &schema{Type: "array", Items: &schema{Type: "number"}}
	case db.KindTime:
		return &schema{Type: "string", Format: "date-time"}
	case db.KindTextList:
		return &schema{Type: "array", Items: &schema{Type: "string"}}
	case db.KindJSON:
		return &schema{}
	default:
		return &schema{Type: "string", Enum: slices.Clone(c.Input.Options)}
	}
}

// errorSchema lists the codes that refusals have.
func errorSchema(codes []string) *schema {
	code := &schema{Type: "string", Enum: slices.Sorted(slices.Values(codes))}
	code.Description = "What programs compare. Codes that are not listed may be added."
	return &schema{Type: "object", Properties: map[string]*schema{"message": {Type: "string"}, "code": {AnyOf: []*schema{code, {Type: "string"}}}}}
}

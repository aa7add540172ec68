package input

import "strings"

// Shape is what an input consists of, as OpenAPI describes it.
type Shape struct {
	Path, Query, Body []*Property
}

// Describe returns the shape of an input whose Bind is given.
func Describe(bind func(b *Binder)) *Shape {
	s := &Shape{}
	bind(&Binder{schema: s})
	return s
}

// Property is one member of a [Shape]. Members of nested objects are named
// with dots.
type Property struct {
	Name, Type, Format, Description string
	Required                        bool
	Enum                            []string
}

func (s *Shape) add(where string, p Property) *Property {
	where, inside, nested := strings.Cut(where, ".")
	if nested {
		p.Name = inside + "." + p.Name
	}
	switch where {
	case "path":
		s.Path = append(s.Path, &p)
	case "query":
		s.Query = append(s.Query, &p)
	default:
		s.Body = append(s.Body, &p)
	}
	return &p
}

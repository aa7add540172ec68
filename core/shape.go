package core

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/watchword-auth/watchword/db"
)

// Shape is what an input consists of, as OpenAPI describes it.
type Shape struct {
	Path, Query, Body []*Property
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

// emailPattern is the reference's idea of an address: ASCII, dotted domain.
var emailPattern = regexp.MustCompile(`^[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$`)

// ValidEmail reports whether the reference takes the text for an address.
func ValidEmail(s string) bool {
	if len(s) > 320 || s == "" || s[0] == '.' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '.' && s[i-1] == '.' {
			return false
		}
	}
	return emailPattern.MatchString(s)
}

// absoluteURL reports whether JavaScript's URL takes the text: any scheme, but
// those of the web need a host.
func absoluteURL(s string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme == "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss", "ftp":
		return u.Host != "" || u.Opaque != ""
	}
	return true
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte { return db.AppendJSONString(b, s) }

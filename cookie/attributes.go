package cookie

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// MaxLife is the longest that browsers keep a cookie, and what the reference
// refuses to exceed.
const MaxLife = 400 * 24 * time.Hour

// Attributes override what cookies carry. Zero members change nothing.
type Attributes struct {
	Domain, Path, SameSite        string
	Secure, HTTPOnly, Partitioned *bool
	MaxAge                        *time.Duration
}

// Merge returns the attributes with those that are set in over.
func (a Attributes) Merge(over Attributes) Attributes {
	a.Domain, a.Path, a.SameSite = cmp.Or(over.Domain, a.Domain), cmp.Or(over.Path, a.Path), cmp.Or(over.SameSite, a.SameSite)
	a.Secure, a.HTTPOnly = cmp.Or(over.Secure, a.Secure), cmp.Or(over.HTTPOnly, a.HTTPOnly)
	a.Partitioned, a.MaxAge = cmp.Or(over.Partitioned, a.Partitioned), cmp.Or(over.MaxAge, a.MaxAge)
	return a
}

func (a Attributes) tail(secure bool) string {
	var b strings.Builder
	if a.Domain != "" {
		b.WriteString("; Domain=" + a.Domain)
	}
	b.WriteString("; Path=" + a.Path)
	if a.HTTPOnly != nil && *a.HTTPOnly {
		b.WriteString("; HttpOnly")
	}
	// A browser drops what is named __Secure-, partitioned or SameSite=None
	// and not secure.
	must := secure || a.Partitioned != nil && *a.Partitioned || strings.EqualFold(a.SameSite, "none")
	if must || a.Secure != nil && *a.Secure {
		b.WriteString("; Secure")
	}
	if s := a.SameSite; s != "" {
		b.WriteString("; SameSite=" + strings.ToUpper(s[:1]) + strings.ToLower(s[1:]))
	}
	if a.Partitioned != nil && *a.Partitioned {
		b.WriteString("; Partitioned")
	}
	return b.String()
}

// Check refuses what cannot stand in a cookie, or would make browsers drop it.
func (a Attributes) Check() error {
	if strings.ContainsAny(a.Domain+a.Path, ";\r\n") {
		return fmt.Errorf("domain %q or path %q cannot stand in a cookie", a.Domain, a.Path)
	}
	switch strings.ToLower(a.SameSite) {
	case "", "lax", "strict", "none":
	default:
		return fmt.Errorf("SameSite %q is none of lax, strict, none", a.SameSite)
	}
	if a.MaxAge != nil && (*a.MaxAge < 0 || *a.MaxAge > MaxLife) {
		return fmt.Errorf("MaxAge %v is not between 0 and 400 days", *a.MaxAge)
	}
	return nil
}

// ValidName reports whether the text is a token of RFC 6265, section 4.1.1.
func ValidName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

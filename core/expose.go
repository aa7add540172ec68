package core

import (
	"net/textproto"
	"strings"
)

// ExposeHeader sets a header of the answer that scripts of other origins may
// read.
func (c *Context) ExposeHeader(name, value string) {
	const list = "Access-Control-Expose-Headers"
	h := c.call.header
	h.Set(name, value)
	exposed := h.Get(list)
	for item := range strings.SplitSeq(exposed, ",") {
		if textproto.TrimString(item) == name {
			return
		}
	}
	if exposed != "" {
		name = exposed + ", " + name
	}
	h.Set(list, name)
}

// Given returns the value that this call's answer gives to a cookie; ok is
// false where it does not set the cookie, or withdraws it.
func (s Cookies) Given(d *CookieDef) (value string, ok bool) {
	name := s.form(d).name
	for i := len(s.c.call.cookies) - 1; i >= 0; i-- {
		set := &s.c.call.cookies[i]
		if set.name != name {
			continue
		}
		raw, _, _ := strings.Cut(set.line[len(name)+1:], ";")
		return decodeCookie(raw), !set.expired && raw != ""
	}
	return "", false
}

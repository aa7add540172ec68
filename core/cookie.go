package core

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CookieDef is a cookie of the instance, defined once: its name and
// attributes over plain and over secure connections.
type CookieDef struct {
	plain, secure cookieForm
	maxAge        *time.Duration // wins over what is asked for at each use
}

type cookieForm struct {
	name string
	tail string // attributes behind Max-Age
}

type setCookie struct {
	name, line string
	expired    bool
}

// coreCookies are the cookies every instance has.
type coreCookies struct {
	token, data, dontRemember  *CookieDef
	account, state, oauthState *CookieDef
}

func (k *Kernel) setCookies() error {
	if err := k.checkCookies(); err != nil {
		return fmt.Errorf("watchword: Options.Advanced: %w", err)
	}
	k.cookies = coreCookies{
		token:        k.defineCookie("session_token", CookieAttributes{}),
		data:         k.defineCookie("session_data", CookieAttributes{}),
		dontRemember: k.defineCookie("dont_remember", CookieAttributes{}),
		account:      k.defineCookie("account_data", CookieAttributes{}),
		state:        k.defineCookie("state", CookieAttributes{}),
		oauthState:   k.defineCookie("oauth_state", CookieAttributes{}),
	}
	k.cookies.token.maxAge = nil // it lives as long as the session
	var err error
	k.cache, err = newCookieCache(k)
	return err
}

func (k *Kernel) defineCookie(suffix string, own CookieAttributes) *CookieDef {
	a := &k.options.Advanced
	override := a.Cookies[suffix]
	name := or(override.Name, a.CookiePrefix+"."+suffix)
	attributes := CookieAttributes{Path: "/", SameSite: "Lax", HTTPOnly: new(bool)}
	*attributes.HTTPOnly = true
	if cross := a.CrossSubDomainCookies; cross != nil {
		attributes.Domain = cross.Domain
		if attributes.Domain == "" && k.base.fixed != nil {
			attributes.Domain = k.base.fixed.host()
		}
	}
	attributes = attributes.merge(a.DefaultCookieAttributes).merge(own).merge(override.Attributes)
	return &CookieDef{
		plain:  cookieForm{name, attributes.tail(false)},
		secure: cookieForm{"__Secure-" + name, attributes.tail(true)},
		maxAge: override.Attributes.MaxAge,
	}
}

func (a CookieAttributes) merge(over CookieAttributes) CookieAttributes {
	a.Domain, a.Path, a.SameSite = or(over.Domain, a.Domain), or(over.Path, a.Path), or(over.SameSite, a.SameSite)
	a.Secure, a.HTTPOnly = or(over.Secure, a.Secure), or(over.HTTPOnly, a.HTTPOnly)
	a.Partitioned, a.MaxAge = or(over.Partitioned, a.Partitioned), or(over.MaxAge, a.MaxAge)
	return a
}

func (a CookieAttributes) tail(secure bool) string {
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

// Cookies reads the request's cookies and sets the answer's.
type Cookies struct{ c *Context }

// Cookies returns the call's cookies.
func (c *Context) Cookies() Cookies { return Cookies{c} }

func (s Cookies) form(d *CookieDef) *cookieForm {
	if s.secure() {
		return &d.secure
	}
	return &d.plain
}

func (s Cookies) secure() bool {
	if force := s.c.k.options.Advanced.UseSecureCookies; force != nil {
		return *force
	}
	return s.c.call.base.secure
}

// Name returns the cookie's whole name in this call.
func (s Cookies) Name(d *CookieDef) string { return s.form(d).name }

// Get returns the decoded value the request carries.
func (s Cookies) Get(d *CookieDef) (string, bool) { return s.Named(s.form(d).name) }

// GetSigned returns the value of a cookie whose signature holds. A cookie
// with a wrong signature is as good as none.
func (s Cookies) GetSigned(d *CookieDef) (string, bool) {
	signed, ok := s.Get(d)
	if !ok {
		return "", false
	}
	return s.c.k.ring.Verify(signed)
}

// Named returns the first cookie of the request with that whole name.
func (s Cookies) Named(name string) (string, bool) {
	if value, ok := s.c.call.replace[name]; ok {
		return value, true
	}
	if s.c.call.request == nil {
		return "", false
	}
	for _, line := range s.c.call.request.Header["Cookie"] {
		if raw, ok := findCookie(line, name); ok {
			return decodeCookie(raw), true
		}
	}
	return "", false
}

// All calls yield for every cookie of the request with its raw value.
func (s Cookies) All(yield func(name, raw string)) {
	if s.c.call.request == nil {
		return
	}
	for _, line := range s.c.call.request.Header["Cookie"] {
		for len(line) > 0 {
			var part string
			part, line, _ = strings.Cut(line, ";")
			if name, raw, ok := strings.Cut(part, "="); ok {
				yield(strings.TrimSpace(name), strings.TrimSpace(raw))
			}
		}
	}
}

// Present makes the request carry a cookie for the rest of the call, in place
// of its own: for what arrives in a header and stands for a cookie.
func (s Cookies) Present(d *CookieDef, value string) {
	if s.c.call.replace == nil {
		s.c.call.replace = map[string]string{}
	}
	s.c.call.replace[s.form(d).name] = value
}

func findCookie(line, name string) (string, bool) {
	for len(line) > 0 {
		part := line
		if i := strings.IndexByte(line, ';'); i >= 0 {
			part, line = line[:i], line[i+1:]
		} else {
			line = ""
		}
		part = strings.TrimLeft(part, " \t")
		if !strings.HasPrefix(part, name) {
			continue
		}
		if rest := strings.TrimLeft(part[len(name):], " \t"); rest != "" && rest[0] == '=' {
			return strings.Trim(rest[1:], " \t"), true
		}
	}
	return "", false
}

func decodeCookie(raw string) string {
	if len(raw) >= 2 && raw[0] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	if strings.IndexByte(raw, '%') < 0 {
		return raw
	}
	if value, err := url.PathUnescape(raw); err == nil && utf8.ValidString(value) {
		return value
	}
	return raw
}

// SessionCookie as the age of a cookie means that it ends with the browser.
const SessionCookie time.Duration = 0

// Set sets a cookie for maxAge, cut to seconds, or [SessionCookie].
func (s Cookies) Set(d *CookieDef, value string, maxAge time.Duration) {
	f := s.form(d)
	s.set(f.name, value, f.tail, s.age(d, maxAge))
}

// SetSigned sets a cookie whose value is signed.
func (s Cookies) SetSigned(d *CookieDef, value string, maxAge time.Duration) {
	s.Set(d, s.c.k.ring.Sign(value), maxAge)
}

// Expire makes the browser drop a cookie, and takes back what this call set.
func (s Cookies) Expire(d *CookieDef) {
	f := s.form(d)
	s.expire(f.name, f.tail)
}

// expire also takes back what this call set: who reads the raw answer must not
// find a value that was withdrawn.
func (s Cookies) expire(name, tail string) {
	s.takeBack(name)
	for i := range s.c.call.cookies {
		if s.c.call.cookies[i].name == name {
			return
		}
	}
	s.set(name, "", tail, 0)
}

// takeBack forgets what this call set for a name and its chunks. What is being
// expired stays: a browser takes the last line of a name.
func (s Cookies) takeBack(name string) {
	s.c.call.cookies = slices.DeleteFunc(s.c.call.cookies, func(set setCookie) bool {
		return !set.expired && (set.name == name || isChunk(set.name, name))
	})
}

func (s Cookies) age(d *CookieDef, maxAge time.Duration) int64 {
	if maxAge == SessionCookie {
		return -1
	}
	if d.maxAge != nil {
		maxAge = *d.maxAge
	}
	return int64(maxAge / time.Second)
}

// set appends a cookie, in place of a value of that name set before. A negative
// age sends none.
func (s Cookies) set(name, value, tail string, age int64) {
	b := make([]byte, 0, len(name)+len(value)+len(tail)+64)
	b = append(append(b, name...), '=')
	b = appendURIComponent(b, value)
	b = append(appendMaxAge(b, age), tail...)
	call := s.c.call
	call.cookies = slices.DeleteFunc(call.cookies, func(set setCookie) bool { return set.name == name && !set.expired })
	call.cookies = append(call.cookies, setCookie{name, string(b), age == 0})
}

func appendMaxAge(b []byte, age int64) []byte {
	if age < 0 {
		return b
	}
	return strconv.AppendInt(append(b, "; Max-Age="...), age, 10)
}

const upperHex = "0123456789ABCDEF"

// appendURIComponent encodes as JavaScript's encodeURIComponent.
func appendURIComponent(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.!~*'()", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

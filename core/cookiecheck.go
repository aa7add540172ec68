package core

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxCookieAge is the longest that browsers keep a cookie, and what the
// reference refuses to exceed.
const maxCookieAge = 400 * 24 * time.Hour

// checkCookies refuses at start-up what would fail, or be dropped by browsers,
// at every sign-in.
func (k *Kernel) checkCookies() error {
	a := &k.options.Advanced
	if cross := a.CrossSubDomainCookies; cross != nil && cross.Domain == "" && k.base.fixed == nil && k.base.hosts == nil {
		return errors.New("CrossSubDomainCookies needs a Domain or Options.BaseURL")
	}
	if !cookieName(a.CookiePrefix) {
		return fmt.Errorf("CookiePrefix: %q cannot be part of a cookie's name", a.CookiePrefix)
	}
	if cross := a.CrossSubDomainCookies; cross != nil {
		if err := (CookieAttributes{Domain: cross.Domain}).check(); err != nil {
			return fmt.Errorf("CrossSubDomainCookies: %w", err)
		}
	}
	if err := a.DefaultCookieAttributes.check(); err != nil {
		return fmt.Errorf("DefaultCookieAttributes: %w", err)
	}
	for suffix, override := range a.Cookies {
		if override.Name != "" && !cookieName(override.Name) {
			return fmt.Errorf("Cookies[%q]: %q cannot be a cookie's name", suffix, override.Name)
		}
		if err := override.Attributes.check(); err != nil {
			return fmt.Errorf("Cookies[%q]: %w", suffix, err)
		}
	}
	if k.options.Session.ExpiresIn > maxCookieAge || k.options.Session.CookieCache.MaxAge > maxCookieAge {
		return errors.New("browsers keep no cookie for more than 400 days: Options.Session asks for more")
	}
	return nil
}

func (a CookieAttributes) check() error {
	if strings.ContainsAny(a.Domain+a.Path, ";\r\n") {
		return fmt.Errorf("domain %q or path %q cannot stand in a cookie", a.Domain, a.Path)
	}
	switch strings.ToLower(a.SameSite) {
	case "", "lax", "strict", "none":
	default:
		return fmt.Errorf("SameSite %q is none of lax, strict, none", a.SameSite)
	}
	if a.MaxAge != nil && (*a.MaxAge < 0 || *a.MaxAge > maxCookieAge) {
		return fmt.Errorf("MaxAge %v is not between 0 and 400 days", *a.MaxAge)
	}
	return nil
}

// cookieName reports whether the text is a token of RFC 6265, section 4.1.1.
func cookieName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

package core

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/watchword-auth/watchword/cookie"
)

// coreCookies are the cookies every instance has.
type coreCookies struct {
	token, data, dontRemember  *cookie.Def
	account, state, oauthState *cookie.Def
}

const sessionToken = "session_token"

func (k *Kernel) setCookies() error {
	if err := k.checkCookies(); err != nil {
		return fmt.Errorf("watchword: Options.Advanced: %w", err)
	}
	k.cookies = coreCookies{
		token:        k.defineCookie(sessionToken, cookie.Attributes{}),
		data:         k.defineCookie("session_data", cookie.Attributes{}),
		dontRemember: k.defineCookie("dont_remember", cookie.Attributes{}),
		account:      k.defineCookie("account_data", cookie.Attributes{}),
		state:        k.defineCookie("state", cookie.Attributes{}),
		oauthState:   k.defineCookie("oauth_state", cookie.Attributes{}),
	}
	var err error
	k.cache, err = newCookieCache(k)
	return err
}

func (k *Kernel) defineCookie(suffix string, own cookie.Attributes) *cookie.Def {
	override := k.options.Advanced.Cookies[suffix]
	name := or(override.Name, k.options.Advanced.CookiePrefix+"."+suffix)
	maxAge := override.Attributes.MaxAge
	if suffix == sessionToken {
		maxAge = nil // its own lifetime wins over one that an option gives
	}
	return cookie.Define(name, k.cookieAttributes(suffix, own), maxAge)
}

// cookieAttributes are those of a cookie: its own, between what the instance's
// options say of all cookies and what they say of this one.
func (k *Kernel) cookieAttributes(suffix string, own cookie.Attributes) cookie.Attributes {
	a := &k.options.Advanced
	attributes := cookie.Attributes{Path: "/", SameSite: "Lax", HTTPOnly: new(bool)}
	*attributes.HTTPOnly = true
	if cross := a.CrossSubDomainCookies; cross != nil {
		attributes.Domain = cross.Domain
		if attributes.Domain == "" && k.base.Fixed != nil {
			attributes.Domain = k.base.Fixed.Host()
		}
	}
	return attributes.Merge(a.DefaultCookieAttributes).Merge(own).Merge(a.Cookies[suffix].Attributes)
}

func (k *Kernel) newJar(r *http.Request, secure bool) cookie.Jar {
	if force := k.options.Advanced.UseSecureCookies; force != nil {
		secure = *force
	}
	var header http.Header
	if r != nil {
		header = r.Header
	}
	return cookie.NewJar(header, k.ring, secure)
}

// Cookies returns the cookies of the call: the request's and the answer's.
func (c *Context) Cookies() *cookie.Jar { return &c.call.cookies }

// checkCookies refuses at start-up what would fail, or be dropped by browsers,
// at every sign-in.
func (k *Kernel) checkCookies() error {
	a := &k.options.Advanced
	if cross := a.CrossSubDomainCookies; cross != nil && cross.Domain == "" && k.base.Fixed == nil && k.base.Hosts == nil {
		return errors.New("CrossSubDomainCookies needs a Domain or Options.BaseURL")
	}
	if !cookie.ValidName(a.CookiePrefix) {
		return fmt.Errorf("CookiePrefix: %q cannot be part of a cookie's name", a.CookiePrefix)
	}
	if cross := a.CrossSubDomainCookies; cross != nil {
		if err := (cookie.Attributes{Domain: cross.Domain}).Check(); err != nil {
			return fmt.Errorf("CrossSubDomainCookies: %w", err)
		}
	}
	if err := a.DefaultCookieAttributes.Check(); err != nil {
		return fmt.Errorf("DefaultCookieAttributes: %w", err)
	}
	for suffix, override := range a.Cookies {
		if override.Name != "" && !cookie.ValidName(override.Name) {
			return fmt.Errorf("Cookies[%q]: %q cannot be a cookie's name", suffix, override.Name)
		}
		if err := override.Attributes.Check(); err != nil {
			return fmt.Errorf("Cookies[%q]: %w", suffix, err)
		}
	}
	if k.options.Session.ExpiresIn > cookie.MaxLife || k.options.Session.CookieCache.MaxAge > cookie.MaxLife {
		return errors.New("browsers keep no cookie for more than 400 days: Options.Session asks for more")
	}
	return nil
}

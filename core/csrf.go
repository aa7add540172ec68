package core

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// checkOrigin refuses what a foreign page makes a browser send: requests with
// cookies whose origin is not trusted, sign-ins by form from elsewhere, and
// targets of redirects that are not trusted.
func (c *Context) checkOrigin() error {
	r, a := c.call.request, &c.k.options.Advanced
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	skipCSRF := a.DisableOriginCheck
	if a.DisableCSRFCheck != nil {
		skipCSRF = *a.DisableCSRFCheck
	}
	if c.originCheckOff() {
		if !skipCSRF && c.call.endpoint.op.Credentials {
			return c.checkForm()
		}
		return nil
	}
	if !skipCSRF {
		if err := c.checkCaller(); err != nil {
			return err
		}
	}
	return c.checkTargets()
}

func (c *Context) checkCaller() error {
	switch op := &c.call.endpoint.op; {
	case op.Credentials:
		return c.checkForm()
	case op.Messages:
		return c.checkSender()
	default:
		return c.checkCookieOrigin()
	}
}

func (c *Context) originCheckOff() bool {
	a := &c.k.options.Advanced
	if a.DisableOriginCheck {
		return true
	}
	for _, p := range a.DisableOriginCheckPaths {
		if c.call.path == p || strings.HasPrefix(c.call.path, strings.TrimRight(p, "/")+"/") {
			return true
		}
	}
	return false
}

// checkCookieOrigin checks requests that a browser authenticates by itself.
func (c *Context) checkCookieOrigin() error {
	if c.Header("Cookie") == "" {
		return nil
	}
	return c.validateOrigin()
}

// checkForm checks sign-ins, where an attacker gains from signing a victim in
// to the attacker's account, and no cookie is needed.
func (c *Context) checkForm() error {
	if c.Header("Cookie") != "" {
		return c.validateOrigin()
	}
	site, mode, dest := c.Header("Sec-Fetch-Site"), c.Header("Sec-Fetch-Mode"), c.Header("Sec-Fetch-Dest")
	if strings.TrimSpace(site+mode+dest) != "" {
		if site == "cross-site" && mode == "navigate" {
			return ErrCrossSiteNavigationLogin
		}
		return c.validateOrigin()
	}
	if c.Header("Origin") != "" || c.Header("Referer") != "" {
		return c.validateOrigin()
	}
	return nil
}

// checkSender checks what mails people: a page that names a foreign origin may
// not make its visitors' browsers do that, with cookies or without.
func (c *Context) checkSender() error {
	if c.Header("Cookie") == "" && c.Header("Origin") == "" && c.Header("Referer") == "" &&
		c.Header("Sec-Fetch-Site") != "cross-site" {
		return nil
	}
	return c.validateOrigin()
}

func (c *Context) validateOrigin() error {
	source := c.Header("Origin")
	if source == "null" && c.Header("Sec-Fetch-Site") == "same-origin" {
		source = c.call.base.origin
	}
	if source == "" {
		source = c.Header("Referer")
	}
	if source == "" || source == "null" {
		return ErrMissingOrNullOrigin
	}
	if !c.TrustsOrigin(source) {
		return ErrInvalidOrigin
	}
	return nil
}

// target is a member that names where a browser will be sent.
type target struct {
	name    string
	query   bool // looked for in the query where the body has none
	label   string
	refusal *Error
}

var targets = [...]target{
	{"callbackURL", true, "callbackURL", ErrInvalidCallbackURL},
	{"redirectTo", false, "redirectURL", ErrInvalidRedirectURL},
	{"errorCallbackURL", false, "errorCallbackURL", ErrInvalidErrorCallbackURL},
	{"newUserCallbackURL", false, "newUserCallbackURL", ErrInvalidNewUserCallbackURL},
}

func (c *Context) checkTargets() error {
	for i := range targets {
		t := &targets[i]
		raw, ok := c.call.input.Get(t.name)
		if (!ok || !truthy(raw)) && t.query {
			raw, ok = c.Query().Get(t.name)
		}
		if !ok || !truthy(raw) {
			continue
		}
		if err := c.checkTarget(raw, t.label, t.refusal); err != nil {
			return err
		}
	}
	return nil
}

func (c *Context) checkTarget(raw []byte, label string, refusal *Error) error {
	if jsonKind(raw) != "string" {
		return NewError(http.StatusBadRequest, "", fmt.Sprintf("Invalid %s: expected a string", label))
	}
	in := Input{members: map[string]json.RawMessage{"": raw}}
	text, _ := in.Text("")
	if !c.TrustsRedirect(text) {
		return refusal
	}
	return nil
}

// checkURLs checks the members an endpoint names, on safe methods too.
func (c *Context) checkURLs(names []string) error {
	if len(names) == 0 || c.call.request == nil || c.originCheckOff() {
		return nil
	}
	for _, name := range names {
		// Both: one in the body must not hide the one that is used.
		for _, in := range [...]*Input{&c.call.input, c.Query()} {
			raw, ok := in.Get(name)
			if !ok || !truthy(raw) {
				continue
			}
			if err := c.checkTarget(raw, name, ErrInvalidCallbackURL); err != nil {
				return err
			}
		}
	}
	return nil
}

package core

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/input"
)

// checkOrigin refuses what a foreign page makes a browser send: requests with
// cookies whose origin is not trusted, and targets of redirects that are not
// trusted.
func (c *Context) checkOrigin() error {
	switch c.call.request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if c.hasCookies() || c.call.endpoint.op.Messages && c.namesOrigin() {
		if err := c.validateOrigin(); err != nil {
			return err
		}
	}
	if c.originCheckOff() {
		return nil
	}
	return c.checkTargets()
}

func (c *Context) csrfCheckOff() bool {
	a := &c.k.options.Advanced
	if a.DisableCSRFCheck != nil {
		return *a.DisableCSRFCheck
	}
	return a.DisableOriginCheck
}

func (c *Context) originCheckOff() bool {
	a := &c.k.options.Advanced
	if a.DisableOriginCheck {
		return true
	}
	for _, p := range a.DisableOriginCheckPaths {
		if p = strings.TrimRight(p, "/"); c.call.path == p || strings.HasPrefix(c.call.path, p+"/") {
			return true
		}
	}
	return false
}

// hasCookies reports whether a browser may have authenticated the request by
// itself.
func (c *Context) hasCookies() bool { return len(c.call.request.Header["Cookie"]) > 0 }

// checkForm checks sign-ins, where an attacker gains from signing a victim in
// to the attacker's account, and no cookie is needed. Requests with cookies
// were checked before.
func (c *Context) checkForm() error {
	if !c.call.overHTTP || c.hasCookies() || c.csrfCheckOff() {
		return nil
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

// namesOrigin reports whether the request says which page it comes from. A
// foreign page may not make its visitors' browsers mail people, with cookies
// or without.
func (c *Context) namesOrigin() bool {
	return c.Header("Origin") != "" || c.Header("Referer") != "" || c.Header("Sec-Fetch-Site") == "cross-site"
}

func (c *Context) validateOrigin() error {
	if c.csrfCheckOff() || c.originCheckOff() {
		return nil
	}
	source := c.Header("Origin")
	if source == "null" && c.Header("Sec-Fetch-Site") == "same-origin" {
		source = c.k.base.SeenBy(c.call.request)
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
		if (!ok || !input.Truthy(raw)) && t.query {
			raw, ok = c.Query().Get(t.name)
		}
		if !ok || !input.Truthy(raw) {
			continue
		}
		if err := c.checkTarget(raw, t.label, t.refusal); err != nil {
			return err
		}
	}
	return nil
}

func (c *Context) checkTarget(raw []byte, label string, refusal *Error) error {
	if input.Kind(raw) != "string" {
		return NewError(http.StatusBadRequest, "", fmt.Sprintf("Invalid %s: expected a string", label))
	}
	var text string
	_ = json.Unmarshal(raw, &text)
	if !c.TrustsRedirect(text) {
		return refusal
	}
	return nil
}

// checkURLs checks the members an endpoint names, on safe methods too.
func (c *Context) checkURLs(names []string) error {
	if len(names) == 0 || !c.call.overHTTP || c.originCheckOff() {
		return nil
	}
	for _, name := range names {
		// Both: one in the body must not hide the one that is used.
		for _, in := range [...]*input.Raw{&c.call.input, c.Query()} {
			raw, ok := in.Get(name)
			if !ok || !input.Truthy(raw) {
				continue
			}
			if err := c.checkTarget(raw, name, ErrInvalidCallbackURL); err != nil {
				return err
			}
		}
	}
	return nil
}

// cors answers preflights and marks answers that a trusted origin may read.
// It reports whether the request is answered.
func (k *Kernel) cors(c *Context) bool {
	r, h := c.call.request, c.call.header
	source := r.Header.Get("Origin")
	if source == "" {
		return false
	}
	h.Add("Vary", "Origin")
	if source == "null" || !c.TrustsOrigin(source) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", source)
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
		h.Add("Vary", "Access-Control-Request-Headers")
	}
	age := or(k.options.CORS.MaxAge, 10*time.Minute)
	h.Set("Access-Control-Max-Age", strconv.Itoa(int(age/time.Second)))
	return true
}

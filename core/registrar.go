package core

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/ratelimit"
)

// Registrar is how a plugin adds to the instance being assembled. It must not
// be kept beyond Register. Errors of its verbs are gathered and fail the
// assembly, naming both sides of a collision.
type Registrar struct {
	k      *Kernel
	plugin string
}

func (r *Registrar) fail(format string, args ...any) {
	r.k.faults = append(r.k.faults, fmt.Errorf("watchword: plugin %q: "+format, append([]any{r.plugin}, args...)...))
}

// owner names the plugin where two collide.
func (r *Registrar) owner() string { return fmt.Sprintf("plugin %q", r.plugin) }

// Options returns the options of the instance, for reading.
func (r *Registrar) Options() *Options { return &r.k.options }

// Tables returns the core's tables, to add columns to and to refer to.
func (r *Registrar) Tables() *Tables { return r.k.tables }

// Before adds a hook that runs before the matching endpoints.
func (r *Registrar) Before(match Matcher, hook BeforeHook) {
	r.k.before = append(r.k.before, matched[BeforeHook]{match, hook})
}

// After adds a hook that runs after the matching endpoints.
func (r *Registrar) After(match Matcher, hook AfterHook) {
	r.k.after = append(r.k.after, matched[AfterHook]{match, hook})
}

// OnRequest adds a hook that sees every request before it is routed. A
// response it returns is the answer.
func (r *Registrar) OnRequest(hook BeforeHook) {
	r.k.onRequest = append(r.k.onRequest, hook)
}

// OnResponse adds a hook that sees every answer before it is sent.
func (r *Registrar) OnResponse(hook func(c *Context, response *Response)) {
	r.k.onResponse = append(r.k.onResponse, hook)
}

// OnUser adds hooks around changes of users.
func (r *Registrar) OnUser(h EntityHooks[User]) { r.k.userHooks = append(r.k.userHooks, h) }

// OnSession adds hooks around changes of sessions.
func (r *Registrar) OnSession(h EntityHooks[Session]) { r.k.sessionHooks = append(r.k.sessionHooks, h) }

// OnAccount adds hooks around changes of accounts.
func (r *Registrar) OnAccount(h EntityHooks[Account]) { r.k.accountHooks = append(r.k.accountHooks, h) }

// OnVerification adds hooks around changes of verifications.
func (r *Registrar) OnVerification(h EntityHooks[Verification]) {
	r.k.verificationHooks = append(r.k.verificationHooks, h)
}

// RateLimit adds a limit for the paths that match. The first plugin with a
// matching rule decides; the application's own rules win over it.
func (r *Registrar) RateLimit(match func(path string) bool, rule ratelimit.Rule) {
	r.k.limits = append(r.k.limits, ratelimit.PathRule{Match: match, Rule: rule})
}

// RateLimitFunc adds a function that decides on the limit of each request to the
// paths that match. It stands among the rules of [Registrar.RateLimit].
func (r *Registrar) RateLimitFunc(match func(path string) bool, decide ratelimit.Func) {
	r.k.limits = append(r.k.limits, ratelimit.PathRule{Match: match, Func: decide})
}

// RateLimitStorage counts requests in a plugin's store, unless the application
// gave one of its own.
func (r *Registrar) RateLimitStorage(s ratelimit.Store) {
	if r.k.options.RateLimit.Storage == nil {
		r.k.options.RateLimit.Storage = s
	}
}

// Codes declares the refusals the plugin answers with, for documents and so
// that no two plugins give one code two meanings.
func (r *Registrar) Codes(refusals ...*Error) {
	for _, e := range refusals {
		known, ok := r.k.codes[e.Code]
		if ok && known.Message != e.Message {
			r.fail("code %q belongs to %s with another message", e.Code, r.k.owners["code "+string(e.Code)])
			continue
		}
		if !ok {
			r.k.codes[e.Code] = e
			r.k.owners["code "+string(e.Code)] = r.owner()
		}
	}
}

// Cookie defines a cookie of the plugin's own, named by the instance's prefix
// and the suffix.
func (r *Registrar) Cookie(suffix string, attributes cookie.Attributes) *cookie.Def {
	if owner, ok := r.k.owners["cookie "+suffix]; ok && owner != r.owner() {
		r.fail("cookie %q belongs to %s", suffix, owner)
	}
	r.k.owners["cookie "+suffix] = r.owner()
	return r.k.defineCookie(suffix, attributes)
}

// OpenCookie defines a cookie for the scripts of pages, and not for secrets:
// with exactly that name, over secure connections too, and the attributes of
// the session's cookie but HttpOnly.
func (r *Registrar) OpenCookie(name string) *cookie.Def {
	if !cookie.ValidName(name) {
		r.fail("%q cannot be a cookie's name", name)
	}
	return cookie.Define(name, r.k.cookieAttributes(sessionToken, cookie.Attributes{}).Merge(cookie.Attributes{HTTPOnly: new(bool)}), nil).Bare()
}

// PasswordValidator adds a check of every new password. Its error refuses.
func (r *Registrar) PasswordValidator(check func(c *Context, password string) error) {
	r.k.passwordValidators = append(r.k.passwordValidators, check)
}

// TrustOrigins adds trusted origins.
func (r *Registrar) TrustOrigins(patterns ...string) {
	r.k.options.TrustedOrigins = append(slices.Clip(r.k.options.TrustedOrigins), patterns...)
}

// Ready adds a function that runs when every plugin has registered and
// nothing can change any more. Its error fails the assembly.
func (r *Registrar) Ready(f func(k *Kernel) error) { r.k.ready = append(r.k.ready, f) }

func (k *Kernel) register(plugins []Plugin) error {
	seen := map[string]bool{}
	for _, p := range plugins {
		if p == nil {
			return errors.New("watchword: a plugin is nil")
		}
		id := p.ID()
		if seen[id] {
			return fmt.Errorf("watchword: plugin %q is given twice", id)
		}
		seen[id] = true
		if err := register(p, &Registrar{k, id}); err != nil {
			// What was found before is often the cause.
			return errors.Join(append(k.faults, fmt.Errorf("watchword: plugin %q: %w", id, err))...)
		}
	}
	return errors.Join(k.faults...)
}

// register turns a panic into an error: after a collision, what a verb
// returned is not to be used.
func register(p Plugin, r *Registrar) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	return p.Register(r)
}

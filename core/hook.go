package core

import (
	"slices"
	"strings"
)

// Target describes an endpoint to a [Matcher].
type Target struct{ ID, Method, Path string }

// Matcher picks the endpoints a hook runs for. It is asked once for every
// endpoint, at start-up.
type Matcher func(Target) bool

// EveryPath matches all endpoints.
func EveryPath(Target) bool { return true }

// OnPath matches the endpoints with one of these paths.
func OnPath(paths ...string) Matcher {
	return func(t Target) bool {
		return slices.Contains(paths, t.Path)
	}
}

// OnPrefix matches endpoints whose path starts with one of these.
func OnPrefix(prefixes ...string) Matcher {
	return func(t Target) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(t.Path, p) {
				return true
			}
		}
		return false
	}
}

// BeforeHook runs before an endpoint validates its input. A response it
// returns is the answer, and the endpoint does not run; an error refuses.
type BeforeHook func(c *Context) (*Response, error)

// AfterHook runs after an endpoint, whether it failed or not. It may change
// the result. An error it returns becomes the answer.
type AfterHook func(c *Context, r *Result) error

// Result is what an endpoint came to, as after hooks see it.
type Result struct {
	// Out is the typed output, a pointer; nil where the answer is null or
	// the endpoint failed.
	Out any
	// Err is the refusal or redirect; nil on success.
	Err *Error
	// Response is the answer of a raw endpoint; nil for typed ones.
	Response *Response
}

// Replace makes out the answer, whatever the endpoint came to.
func (r *Result) Replace(out any) { r.Out, r.Err, r.Response = out, nil, nil }

type matched[H any] struct {
	match Matcher
	hook  H
}

func pick[H any](all []matched[H], t Target) []H {
	var hooks []H
	for _, m := range all {
		if m.match(t) {
			hooks = append(hooks, m.hook)
		}
	}
	return hooks
}

// Hooks are the application's own, around every endpoint.
type Hooks struct {
	Before BeforeHook
	After  AfterHook
}

// DatabaseHooks are the application's own, around every change of a row.
type DatabaseHooks struct {
	User         EntityHooks[User]
	Session      EntityHooks[Session]
	Account      EntityHooks[Account]
	Verification EntityHooks[Verification]
}

package core

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/input"
)

// SessionRule is what an endpoint asks of the caller's session. It is checked
// after the input was validated.
type SessionRule uint8

// The session rules.
const (
	SessionIgnored   SessionRule = iota // the endpoint looks for itself
	SessionRequired                     // from the cookie cache or from storage
	SessionStored                       // read from storage: for what must not rest on a cache
	SessionConfirmed                    // still in storage; the cookie cache is left as it is
	SessionFresh                        // still in storage, and younger than Options.Session.FreshAge
)

// Op describes an endpoint. The zero Op is a JSON endpoint that anyone may
// call.
type Op struct {
	Summary    string
	Tags       []string
	Session    SessionRule
	Form       bool // form bodies are taken besides JSON
	JSONFirst  bool // JSON is named before form bodies in refusals
	AnyBody    bool // bodies of any type are taken; the handler reads them
	ServerOnly bool // no route: callable in process only
	Hidden     bool // not in OpenAPI
	// CheckURLs names query and body members that must be trusted redirect
	// targets, besides those every endpoint checks on unsafe methods.
	CheckURLs []string
	// Credentials marks sign-ins by form: their origin is checked even
	// without cookies.
	Credentials bool
	// Messages marks endpoints that send a message to whoever is named: an
	// origin that is told must be trusted, even without cookies.
	Messages bool
}

// Ref names a typed endpoint, so that programs can call it in process with
// [Invoke]. It is declared as a constant beside the endpoint's input type:
//
//	const SignIn core.Ref[SignInInput, SignInOutput] = "signInEmail"
type Ref[In, Out any] string

type endpoint struct {
	Target
	op     Op
	types  [2]any // nil pointers of the input and output types, for OpenAPI
	shape  *input.Shape
	bind   func(b *input.Binder) any
	handle func(c *Context, in any) (*Result, error)
	before []BeforeHook
	after  []AfterHook
}

type bound[In any] interface {
	*In
	input.Bound
}

// Post adds an endpoint that takes POST.
func Post[In, Out any, P bound[In]](r *Registrar, ref Ref[In, Out], path string, h func(*Context, *In) (*Out, error), op Op) {
	Handle[In, Out, P](r, http.MethodPost, ref, path, h, op)
}

// Get adds an endpoint that takes GET.
func Get[In, Out any, P bound[In]](r *Registrar, ref Ref[In, Out], path string, h func(*Context, *In) (*Out, error), op Op) {
	Handle[In, Out, P](r, http.MethodGet, ref, path, h, op)
}

// ServerOnly adds an endpoint without a route: programs call it with [Invoke].
func ServerOnly[In, Out any, P bound[In]](r *Registrar, ref Ref[In, Out], h func(*Context, *In) (*Out, error), op Op) {
	op.ServerOnly = true
	Handle[In, Out, P](r, http.MethodPost, ref, "", h, op)
}

// Handle adds an endpoint for a method, or for several joined by commas. Path
// parameters are written {name}.
func Handle[In, Out any, P bound[In]](r *Registrar, method string, ref Ref[In, Out], path string, h func(*Context, *In) (*Out, error), op Op) {
	e := &endpoint{Target: Target{string(ref), method, path}, op: op, types: [2]any{(*In)(nil), (*Out)(nil)}}
	e.bind = func(b *input.Binder) any {
		in := P(new(In))
		in.Bind(b)
		return (*In)(in)
	}
	e.handle = func(c *Context, in any) (*Result, error) {
		out, err := h(c, in.(*In))
		if err != nil {
			return nil, err
		}
		if out == nil {
			return &Result{}, nil
		}
		return &Result{Out: out}, nil
	}
	e.shape = input.Describe(func(b *input.Binder) { e.bind(b) })
	r.addEndpoint(e)
}

// Raw adds an endpoint that reads the request and makes the response itself:
// for pages, redirects and foreign formats.
func Raw(r *Registrar, method, id, path string, h func(c *Context) (*Response, error), op Op) {
	e := &endpoint{Target: Target{id, method, path}, op: op, shape: &input.Shape{}}
	e.bind = func(*input.Binder) any { return nil }
	e.handle = func(c *Context, _ any) (*Result, error) {
		response, err := h(c)
		if err != nil {
			return nil, err
		}
		return &Result{Response: response}, nil
	}
	r.addEndpoint(e)
}

func (r *Registrar) addEndpoint(e *endpoint) {
	if known, ok := r.k.byID[e.ID]; ok {
		r.fail("endpoint %q at %q belongs to %s", e.ID, known.Path, r.k.owners["endpoint "+e.ID])
		return
	}
	r.k.byID[e.ID] = e
	r.k.owners["endpoint "+e.ID] = r.owner()
	r.k.endpoints = append(r.k.endpoints, e)
	if e.op.ServerOnly {
		return
	}
	for method := range strings.SplitSeq(e.Method, ",") {
		if taken, err := r.k.router.Add(method, e.Path, e); err != nil {
			r.failRoute(method, e, taken, err)
		}
	}
}

func (r *Registrar) failRoute(method string, e, taken *endpoint, err error) {
	if taken != nil {
		err = fmt.Errorf("%w by endpoint %q of %s", err, taken.ID, r.k.owners["endpoint "+taken.ID])
	}
	r.fail("%s %q of endpoint %q: %w", method, e.Path, e.ID, err)
}

// allowed returns the body types of the endpoint in the order refusals name
// them.
func (e *endpoint) allowed() []string {
	switch {
	case !e.op.Form:
		return nil
	case e.op.JSONFirst:
		return []string{input.TypeJSON, input.TypeForm}
	}
	return []string{input.TypeForm, input.TypeJSON}
}

func (e *endpoint) String() string { return fmt.Sprintf("%s %s", e.Method, e.Path) }

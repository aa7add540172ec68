package core

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Call shapes a call in process. The zero Call has no request: no cookies, no
// address, no session.
type Call struct {
	// Request lends its headers, cookies and address. Its body and path are
	// not looked at.
	Request *http.Request
	// Reply receives status, headers and cookies of the answer; nil drops them.
	Reply *Reply
	// Session makes the call in a session that is known already.
	Session *Current
}

// Reply is what an HTTP client would have been sent besides the body.
type Reply struct {
	Status int
	Header http.Header // cookies are in Set-Cookie
}

// Invoke calls an endpoint in process, typed, with its validation, session
// rule and hooks, and without HTTP: no route, no origin check, no rate limit.
// A nil input is a call without a body.
// A refusal is an [*Error]. It panics if the instance has no such endpoint,
// or one of other types: that is a mistake in the program.
func Invoke[In, Out any](ctx context.Context, k *Kernel, ref Ref[In, Out], in *In, how Call) (*Out, error) {
	e, ok := k.byID[string(ref)]
	if !ok || e.types != [2]any{(*In)(nil), (*Out)(nil)} {
		panic(fmt.Sprintf("core: there is no endpoint %q that takes %T", string(ref), in))
	}
	var sent input.Raw
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		if sent, err = input.ParseJSON(data); err != nil {
			return nil, known(err)
		}
	}
	c, err := k.newContext(ctx, how.Request)
	if err != nil {
		return nil, err
	}
	c.call.endpoint, c.call.path, c.call.input, c.call.query = e, e.Path, sent, &sent
	c.call.params = func(name string) string { text, _ := sent.Text(name); return text }
	if how.Session != nil {
		c.UseSession(how.Session)
	}
	result := c.run(e)
	c.waitForAnswer()
	if how.Reply != nil {
		c.fill(how.Reply, result)
	}
	if result.Err != nil {
		return nil, result.Err
	}
	if result.Response != nil {
		return nil, fmt.Errorf("core: a hook answered %q itself, with status %d", e.ID, or(result.Response.Status, http.StatusOK))
	}
	out, ok := result.Out.(*Out)
	if !ok && result.Out != nil {
		return nil, fmt.Errorf("core: a hook replaced the output of %q by %T", e.ID, result.Out)
	}
	return out, nil
}

func (c *Context) fill(reply *Reply, result *Result) {
	reply.Status, reply.Header = or(c.call.status, http.StatusOK), c.call.header
	if result.Response != nil {
		reply.Status = or(result.Response.Status, reply.Status)
	}
	if result.Err != nil {
		reply.Status = result.Err.response().Status
	}
	c.call.cookies.AddTo(reply.Header)
}

// NewContext returns a context for work outside of any endpoint, such as a
// background job or an operator's command. The request may be nil.
func (k *Kernel) NewContext(ctx context.Context, r *http.Request) (*Context, error) {
	return k.newContext(ctx, r)
}

// Within returns a view of the instance whose calls run in a transaction that
// the caller began and will end, and a function to call after its commit,
// which runs what waits for it. The view belongs to the transaction's
// goroutine.
func (k *Kernel) Within(x db.Executor) (view *Kernel, committed func()) {
	inside, pending := *k, []func(){}
	inside.tx, inside.pending = x, &pending
	return &inside, func() {
		waiting := pending
		pending = nil
		for _, f := range waiting {
			f()
		}
	}
}

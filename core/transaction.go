package core

import (
	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/db"
)

// Transaction runs fn with a context whose storage is one transaction:
// committed when fn returns nil, else undone, with the cookies and the session
// it gave the call. Inside of a transaction it joins that one. The engine may
// call fn again after a conflict.
func (c *Context) Transaction(fn func(c *Context) error) error {
	if c.done != nil {
		return fn(c)
	}
	var done []func()
	before := c.call.snapshot()
	err := c.k.adapter.Transaction(c, func(x db.Executor) error {
		done = nil
		c.call.restore(before)
		inner := &Context{Context: c.Context, k: c.k, call: c.call, x: x, done: &done}
		if err := fn(inner); err != nil {
			return err
		}
		return inner.fault
	})
	if err != nil {
		c.call.restore(before)
		return err
	}
	for _, f := range done {
		f()
	}
	return nil
}

// outer returns the context for what runs after a transaction: it must not see
// storage that may still be undone, nor write into what has ended.
func (c *Context) outer() *Context {
	return &Context{Context: c.Context, k: c.k, call: c.call, x: c.k.adapter}
}

// undoable is what a call must not keep of a transaction that was undone: a
// cookie would vouch for a session that was never stored.
type undoable struct {
	cookies             cookie.Answer
	current, newSession *Current
	resolved            bool
	cached, stored      bool
}

func (c *call) snapshot() undoable {
	return undoable{c.cookies.Answer(), c.current, c.newSession, c.resolved, c.cached, c.stored}
}

func (c *call) restore(u undoable) {
	c.cookies.Restore(u.cookies)
	c.current, c.newSession = u.current, u.newSession
	c.resolved, c.cached, c.stored = u.resolved, u.cached, u.stored
}

// AfterCommit runs f when the transaction in hand is committed, at once
// outside of one, and never when it is undone.
func (c *Context) AfterCommit(f func()) {
	if c.done == nil {
		f()
		return
	}
	*c.done = append(*c.done, f)
}

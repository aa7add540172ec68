package core

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/secret"
)

// The types of messages the core sends. Plugins add their own.
const (
	MessageVerification  = "verification-email"
	MessageResetPassword = "reset-password"
	MessageChangeEmail   = "change-email-confirmation"
	MessageDeleteAccount = "delete-account"
)

// Message is a mail or text to be sent. URL, Token and Code are set where the
// message has them.
type Message struct {
	Type  string `json:"type"`
	To    string `json:"to"`
	URL   string `json:"url,omitempty"`
	Token string `json:"token,omitempty"`
	Code  string `json:"code,omitempty"`
	// Data carries the rest, as a JSON object; nil where there is none.
	Data json.RawMessage `json:"data,omitempty"`
	// User is whom it is for, where that is known. It is not part of the
	// message's JSON form.
	User *User `json:"-"`
	// ID is one of its own for each message, so that a receiver can drop a
	// repetition. It is made by [Context.Deliver] where it is empty.
	ID string `json:"-"`
}

// CanDeliver reports whether messages can be sent at all.
func (c *Context) CanDeliver() bool { return c.k.options.Deliver != nil }

// DeliverMade is [Context.Deliver] for a message that takes storage to make,
// such as one with a token that is kept. It is made in the background too, so
// that the answer's time does not show that there is one. A failure is logged.
// With an outbox it is made and kept in one transaction.
func (c *Context) DeliverMade(kind string, compose func(c *Context) (*Message, error)) {
	k, request := c.k, c.call.request
	if k.options.Deliver == nil {
		return
	}
	c.AfterCommit(func() {
		c.Background("deliver "+kind, func(ctx context.Context) error {
			own, err := k.newContext(ctx, request)
			if err != nil {
				return err
			}
			if k.outbox != nil {
				return own.Transaction(func(c *Context) error {
					m, err := compose(c)
					if err != nil || m == nil {
						return err
					}
					m.ID = or(m.ID, secret.ID(k.random))
					return c.post(m)
				})
			}
			m, err := compose(own)
			if err != nil || m == nil {
				return err
			}
			m.ID = or(m.ID, secret.ID(k.random))
			return k.options.Deliver(ctx, m)
		})
	})
}

// Deliver sends a message in the background, after the transaction in hand.
// The answer neither waits for it nor shows whether it was sent. Without
// Options.Deliver the message is dropped.
//
// With an outbox, the message is part of the transaction in hand; the
// transaction fails where it cannot be kept. Without a transaction it is kept
// before the answer where the caller is signed in, and for others in the
// background, so that the answer's time does not show that there is one.
func (c *Context) Deliver(m *Message) {
	k := c.k
	if k.options.Deliver == nil {
		return
	}
	if d := k.options.Advanced.OutboundMinResponseTime; d > 0 {
		c.AnswerAfter(d)
	}
	m.ID = or(m.ID, secret.ID(k.random))
	switch {
	case k.outbox == nil:
		c.sendNow(m)
	case c.done != nil:
		if err := c.post(m); err != nil {
			c.fault = errors.Join(c.fault, err)
			c.Log().ErrorContext(c, "a message could not be kept", "type", m.Type, "error", err)
		}
	case c.call.current != nil:
		c.postNow(m)
	default:
		request := c.call.request
		c.Background("keep "+m.Type, func(ctx context.Context) error {
			own, err := k.newContext(ctx, request)
			if err == nil {
				own.postNow(m)
			}
			return err
		})
	}
}

// postNow keeps a message outside of a transaction, and sends it where that
// fails.
func (c *Context) postNow(m *Message) {
	if err := c.post(m); err != nil {
		c.Log().WarnContext(c, "a message could not be kept and is sent all the same", "type", m.Type, "error", err)
		c.sendNow(m)
	}
}

func (c *Context) sendNow(m *Message) {
	deliver := c.k.options.Deliver
	c.AfterCommit(func() {
		c.Background("deliver "+m.Type, func(ctx context.Context) error { return deliver(ctx, m) })
	})
}

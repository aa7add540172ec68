package core

import (
	"context"
	"encoding/json"

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
func (c *Context) DeliverMade(kind string, compose func(c *Context) (*Message, error)) {
	deliver, request := c.k.options.Deliver, c.call.request
	if deliver == nil {
		return
	}
	c.AfterCommit(func() {
		c.Background("deliver "+kind, func(ctx context.Context) error {
			own, err := c.k.newContext(ctx, request)
			if err != nil {
				return err
			}
			m, err := compose(own)
			if err != nil || m == nil {
				return err
			}
			m.ID = or(m.ID, own.NewID("message"))
			return deliver(ctx, m)
		})
	})
}

// Deliver sends a message in the background, after the transaction in hand.
// The answer neither waits for it nor shows whether it was sent. Without
// Options.Deliver the message is dropped.
func (c *Context) Deliver(m *Message) {
	deliver := c.k.options.Deliver
	if deliver == nil {
		return
	}
	if d := c.k.options.Advanced.OutboundMinResponseTime; d > 0 {
		c.AnswerAfter(d)
	}
	m.ID = or(m.ID, secret.ID(c.k.random))
	c.AfterCommit(func() {
		c.Background("deliver "+m.Type, func(ctx context.Context) error { return deliver(ctx, m) })
	})
}

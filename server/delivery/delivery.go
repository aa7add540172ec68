// Package delivery sends the server's messages: to the console, to a webhook,
// by SMTP, and into the development mailbox; several at once.
//
//	sender, err := delivery.New(options, delivery.Environment{…})
//	authOptions.Deliver = sender.Deliver
//
// A message goes to every target; the failure of one does not keep it from
// the others. All types are safe for concurrent use.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// Options is the configuration's delivery part.
type Options struct {
	Console bool     `key:"console"`
	Webhook *Webhook `key:"webhook"`
	SMTP    *SMTP    `key:"smtp"`
}

// Any reports whether any target is set.
func (o *Options) Any() bool { return o.Console || o.Webhook != nil || o.SMTP != nil }

// Targets returns the names of the targets that are set.
func (o *Options) Targets() []string {
	var names []string
	if o.Console {
		names = append(names, "console")
	}
	if o.Webhook != nil {
		names = append(names, "webhook")
	}
	if o.SMTP != nil {
		names = append(names, "smtp")
	}
	return names
}

// Environment is what delivery needs from the server.
type Environment struct {
	Console io.Writer // where messages are printed
	AppName string    // named in mails
	Client  *http.Client
	Mailbox *Mailbox // nil: none
}

// target is one way to send.
type target interface {
	send(ctx context.Context, m *core.Message) error
	name() string
}

// Sender sends messages to all targets.
type Sender struct{ targets []target }

// New checks the options and returns a sender. Nothing is connected yet.
func New(o Options, env Environment) (*Sender, error) {
	s := &Sender{}
	if env.Mailbox != nil {
		s.targets = append(s.targets, env.Mailbox)
	}
	if o.Console {
		s.targets = append(s.targets, &console{out: env.Console})
	}
	if o.Webhook != nil {
		t, err := newWebhook(*o.Webhook, env.Client)
		if err != nil {
			return nil, fmt.Errorf("delivery.webhook: %w", err)
		}
		s.targets = append(s.targets, t)
	}
	if o.SMTP != nil {
		t, err := newSMTP(*o.SMTP, env.AppName)
		if err != nil {
			return nil, fmt.Errorf("delivery.smtp: %w", err)
		}
		s.targets = append(s.targets, t)
	}
	return s, nil
}

// Deliver sends a message to every target and returns their errors, joined.
// It is what core.Options.Deliver takes, which calls it in the background.
func (s *Sender) Deliver(ctx context.Context, m *core.Message) error {
	if len(s.targets) == 1 {
		return wrap(s.targets[0], s.targets[0].send(ctx, m))
	}
	results := make(chan error, len(s.targets))
	for _, t := range s.targets {
		go func() { results <- wrap(t, t.send(ctx, m)) }()
	}
	var faults []error
	for range s.targets {
		faults = append(faults, <-results)
	}
	return errors.Join(faults...)
}

func wrap(t target, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", t.name(), err)
}

package authtest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/core"
)

// mailbox keeps messages until a test takes them.
type mailbox struct {
	mu       sync.Mutex
	messages []*core.Message
	arrived  chan struct{} // closed and replaced at every arrival
}

func newMailbox() *mailbox { return &mailbox{arrived: make(chan struct{})} }

func (b *mailbox) deliver(_ context.Context, m *core.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, m)
	close(b.arrived)
	b.arrived = make(chan struct{})
	return nil
}

// take removes the oldest message that fits, or returns what to wait for.
func (b *mailbox) take(fits func(*core.Message) bool) (*core.Message, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.messages, fits); i >= 0 {
		m := b.messages[i]
		b.messages = slices.Delete(b.messages, i, i+1)
		return m, nil
	}
	return nil, b.arrived
}

// Message takes the oldest message of a type, and to an address where one is
// given, out of the mailbox. It waits for messages that are on their way, and
// fails the test where none comes.
func (s *Server) Message(kind string, to ...string) *core.Message {
	s.t.Helper()
	fits := func(m *core.Message) bool {
		return m.Type == kind && (len(to) == 0 || slices.Contains(to, m.To))
	}
	for deadline := time.After(patience); ; {
		m, arrived := s.mail.take(fits)
		if m != nil {
			return m
		}
		select {
		case <-arrived:
		case <-deadline:
			s.t.Fatalf("no message %s %s", kind, strings.Join(to, " "))
		}
	}
}

// Arrived takes the oldest message of a type out of the mailbox, or returns
// nil. It does not wait.
func (s *Server) Arrived(kind string) *core.Message {
	m, _ := s.mail.take(func(m *core.Message) bool { return m.Type == kind })
	return m
}

// NoMessage fails the test if any message is in the mailbox or on its way. It
// closes the instance to be sure, which sends nothing afterwards.
func (s *Server) NoMessage() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		s.t.Fatal(err)
	}
	if m, _ := s.mail.take(func(*core.Message) bool { return true }); m != nil {
		s.t.Fatalf("a message was sent: %s to %s", m.Type, m.To)
	}
}

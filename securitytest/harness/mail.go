package harness

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Message is one that the instance posted to its webhook.
type Message struct {
	Type, To, URL, Token, Code string
	Data                       map[string]any
}

// Mailbox is a webhook that keeps messages until they are taken.
type Mailbox struct {
	server *httptest.Server
	delay  atomic.Int64

	mu       sync.Mutex
	messages []*Message
	arrived  chan struct{} // closed and replaced at every arrival
}

func newMailbox() *Mailbox {
	b := &Mailbox{arrived: make(chan struct{})}
	b.server = httptest.NewServer(b)
	return b
}

// Delay makes every delivery take a while from now on, so that an answer that
// waits for one is seen to.
func (b *Mailbox) Delay(d time.Duration) { b.delay.Store(int64(d)) }

// ServeHTTP takes a message.
func (b *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := &Message{}
	if err := json.NewDecoder(r.Body).Decode(m); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	time.Sleep(time.Duration(b.delay.Load()))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, m)
	close(b.arrived)
	b.arrived = make(chan struct{})
}

// take removes the oldest message that fits, or returns what to wait for.
func (b *Mailbox) take(fits func(*Message) bool) (*Message, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.messages, fits); i >= 0 {
		m := b.messages[i]
		b.messages = slices.Delete(b.messages, i, i+1)
		return m, nil
	}
	return nil, b.arrived
}

// Message takes the oldest message of a type to an address, waits for it
// where it is on its way, and fails the test where none comes.
func (s *Site) Message(kind, to string) *Message {
	s.t.Helper()
	fits := func(m *Message) bool { return m.Type == kind && m.To == to }
	for deadline := time.After(patience); ; {
		m, arrived := s.Mail.take(fits)
		if m != nil {
			return m
		}
		select {
		case <-arrived:
		case <-deadline:
			s.t.Fatalf("no message %s to %s", kind, to)
		}
	}
}

// NoMessage fails the test if a message whose recipient, or anything else in
// it, contains one of the texts was sent before the call. It has a later
// message sent to somebody else and waits for that one.
func (s *Site) NoMessage(about ...string) {
	s.t.Helper()
	sentinel := s.Address("sentinel")
	s.SignUp(sentinel).Post("/request-password-reset", JSON{"email": sentinel}).Want(http.StatusOK)
	s.Message("reset-password", sentinel)
	// Messages are sent by several workers: one that was accepted earlier may
	// be a moment later.
	time.Sleep(50 * time.Millisecond)
	fits := func(m *Message) bool {
		data, _ := json.Marshal(m) // strings always encode
		return slices.ContainsFunc(about, func(text string) bool { return strings.Contains(string(data), text) })
	}
	if m, _ := s.Mail.take(fits); m != nil {
		s.t.Errorf("a message was sent: %s to %s", m.Type, m.To)
	}
}

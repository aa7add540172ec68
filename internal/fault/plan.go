package fault

import (
	"fmt"
	"sync"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/kv"
)

// Kind is a way to fail.
type Kind uint8

// Statements, and the beginnings and commits of transactions, are operations.
const (
	// Refused fails one operation, which is not carried out.
	Refused Kind = iota + 1
	// Lost carries one operation out and loses the answer. A transaction that
	// loses the answer of a statement is undone, as its connection is gone; one
	// that loses the answer of its commit is not.
	Lost
	// Outage is Refused for the operation and all after it, until Heal.
	Outage
	// canceled ends the caller's context before the operation: the caller is
	// gone. Storage itself works.
	canceled
	// overtaken keeps the caller waiting before the operation while another
	// makes the same request.
	overtaken
	// dropped ends the connections to the database before the operation.
	dropped
)

// String names the kind.
func (k Kind) String() string {
	return [...]string{"none", "refused", "lost", "outage", "canceled", "overtaken", "dropped"}[k]
}

// Plan says which operation of the storages it was given to fails, and counts
// them. The zero Plan lets all of them pass. It is safe for concurrent use.
type Plan struct {
	mu    sync.Mutex
	count int
	at    int
	kind  Kind
	meet  func()
	fired bool
}

// Fail makes the n-th operation from now on fail; the first is 1.
func (p *Plan) Fail(n int, kind Kind) { p.set(n, kind, nil) }

// Meet calls f before the n-th operation from now on, on the caller's
// goroutine: to cancel its context, or to keep it waiting.
func (p *Plan) Meet(n int, f func()) { p.set(n, 0, f) }

func (p *Plan) set(n int, kind Kind, meet func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count, p.at, p.kind, p.meet, p.fired = 0, n, kind, meet, false
}

// Heal lets everything pass from now on. It returns how many operations there
// were since the plan was last set, and whether the one that was meant was
// among them.
func (p *Plan) Heal() (operations int, fired bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.kind, p.meet = 0, 0, nil
	return p.count, p.fired
}

// next counts an operation and returns how it is to fail; 0 lets it pass.
func (p *Plan) next() Kind {
	kind, meet := p.turn()
	if meet != nil {
		meet()
	}
	return kind
}

func (p *Plan) turn() (Kind, func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if p.count == p.at {
		p.fired = true
		return p.kind, p.meet
	}
	if p.fired && p.kind == Outage {
		return Outage, nil
	}
	return 0, nil
}

var (
	errDB     = fmt.Errorf("a planned fault of the database: %w", db.ErrUnavailable)
	errDBGone = fmt.Errorf("the transaction's connection is gone, as planned: %w", db.ErrUnavailable)
	errKV     = fmt.Errorf("a planned fault of secondary storage: %w", kv.ErrUnavailable)
)

package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/watchword-auth/watchword/db"
)

// Adapter is a [db.Adapter] over the process's own memory. It is safe for
// concurrent use; make one with [New].
type Adapter struct {
	// turn holds one token. A channel, since waiting for it must end when
	// the caller's context does.
	turn      chan struct{}
	migration chan struct{}
	tables    map[string]*table // by physical name
	defs      map[string]*db.Def
	live      db.Live
	changes   atomic.Uint64 // statements and transactions that changed rows
}

var _ db.Watcher = (*Adapter)(nil)

// New returns an empty engine.
func New() *Adapter {
	return &Adapter{
		turn:      make(chan struct{}, 1),
		migration: make(chan struct{}, 1),
		tables:    map[string]*table{},
		defs:      map[string]*db.Def{},
	}
}

// Dialect returns [db.Memory].
func (a *Adapter) Dialect() db.Dialect { return db.Memory }

// Close does nothing and returns nil: the rows go with the Adapter.
func (a *Adapter) Close() error { return nil }

func acquire(ctx context.Context, lock chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// journal is how to undo what has been done, in order.
type journal []func()

func (j *journal) undo() {
	for i := range slices.Backward(*j) {
		(*j)[i]()
	}
	*j = nil
}

// alone runs one statement by itself: done whole or not at all.
func (a *Adapter) alone(ctx context.Context, fn func(*work) error) error {
	if err := acquire(ctx, a.turn); err != nil {
		return err
	}
	defer func() { <-a.turn }()
	return a.attempt(nil, fn)
}

// attempt runs fn and undoes what it did unless it succeeds. On success, what
// would undo it is added to outer.
func (a *Adapter) attempt(outer *journal, fn func(*work) error) error {
	w := &work{Adapter: a}
	done := false
	defer func() {
		if !done {
			w.journal.undo()
		}
	}()
	if err := fn(w); err != nil {
		return err
	}
	done = true
	switch {
	case outer != nil:
		*outer = append(*outer, w.journal...)
	case len(w.journal) > 0:
		a.changes.Add(1)
	}
	return nil
}

// Transaction runs fn once, with all other callers waiting. See [db.Adapter].
func (a *Adapter) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	if err := acquire(ctx, a.turn); err != nil {
		return err
	}
	defer func() { <-a.turn }()
	tx := &transaction{a: a}
	committed := false
	defer func() {
		tx.err = errOver
		if !committed {
			tx.journal.undo()
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if tx.err != nil {
		return fmt.Errorf("memory: the transaction was undone: %w", tx.err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	committed = true
	a.changes.Add(1)
	return nil
}

var errOver = errors.New("memory: the transaction is over")

// transaction is the Executor within [Adapter.Transaction].
type transaction struct {
	a       *Adapter
	journal journal
	err     error // of the first statement that failed
}

// run refuses statements after one has failed, as database servers do, so that
// programs which would fail there fail here too.
func (t *transaction) run(ctx context.Context, fn func(*work) error) error {
	if t.err != nil {
		return fmt.Errorf("memory: the transaction cannot be used further: %w", t.err)
	}
	t.err = ctx.Err()
	if t.err == nil {
		t.err = t.a.attempt(&t.journal, fn)
	}
	return t.err
}

// Package background runs work that outlives the request it belongs to, and jobs
// that last as long as the instance.
//
//	pool := background.New(4, logger)
//	pool.Run(r.Context(), "send a mail", send)
//	err := pool.Close(ctx) // waits for what was accepted
//
// What was accepted is run, or logged as dropped. A panic of a task is an error
// of it.
package background

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Pool runs what outlives a request: on a bounded number of goroutines, waited
// for at the end. It is safe for concurrent use.
type Pool struct {
	log   *slog.Logger
	slots chan struct{}

	tasks, jobs struct { // ended by Close: jobs at once, tasks when time is up
		ctx    context.Context
		cancel context.CancelFunc
	}
	running sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

// New returns a pool that runs as many tasks at once as it has workers.
func New(workers int, log *slog.Logger) *Pool {
	b := &Pool{log: log, slots: make(chan struct{}, workers)}
	b.tasks.ctx, b.tasks.cancel = context.WithCancel(context.Background())
	b.jobs.ctx, b.jobs.cancel = context.WithCancel(context.Background())
	return b
}

// TaskTime bounds one task, so that a dead mail server cannot hold a slot.
const TaskTime = time.Minute

// Run runs a task, whose context has the given values and ends after [TaskTime]
// or when the pool is closed for good. A failure is logged under the name.
func (b *Pool) Run(values context.Context, name string, f func(context.Context) error) {
	if !b.enter() {
		b.log.Warn("background work was dropped: the instance is closed", "task", name)
		return
	}
	go func() {
		defer b.running.Done()
		select {
		case b.slots <- struct{}{}:
			defer func() { <-b.slots }()
		case <-b.tasks.ctx.Done():
			b.log.Warn("background work was dropped: the instance is closed", "task", name)
			return
		}
		ctx, cancel := context.WithTimeout(values, TaskTime)
		defer cancel()
		stop := context.AfterFunc(b.tasks.ctx, cancel)
		defer stop()
		b.report(name, Guard(ctx, f))
	}()
}

// Guard runs f and keeps a panic of it from ending the program.
func Guard(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f(ctx)
}

func (b *Pool) report(name string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		b.log.Error("background work failed", "task", name, "error", err)
	}
}

func (b *Pool) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.running.Add(1)
	}
	return !b.closed
}

// Start runs a job until its context ends, which it does when the pool is
// closed.
func (b *Pool) Start(name string, job func(ctx context.Context) error) {
	if !b.enter() {
		return
	}
	go func() {
		defer b.running.Done()
		b.report(name, Guard(b.jobs.ctx, job))
	}()
}

// Do runs a part of a job like a task, and waits for it: what has begun when the
// pool is closed may end, as long as closing waits.
func (b *Pool) Do(name string, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(b.tasks.ctx, TaskTime)
	defer cancel()
	b.report(name, f(ctx))
}

// Close ends the jobs, takes no more tasks and waits for those that were
// accepted; when ctx ends first, what still runs is cancelled.
func (b *Pool) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	done := make(chan struct{})
	go func() { b.running.Wait(); close(done) }()
	b.jobs.cancel()
	defer b.tasks.cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pause waits and reports whether the context lets work go on.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

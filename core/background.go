package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Job is a plugin's own background work. It returns when the context ends.
type Job func(ctx context.Context, k *Kernel) error

type namedJob struct {
	name string
	job  Job
}

// background runs what outlives a request: on a bounded number of goroutines,
// waited for at the end.
type background struct {
	log   *slog.Logger
	slots chan struct{}

	tasks, jobs struct { // ended by close: jobs at once, tasks when time is up
		ctx    context.Context
		cancel context.CancelFunc
	}
	running sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

func newBackground(workers int, log *slog.Logger) *background {
	b := &background{log: log, slots: make(chan struct{}, workers)}
	b.tasks.ctx, b.tasks.cancel = context.WithCancel(context.Background())
	b.jobs.ctx, b.jobs.cancel = context.WithCancel(context.Background())
	return b
}

// taskTime bounds one task, so that a dead mail server cannot hold a slot.
const taskTime = time.Minute

// Background runs f after the call, on a bounded pool. Its context outlives
// the request and ends after a minute or when the instance is closed for good.
// A failure is logged under the name.
func (c *Context) Background(name string, f func(ctx context.Context) error) {
	c.k.background.run(context.WithoutCancel(c.Context), name, f)
}

func (b *background) run(values context.Context, name string, f func(context.Context) error) {
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
		ctx, cancel := context.WithTimeout(values, taskTime)
		defer cancel()
		stop := context.AfterFunc(b.tasks.ctx, cancel)
		defer stop()
		b.report(name, guard(ctx, f))
	}()
}

// guard keeps a panic of background work from ending the program.
func guard(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f(ctx)
}

func (b *background) report(name string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		b.log.Error("background work failed", "task", name, "error", err)
	}
}

func (b *background) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.running.Add(1)
	}
	return !b.closed
}

func (b *background) start(k *Kernel, jobs []namedJob) {
	for _, j := range jobs {
		if !b.enter() {
			return
		}
		go func() {
			defer b.running.Done()
			b.report(j.name, guard(b.jobs.ctx, func(ctx context.Context) error { return j.job(ctx, k) }))
		}()
	}
}

// close ends the jobs, takes no more tasks and waits for those that were
// accepted; when ctx ends first, what still runs is cancelled.
func (b *background) close(ctx context.Context) error {
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

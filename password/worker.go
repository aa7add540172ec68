package password

import (
	"context"
	"slices"
	"time"
)

// task is one computation that waits for a worker, or runs on one: a key to derive, or anything else.
type task struct {
	ctx  context.Context
	key  *derivation  // nil: run
	run  func() error // nil: key
	err  error
	done chan struct{} // closed once err and the result are written
}

// submit runs compute on a worker and waits for it, or for ctx. A computation that has begun is not interrupted: its
// result is dropped.
func submit[T any](ctx context.Context, p *Pool, compute func() (T, error)) (T, error) {
	var zero, result T
	err := p.await(&task{ctx: ctx, run: func() (err error) {
		result, err = compute()
		return err
	}})
	if err != nil {
		return zero, err
	}
	return result, nil
}

// derive computes a key on a worker as submit does, side by side with another one where one waits.
func (p *Pool) derive(ctx context.Context, d derivation) (key []byte, err error) {
	if err := p.await(&task{ctx: ctx, key: &d}); err != nil {
		return nil, err
	}
	return d.key, nil
}

// await has a worker run the task, and waits for that or for the task's context.
func (p *Pool) await(t *task) error {
	t.done = make(chan struct{})
	if err := p.enqueue(t); err != nil {
		return err
	}
	select {
	case <-t.done:
		return t.err
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}

func (p *Pool) enqueue(t *task) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.pending == cap(p.tasks) {
		return ErrBusy
	}
	p.pending++
	p.tasks <- t
	// Not one worker per task seen so far but one per task at hand: a lone user after another needs one workspace.
	if p.running < p.options.Workers && p.running < p.pending {
		p.running++
		p.workers.Go(p.work)
	}
	return nil
}

// work runs tasks until the pool closes or nothing arrives for the idle time. The workspace goes with it.
func (p *Pool) work() {
	var space workspace
	idle := time.NewTimer(p.options.Idle)
	defer idle.Stop()
	for {
		select {
		case t, open := <-p.tasks:
			if !open {
				return
			}
			p.execute(&space, p.withAnother(t)...)
			idle.Reset(p.options.Idle)
		case <-idle.C:
			if p.retire() {
				return
			}
			idle.Reset(p.options.Idle)
		}
	}
}

// retire takes the calling worker off the count, unless a task has been enqueued that counts on it.
func (p *Pool) retire() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending >= p.running {
		return false
	}
	p.running--
	return true
}

// withAnother takes a second task that waits, where a worker could compute it beside the first.
func (p *Pool) withAnother(first *task) []*task {
	if first.key != nil && lanes() > 1 {
		select {
		case t, open := <-p.tasks:
			if open {
				return []*task{first, t}
			}
		default:
		}
	}
	return []*task{first}
}

// execute runs one task or two: side by side if they are alike.
func (p *Pool) execute(space *workspace, tasks ...*task) {
	tasks = slices.DeleteFunc(tasks, func(t *task) bool { return !p.wanted(t) })
	if len(tasks) == 2 && tasks[0].key.alike(tasks[1].key) && space.derive(tasks[0].key, tasks[1].key) == nil {
		p.finish(tasks[0], nil)
		p.finish(tasks[1], nil)
		return
	}
	for i, t := range tasks {
		switch {
		case i > 0 && !p.wanted(t): // no longer
		case t.key != nil:
			p.finish(t, space.derive(t.key))
		default:
			p.finish(t, t.run())
		}
	}
}

// wanted tells whether somebody waits for a task. It finishes those that nobody does.
func (p *Pool) wanted(t *task) bool {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	switch {
	case closed:
		p.finish(t, ErrClosed)
	case t.ctx.Err() != nil:
		p.finish(t, t.ctx.Err())
	default:
		return true
	}
	return false
}

func (p *Pool) finish(t *task, err error) {
	p.mu.Lock()
	p.pending--
	p.mu.Unlock()
	t.err = err
	close(t.done)
}

package password

import (
	"context"
	"time"
)

// task is one computation that waits for a worker, or runs on one.
type task struct {
	ctx  context.Context
	run  func(*workspace) error
	err  error
	done chan struct{} // closed once err and the result are written
}

// submit runs compute on a worker and waits for it, or for ctx. A computation that has begun is not interrupted: its
// result is dropped.
func submit[T any](ctx context.Context, p *Pool, compute func(*workspace) (T, error)) (T, error) {
	var zero, result T
	t := &task{ctx: ctx, done: make(chan struct{})}
	t.run = func(w *workspace) (err error) {
		result, err = compute(w)
		return err
	}
	if err := p.enqueue(t); err != nil {
		return zero, err
	}
	select {
	case <-t.done:
		if t.err != nil {
			return zero, t.err
		}
		return result, nil
	case <-ctx.Done():
		return zero, ctx.Err()
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
			p.execute(t, &space)
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

func (p *Pool) execute(t *task, space *workspace) {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	switch {
	case closed:
		t.err = ErrClosed
	case t.ctx.Err() != nil: // nobody waits any more
		t.err = t.ctx.Err()
	default:
		t.err = t.run(space)
	}
	p.mu.Lock()
	p.pending--
	p.mu.Unlock()
	close(t.done)
}

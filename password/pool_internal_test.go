package password

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// occupy occupies a worker until release is called, and reports what the task returned.
func occupy(t *testing.T, p *Pool) (release func(), result <-chan error) {
	t.Helper()
	started, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := submit(context.Background(), p, func(*workspace) (bool, error) {
			close(started)
			<-gate
			return true, nil
		})
		done <- err
	}()
	<-started
	return func() { close(gate) }, done
}

func quick(*workspace) (bool, error) { return true, nil }

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Workers: 1, Queue: 2})
		release, first := occupy(t, p)
		queued := make(chan error, 2)
		for range 2 {
			go func() { _, err := submit(t.Context(), p, quick); queued <- err }()
		}
		synctest.Wait()
		if _, err := submit(t.Context(), p, quick); !errors.Is(err, ErrBusy) {
			t.Errorf("beyond the queue: %v, want ErrBusy", err)
		}
		release()
		if err := errors.Join(<-first, <-queued, <-queued); err != nil {
			t.Error(err)
		}
		if _, err := submit(t.Context(), p, quick); err != nil {
			t.Errorf("after the rush: %v", err)
		}
		_ = p.Close()
	})
}

func TestCallersWaitWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Workers: 1})
		release, first := occupy(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ran := false
		if _, err := submit(ctx, p, func(*workspace) (bool, error) { ran = true; return true, nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting: %v, want a deadline", err)
		}
		release()
		<-first
		_ = p.Close()
		if ran {
			t.Error("a task was computed that nobody waited for")
		}
	})
}

func TestCloseFailsWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Workers: 1})
		release, first := occupy(t, p)
		waiting := make(chan error, 1)
		go func() { _, err := submit(t.Context(), p, quick); waiting <- err }()
		synctest.Wait()
		closed := make(chan struct{})
		go func() { _ = p.Close(); close(closed) }()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close did not wait for the running task")
		default:
		}
		release()
		if err := <-first; err != nil {
			t.Errorf("the running task: %v", err)
		}
		if err := <-waiting; !errors.Is(err, ErrClosed) {
			t.Errorf("the waiting task: %v, want ErrClosed", err)
		}
		<-closed
		if _, err := p.Hash(t.Context(), "p"); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		_ = p.Close()
	})
}

// TestWorkersFollowTheLoad relies on synctest failing when a goroutine outlives the test.
func TestWorkersFollowTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Workers: 3, Idle: time.Minute})
		alive := func() int { p.mu.Lock(); defer p.mu.Unlock(); return p.running }
		if alive() != 0 {
			t.Errorf("%d workers before any task", alive())
		}
		for range 5 {
			if _, err := submit(t.Context(), p, quick); err != nil {
				t.Fatal(err)
			}
		}
		if alive() != 1 {
			t.Errorf("%d workers for tasks one after another, want 1", alive())
		}
		var releases []func()
		for range 3 {
			release, _ := occupy(t, p)
			releases = append(releases, release)
		}
		time.Sleep(time.Hour)
		if alive() != 3 {
			t.Errorf("%d workers while three tasks run, want 3", alive())
		}
		for _, release := range releases {
			release()
		}
		_ = p.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Workers: 2, Idle: time.Minute})
		if _, err := submit(t.Context(), p, quick); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if p.running != 0 {
			t.Errorf("%d workers after the idle time, want 0", p.running)
		}
		if _, err := submit(t.Context(), p, quick); err != nil {
			t.Errorf("after the idle time: %v", err)
		}
		_ = p.Close()
	})
}

func TestManyCallers(t *testing.T) {
	t.Parallel()
	p := New(Options{Workers: 2, Queue: 500, Idle: time.Microsecond}) // workers come and go all the time
	var group sync.WaitGroup
	for range 400 {
		group.Go(func() {
			if ok, err := submit(context.Background(), p, quick); !ok || err != nil {
				t.Errorf("submit = %v, %v", ok, err)
			}
		})
	}
	group.Wait()
	_ = p.Close()
}

package password

import (
	"context"
	"errors"
	"runtime"
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
		_, err := submit(context.Background(), p, func() (bool, error) {
			close(started)
			<-gate
			return true, nil
		})
		done <- err
	}()
	<-started
	return func() { close(gate) }, done
}

func quick() (bool, error) { return true, nil }

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
		if _, err := submit(ctx, p, func() (bool, error) { ran = true; return true, nil }); !errors.Is(err, context.DeadlineExceeded) {
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

// TestSideBySide has tasks of every kind wait together, so that keys are derived in pairs wherever the processor can.
func TestSideBySide(t *testing.T) {
	t.Parallel()
	p := New(Options{Workers: 1, Argon2: Argon2{Memory: 64, Passes: 1, Lanes: 1}})
	defer p.Close()
	var hashes []string
	for _, password := range []string{"first", "second"} {
		hash, err := p.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, hash)
	}
	const other = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW" // of "secret"
	release, occupied := occupy(t, p)
	gone, leave := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	ask := func(ctx context.Context, hash, password string, want bool, wantErr error) {
		callers.Go(func() {
			if match, _, err := p.Verify(ctx, hash, password); match != want || !errors.Is(err, wantErr) {
				t.Errorf("%.10s of %q = %v, %v", hash, password, match, err)
			}
		})
	}
	for range 2 {
		ask(t.Context(), hashes[0], "first", true, nil)
		ask(t.Context(), hashes[1], "first", false, nil)
		ask(gone, hashes[0], "first", false, context.Canceled)
		ask(t.Context(), other, "secret", true, nil)
		ask(t.Context(), hashes[1], "second", true, nil)
		ask(t.Context(), p.options.Argon2.hash([]byte("third"), []byte("somesalt")), "third", true, nil)
	}
	for waiting := 0; waiting < 13; { // one is computed
		p.mu.Lock()
		waiting = p.pending
		p.mu.Unlock()
		runtime.Gosched()
	}
	leave()
	release()
	callers.Wait()
	if err := <-occupied; err != nil {
		t.Error(err)
	}
}

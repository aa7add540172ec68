package redis

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// circuitFailures is how many commands in a row have to fail until the
	// circuit opens.
	circuitFailures = 3
	// circuitPause is the time between two probes while it is open.
	circuitPause = 500 * time.Millisecond
)

var errCircuitOpen = errors.New("the server did not answer lately")

// circuit keeps callers from waiting for a server that does not answer. After
// some failures in a row it opens: commands fail at once, and none is sent but
// a probe, again and again, that no caller waits for. The first answer, of the
// probe or of a command that was under way, closes it.
//
// A reply that is an error is an answer. All methods are safe for concurrent
// use.
type circuit struct {
	probe    func(context.Context) error
	failures atomic.Int32
	ctx      context.Context // ends the probes
	stop     context.CancelFunc
	probes   sync.WaitGroup

	mu      sync.Mutex
	probing bool
}

func newCircuit(probe func(context.Context) error) *circuit {
	c := &circuit{probe: probe}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

func (c *circuit) open() bool { return c.failures.Load() >= circuitFailures }

// answered says that the server is there.
func (c *circuit) answered() {
	if c.failures.Load() != 0 { // a store of each command's would be a shared write
		c.failures.Store(0)
	}
}

// failed says that a command was sent, and not answered.
func (c *circuit) failed() {
	if c.failures.Add(1) < circuitFailures {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.probing && c.ctx.Err() == nil {
		c.probing = true
		c.probes.Go(c.probeUntilClosed)
	}
}

func (c *circuit) probeUntilClosed() {
	timer := time.NewTimer(circuitPause)
	defer timer.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-timer.C:
		}
		if c.open() && c.probe(c.ctx) == nil {
			c.answered()
		}
		if c.done() {
			return
		}
		timer.Reset(circuitPause)
	}
}

// done ends the probing if the circuit is closed. It is one step to failed: a
// circuit that opens again meanwhile keeps this probe or gets another.
func (c *circuit) done() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing = c.open()
	return !c.probing
}

// close ends the probes and waits for them.
func (c *circuit) close() {
	c.mu.Lock()
	c.stop()
	c.mu.Unlock()
	c.probes.Wait()
}

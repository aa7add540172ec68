package redis

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// asked is a server that counts how often it is asked, and answers if it is up.
type asked struct {
	up    atomic.Bool
	times atomic.Int32
}

var errDown = errors.New("down")

func (a *asked) probe(context.Context) error {
	a.times.Add(1)
	if a.up.Load() {
		return nil
	}
	return errDown
}

func TestCircuit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server asked
		c := newCircuit(server.probe)
		defer c.close()
		for range 10 { // never three in a row
			c.failed()
			c.failed()
			c.answered()
		}
		if c.open() {
			t.Fatal("open, although the server answers now and then")
		}
		for range circuitFailures {
			c.failed()
		}
		if !c.open() {
			t.Fatal("closed after failures in a row")
		}
		time.Sleep(10*circuitPause + circuitPause/2)
		if n := server.times.Load(); n != 10 || !c.open() {
			t.Errorf("%d probes in ten pauses, open %v; want 10, true", n, c.open())
		}
		server.up.Store(true)
		time.Sleep(circuitPause)
		if c.open() {
			t.Error("open after a probe was answered")
		}
		time.Sleep(time.Hour)
		if n := server.times.Load(); n != 11 {
			t.Errorf("%d probes; want none once the circuit is closed", n)
		}
	})
}

// A command that was under way when the circuit opened closes it, and ends the
// probes without one more.
func TestCircuitLateAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server asked
		c := newCircuit(server.probe)
		defer c.close()
		for range circuitFailures {
			c.failed()
		}
		c.answered()
		if c.open() {
			t.Error("open after an answer")
		}
		time.Sleep(time.Hour)
		if n := server.times.Load(); n != 0 {
			t.Errorf("%d probes of a server that answers", n)
		}
		for range circuitFailures { // and it opens again
			c.failed()
		}
		time.Sleep(circuitPause)
		synctest.Wait()
		if n := server.times.Load(); n != 1 || !c.open() {
			t.Errorf("%d probes, open %v; want 1, true", n, c.open())
		}
	})
}

// However many fail at once, one probe runs; none does after close.
func TestCircuitProbesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server asked
		c := newCircuit(server.probe)
		for range 100 {
			go c.failed()
		}
		time.Sleep(circuitPause)
		synctest.Wait()
		if n := server.times.Load(); n != 1 {
			t.Errorf("%d probes in one pause", n)
		}
		c.close()
		c.failed()
		time.Sleep(time.Hour)
		if n := server.times.Load(); n != 1 {
			t.Errorf("%d probes; want none after close", n)
		}
	})
}

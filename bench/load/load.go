// Package load drives an HTTP/1.1 server on this machine over keep-alive
// connections and measures what it answers: closed loop, each connection with
// one request at a time, or open loop at a fixed rate.
//
//	r, err := load.Run(ctx, load.Plan{Addr: "127.0.0.1:3000", Connections: 64, Duration: time.Second, Request: get})
//
// It writes prepared bytes and parses no more than it must, so that on a
// small machine the server has most of the processor.
package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Plan is one run.
type Plan struct {
	Addr        string // host:port; anything but a loopback address is refused
	Connections int
	Duration    time.Duration
	Rate        int // requests a second over all connections; 0: as fast as they are answered
	// Request appends the n-th request of a connection to b.
	Request func(b []byte, connection, n int) []byte
	Expect  string // what every body must contain
}

// Result is what came of a run.
type Result struct {
	Requests  int
	Failures  int // other status than 200, or a body without Plan.Expect
	First     string
	Elapsed   time.Duration
	latencies []time.Duration
}

// Quantile returns the latency below which the part q of all requests stayed.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(len(r.latencies)-1, int(q*float64(len(r.latencies))))]
}

// Run carries out the plan. It stops by itself when the duration has passed.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if host, _, err := net.SplitHostPort(p.Addr); err != nil || !net.ParseIP(host).IsLoopback() {
		return nil, fmt.Errorf("load: %q is not a loopback address", p.Addr)
	}
	ctx, cancel := context.WithTimeout(ctx, p.Duration)
	defer cancel()
	results, start := make([]Result, p.Connections), time.Now()
	errs := make([]error, p.Connections)
	var running sync.WaitGroup
	for i := range p.Connections {
		running.Go(func() { errs[i] = p.connection(ctx, start, i, &results[i]) })
	}
	running.Wait()
	total := &Result{Elapsed: time.Since(start)}
	for i := range results {
		total.add(&results[i])
	}
	slices.Sort(total.latencies)
	return total, errors.Join(errs...)
}

func (r *Result) add(part *Result) {
	r.Requests += part.Requests
	r.Failures += part.Failures
	r.latencies = append(r.latencies, part.latencies...)
	if r.First == "" {
		r.First = part.First
	}
}

// connection sends requests until the context ends. Latency in an open loop
// counts from when a request was due, so that a slow answer is not hidden by
// the requests it delayed.
func (p *Plan) connection(ctx context.Context, start time.Time, index int, r *Result) error {
	conn, err := net.Dial("tcp", p.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in, out := newReader(conn), make([]byte, 0, 4096)
	for n := 0; ctx.Err() == nil; n++ {
		due := time.Now()
		if p.Rate > 0 {
			due = start.Add(time.Duration(n*p.Connections+index) * time.Second / time.Duration(p.Rate))
			if !sleepUntil(ctx, due) {
				return nil
			}
		}
		out = p.Request(out[:0], index, n)
		if _, err := conn.Write(out); err != nil {
			return err
		}
		status, body, err := in.response()
		if err != nil {
			return fmt.Errorf("load: after %d requests: %w", r.Requests, err)
		}
		r.Requests++
		r.latencies = append(r.latencies, time.Since(due))
		if status != 200 || !strings.Contains(string(body), p.Expect) {
			r.Failures++
			r.First = fmt.Sprintf("%d %.120s", status, body)
		}
	}
	return nil
}

func sleepUntil(ctx context.Context, due time.Time) bool {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

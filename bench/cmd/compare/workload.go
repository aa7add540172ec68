package main

import (
	"context"
	"fmt"
	"log"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watchword-auth/watchword/bench/load"
)

// workload is one kind of request, and the servers it is sent to by name.
// Tables compare with the first.
type workload struct {
	name, what string
	servers    []string
	setup      func(*process) error // before the first round; nil: nothing
	request    func(*process) request
	expect     string // in every body, but those of floors that read nothing

	connections int // 0: the run's
	rate        int // a second, over all connections; 0: as fast as they are answered
	beside      int // connections that sign in meanwhile
	times       int // as long as others are measured; 0: once
}

// request appends the n-th request of a connection.
type request = func(b []byte, connection, n int) []byte

// bench holds the servers and what was measured.
type bench struct {
	config
	dir        string
	seed       *seeded
	running    []*process
	missing    []string
	buildFloor func() (string, error)
	cookies    map[string][]string // of servers with a database of their own
	redis      []string            // addresses of those that were started
	closing    []func()

	signedUp atomic.Int64
	samples  map[string]map[string][]sample // by workload and server
	hashes   []hashed
}

type sample struct {
	cpu, database time.Duration // of the server and of its database, per request
	rps           float64
	p50, p99      time.Duration
}

func (b *bench) process(name string) *process {
	for _, p := range b.running {
		if p.name == name {
			return p
		}
	}
	return nil
}

// each calls f for every server of every workload that runs.
func (b *bench) each(f func(workload, *process) error) error {
	for _, w := range b.workloads() {
		for _, name := range w.servers {
			if p := b.process(name); p != nil {
				if err := f(w, p); err != nil {
					return fmt.Errorf("%s on %s: %w", w.name, name, err)
				}
			}
		}
	}
	return nil
}

// picked reports whether the run is to measure a workload.
func (b *bench) picked(name string) bool {
	return b.only == "" || slices.Contains(strings.Split(b.only, ","), name)
}

// measure runs one workload on one server, after a short warm-up.
func (b *bench) measure(ctx context.Context, round int, w workload, p *process) error {
	plan := load.Plan{Addr: p.listen, Connections: w.connections, Rate: w.rate, Request: w.request(p), Expect: w.expect}
	if plan.Connections == 0 {
		plan.Connections = b.connections
	}
	if p.name == floorBare || p.name == floorHMAC {
		plan.Expect = "null"
	}
	if plan.Duration = b.duration / 4; w.rate == 0 {
		if _, err := load.Run(ctx, plan); err != nil {
			return err
		}
	}
	plan.Duration = b.duration * time.Duration(max(1, w.times))
	defer b.crowd(ctx, w, p)()
	before, database := p.cpu(), time.Duration(0)
	if p.database != nil {
		database = p.database()
	}
	r, err := load.Run(ctx, plan)
	if err != nil {
		return err
	}
	if r.Failures > 0 {
		return fmt.Errorf("%d of %d answers were wrong: %s", r.Failures, r.Requests, r.First)
	}
	if r.Requests == 0 {
		return fmt.Errorf("no request was answered in %s", b.duration)
	}
	n := time.Duration(r.Requests)
	s := sample{cpu: (p.cpu() - before) / n, rps: float64(r.Requests) / r.Elapsed.Seconds(), p50: r.Quantile(0.5), p99: r.Quantile(0.99)}
	if p.database != nil {
		s.database = (p.database() - database) / n
	}
	log.Printf("round %d  %-4s %-30s %9.1f µs CPU  %8.0f a second  p50 %s  p99 %s", round+1, w.name, p.name,
		float64(s.cpu)/1e3, s.rps, s.p50.Round(10*time.Microsecond), s.p99.Round(10*time.Microsecond))
	b.keep(w.name, p.name, s)
	return nil
}

// crowd lets clients sign in until the function it returns is called.
func (b *bench) crowd(ctx context.Context, w workload, p *process) (end func()) {
	if w.beside == 0 {
		return func() {}
	}
	quiet, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() {
		_, _ = load.Run(quiet, load.Plan{Addr: p.listen, Connections: w.beside, Duration: b.duration + time.Minute, Request: signIn(p)})
	})
	time.Sleep(time.Second)
	return func() { cancel(); beside.Wait() }
}

func (b *bench) keep(workload, server string, s sample) {
	if b.samples == nil {
		b.samples = map[string]map[string][]sample{}
	}
	if b.samples[workload] == nil {
		b.samples[workload] = map[string][]sample{}
	}
	b.samples[workload][server] = append(b.samples[workload][server], s)
}

func (b *bench) stop() {
	for _, p := range b.running {
		p.stop()
	}
	for _, end := range slices.Backward(b.closing) {
		end()
	}
}

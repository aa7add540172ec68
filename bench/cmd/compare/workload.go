package main

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watchword-auth/watchword/bench/load"
)

// bench holds the servers and what was measured.
type bench struct {
	config
	dir       string
	seed      *seeded
	processes []*process

	ours, oursCached, theirs, theirsCached, floor *process

	signedUp atomic.Int64
	samples  map[string]map[string][]sample // by workload and target
}

// workload is one kind of request, and the servers it is sent to.
type workload struct {
	name, what  string
	connections int
	rate        int
	beside      int // connections that sign in meanwhile
	targets     []target
}

type target struct {
	name    string
	process *process
	request func(b []byte, connection, n int) []byte
	expect  string
}

type sample struct {
	cpu      time.Duration // of the server, per request
	rps      float64
	p50, p99 time.Duration
	peak     int // kB
}

const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"

func get(listen, path string, cookie func(connection, n int) string) func([]byte, int, int) []byte {
	head := "GET " + path + " HTTP/1.1\r\nHost: " + listen + "\r\nUser-Agent: " + agent + "\r\n"
	return func(b []byte, connection, n int) []byte {
		b = append(b, head...)
		if cookie != nil {
			b = append(append(append(b, "Cookie: "...), cookie(connection, n)...), "\r\n"...)
		}
		return append(b, "\r\n"...)
	}
}

func post(listen, path string, body func(connection, n int) string) func([]byte, int, int) []byte {
	return func(b []byte, connection, n int) []byte {
		text := body(connection, n)
		b = append(b, "POST "+path+" HTTP/1.1\r\nHost: "+listen+"\r\nUser-Agent: "+agent+"\r\nOrigin: http://"+listen+
			"\r\nContent-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(text)), 10)
		return append(append(b, "\r\n\r\n"...), text...)
	}
}

func (b *bench) workloads() []workload {
	const session = "/api/auth/get-session"
	one := func(int, int) string { return b.seed.cookies[0] }
	each := func(connection, n int) string {
		return b.seed.cookies[(connection*7919+n*104729)%len(b.seed.cookies)]
	}
	pair := func(request func(p *process) func([]byte, int, int) []byte, expect string) []target {
		var list []target
		for _, p := range []*process{b.ours, b.theirs} {
			if p != nil {
				list = append(list, target{p.name, p, request(p), expect})
			}
		}
		return list
	}
	floor := func(name, path string, cookie func(int, int) string, expect string) target {
		return target{name, b.floor, get(b.floor.listen, path, cookie), expect}
	}
	withSession := `"session":{`
	w := []workload{
		{name: "W1", what: "get-session with a cookie", targets: append(pair(func(p *process) func([]byte, int, int) []byte {
			return get(p.listen, session, one)
		}, withSession), floor("floor: one read", "/read", one, withSession), floor("floor: one HMAC", "/hmac", one, "null"),
			floor("floor: net/http", "/bare", one, "null"))},
		{name: "W2", what: "get-session from the cookie cache", targets: b.cached(session)},
		{name: "W5", what: "get-session without a cookie", targets: pair(func(p *process) func([]byte, int, int) []byte {
			return get(p.listen, session, nil)
		}, "null")},
		{name: "W6", what: "ok", targets: pair(func(p *process) func([]byte, int, int) []byte {
			return get(p.listen, "/api/auth/ok", nil)
		}, `"ok":true`)},
		{name: "W7", what: "get-session, another session each time", targets: append(pair(func(p *process) func([]byte, int, int) []byte {
			return get(p.listen, session, each)
		}, withSession), floor("floor: one read", "/read", each, withSession))},
		{name: "W3", what: "sign-in", connections: 8, targets: pair(signInRequest, `"token"`)},
		{name: "W4", what: "sign-up", connections: 8, targets: pair(func(p *process) func([]byte, int, int) []byte {
			return post(p.listen, "/api/auth/sign-up/email", func(int, int) string {
				return fmt.Sprintf(`{"email":"n%d@bench.test","password":"%s","name":"New User"}`, b.signedUp.Add(1), benchPassword)
			})
		}, `"token"`)},
		{name: "MIX", what: "get-session, 100 a second, while 64 clients sign in", connections: 32, rate: 100, beside: 64,
			targets: pair(func(p *process) func([]byte, int, int) []byte { return get(p.listen, session, one) }, withSession)},
	}
	return w
}

func signInRequest(p *process) func([]byte, int, int) []byte {
	return post(p.listen, "/api/auth/sign-in/email", func(int, int) string {
		return `{"email":"` + benchEmail + `","password":"` + benchPassword + `"}`
	})
}

func (b *bench) cached(path string) []target {
	var list []target
	for _, p := range []*process{b.oursCached, b.theirsCached} {
		if p != nil {
			list = append(list, target{p.name, p, get(p.listen, path, func(int, int) string { return p.cached }), `"session":{`})
		}
	}
	return list
}

// measure runs one workload on one server.
func (b *bench) measure(ctx context.Context, round int, w workload, t target) error {
	connections := w.connections
	if connections == 0 {
		connections = b.connections
	}
	plan := load.Plan{Addr: t.process.listen, Connections: connections, Rate: w.rate, Request: t.request, Expect: t.expect}
	plan.Duration = 500 * time.Millisecond
	if w.rate == 0 {
		if _, err := load.Run(ctx, plan); err != nil {
			return err
		}
	}
	plan.Duration = b.duration
	var beside sync.WaitGroup
	if w.beside > 0 {
		quiet, cancel := context.WithCancel(ctx)
		defer beside.Wait()
		defer cancel()
		beside.Go(func() {
			_, _ = load.Run(quiet, load.Plan{Addr: t.process.listen, Connections: w.beside, Duration: b.duration + time.Minute, Request: signInRequest(t.process)})
		})
		time.Sleep(time.Second)
	}
	before := t.process.cpu()
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
	s := sample{cpu: (t.process.cpu() - before) / time.Duration(r.Requests), rps: float64(r.Requests) / r.Elapsed.Seconds(),
		p50: r.Quantile(0.5), p99: r.Quantile(0.99), peak: t.process.status("VmHWM")}
	log.Printf("round %d  %-4s %-18s %9.1f µs CPU  %8.0f a second  p50 %s  p99 %s", round+1, w.name, t.name,
		float64(s.cpu)/1e3, s.rps, s.p50.Round(10*time.Microsecond), s.p99.Round(10*time.Microsecond))
	b.keep(w, t, s)
	return nil
}

func (b *bench) keep(w workload, t target, s sample) {
	if b.samples == nil {
		b.samples = map[string]map[string][]sample{}
	}
	if b.samples[w.name] == nil {
		b.samples[w.name] = map[string][]sample{}
	}
	b.samples[w.name][t.name] = append(b.samples[w.name][t.name], s)
}

func (b *bench) stop() {
	for _, p := range b.processes {
		p.stop()
	}
}

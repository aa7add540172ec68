package harness

import (
	"sync"
	"time"
)

// Together sends requests so that they arrive as close to each other as can
// be: each is written on a connection of its own up to the last byte of its
// head, and all are released at once. What counts requests does so when it
// has the head, so a body is held back with it.
func (s *Site) Together(requests ...*Request) []*Answer {
	s.t.Helper()
	conns := make([]*Conn, len(requests))
	rest := make([][]byte, len(requests))
	for i, r := range requests {
		conns[i] = s.Dial()
		data, held := r.bytes(s.host)
		_ = conns[i].SetDeadline(time.Now().Add(patience))
		if _, err := conns[i].Write(data[:held]); err != nil {
			s.t.Fatal(err)
		}
		rest[i] = data[held:]
	}
	answers, faults := make([]*Answer, len(requests)), make([]error, len(requests))
	release := make(chan struct{})
	var done sync.WaitGroup
	for i, c := range conns {
		done.Go(func() {
			<-release
			if _, faults[i] = c.Write(rest[i]); faults[i] == nil {
				answers[i], faults[i] = c.Read1(requests[i])
			}
			_ = c.Close()
		})
	}
	close(release)
	done.Wait()
	for i, err := range faults {
		if err != nil {
			s.t.Fatalf("%s %s, sent together with others: %v", requests[i].Method, requests[i].Target, err)
		}
	}
	return answers
}

// Repeat returns the same request n times, for [Site.Together].
func Repeat(r *Request, n int) []*Request {
	list := make([]*Request, n)
	for i := range list {
		list[i] = r
	}
	return list
}

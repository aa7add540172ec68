package harness

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Cable is a connection to a server that can be cut and mended.
type Cable struct {
	address string // where it begins

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// Cut ends all connections and takes no new ones.
func (c *Cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}

// Mend takes connections again.
func (c *Cable) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}

func (c *Cable) keep(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		return false
	}
	c.conns = append(c.conns, conns...)
	return true
}

// newCable leads to an address until the test ends.
func newCable(t testing.TB, to string) *Cable {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cable{address: l.Addr().String()}
	t.Cleanup(func() {
		_ = l.Close()
		c.Cut()
	})
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.DialTimeout("tcp", to, patience)
			if err != nil || !c.keep(in, out) {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
	return c
}

// Behind returns an instance of one's own that reaches the server which a
// member of its configuration names, such as "database", through a cable.
func (s *Site) Behind(t testing.TB, member string) (*Site, *Cable) {
	t.Helper()
	var cable *Cable
	behind := *s
	behind.Instance = &Instance{Profile: Profile{s.Profile.Name, func(keep testing.TB) (JSON, *Store) {
		config, store := s.Profile.open(keep)
		text, _ := config[member].(string)
		u, err := url.Parse(text)
		if err != nil {
			panic(err) // the profile's own
		}
		cable = newCable(keep, u.Host)
		u.Host = cable.address
		config[member] = u.String()
		return config, store
	}}}
	return behind.Own(nil), cable
}

// Eventually fails the test unless something holds within a while.
func (s *Site) Eventually(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

package harness

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
)

// Canary is a listener that nobody may connect to.
type Canary struct {
	Address string
	hits    atomic.Int64
}

// NewCanary listens on loopback; the test fails at its end if anybody came.
func NewCanary(t testing.TB) *Canary {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Canary{Address: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.hits.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		if n := c.hits.Load(); n > 0 {
			t.Errorf("%d connections to an address that must not be reached", n)
		}
	})
	return c
}

// URL returns an address of the canary.
func (c *Canary) URL(path string) string { return fmt.Sprintf("http://%s%s", c.Address, path) }

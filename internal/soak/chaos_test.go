//go:build unix

package soak_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// chaos takes one thing after the other away under load and gives it back.
type chaos struct {
	t        *testing.T
	site     *site
	database *testenv.Own
	redis    *testenv.Own
	events   map[string]int // for the report, once it is over

	// losses grows before and after Redis loses what it holds, so that whoever
	// reads it before and after something knows how often that may have been.
	losses atomic.Int64
}

// run goes on until the context ends, and at least until each thing was taken
// away once.
func (c *chaos) run(ctx context.Context, pause time.Duration) {
	instance, crash := 0, false
	kill := func() {
		c.site.kill(instance)
		c.site.start(instance)
		c.site.ready(instance)
		instance = (instance + 1) % len(c.site.ports)
	}
	postgres := func() {
		crash = !crash
		if crash {
			c.database.Crash()
		} else {
			c.database.Stop()
		}
		c.database.Start()
	}
	events := []struct {
		name string
		do   func()
	}{
		{"instances killed", kill},
		{"Redis flushed", func() { c.losing(c.flush) }},
		{"instances killed", kill},
		{"Redis killed and restarted", func() { c.losing(func() { c.redis.Kill(); c.redis.Start() }) }},
		{"instances killed", kill},
		{"PostgreSQL crashed or stopped, and restarted", postgres},
		{"Redis stalled for two seconds", func() { c.redis.Pause(); time.Sleep(2 * time.Second); c.redis.Resume() }},
	}
	for i := 0; i < len(events) || ctx.Err() == nil; i++ {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		event := events[i%len(events)]
		event.do()
		c.events[event.name]++
	}
}

func (c *chaos) losing(do func()) {
	c.losses.Add(1)
	do()
	c.losses.Add(1)
}

func (c *chaos) flush() {
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{c.redis.Address}, DisableCache: true})
	if err != nil {
		c.t.Error(err)
		return
	}
	defer client.Close()
	if err := client.Do(context.Background(), client.B().Flushall().Build()).Error(); err != nil {
		c.t.Error(err)
	}
}

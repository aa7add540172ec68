package integration_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
)

// instance makes an instance over an engine that several share.
func instance(t *testing.T, engine db.Adapter, change ...change) *watchword.Auth {
	t.Helper()
	o := core.Options{BaseURL: "http://auth.test", Secret: "a-secret-for-tests-0123456789-abcdefghij",
		Database: engine, Logger: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	a, err := watchword.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := a.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return a
}

// shared runs a test over every engine that several instances can open.
func shared(t *testing.T, test func(t *testing.T, open func() db.Adapter)) {
	t.Helper()
	openers := map[string]func(*testing.T) func() db.Adapter{"postgres": openPostgres, "mysql": openMySQL,
		"sqlite": func(t *testing.T) func() db.Adapter {
			path := t.TempDir() + "/auth.db"
			return func() db.Adapter {
				a, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
				return opened(t, a, err)
			}
		}}
	for name, open := range openers {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, open(t)) })
	}
}

// TestOutboxOfInstances has one instance die after it accepted messages, and
// three others send them: each message once.
func TestOutboxOfInstances(t *testing.T) {
	t.Parallel()
	shared(t, func(t *testing.T, open func() db.Adapter) {
		const messages = 100
		var mu sync.Mutex
		sent, all := map[string]int{}, make(chan struct{})
		deliver := func(_ context.Context, m *core.Message) error {
			mu.Lock()
			defer mu.Unlock()
			if sent[m.ID]++; len(sent) == messages && sent[m.ID] == 1 {
				close(all)
			}
			return nil
		}
		keeping := func(o *core.Options) {
			o.Deliver, o.Outbox.Enabled, o.Outbox.Interval = deliver, true, 20*time.Millisecond
		}
		dying := instance(t, open(), keeping)
		if _, err := dying.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := dying.Close(t.Context()); err != nil { // it sends nothing from here on
			t.Fatal(err)
		}
		c, err := dying.Kernel().NewContext(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range messages {
			err := c.Transaction(func(c *core.Context) error {
				c.Deliver(&core.Message{Type: "hello", To: "ada@example.com", ID: fmt.Sprint(i)})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(sent) != 0 {
			t.Errorf("%d messages were sent by an instance that is gone", len(sent))
		}
		for range 3 {
			instance(t, open(), keeping).Start()
		}
		select {
		case <-all:
		case <-time.After(patience):
			t.Error("not all messages were sent")
		}
		deadline := time.Now().Add(patience)
		for left := int64(-1); left != 0; {
			if left, err = dying.Kernel().Adapter().Count(t.Context(), &db.Selection{Table: dying.Kernel().Schema().Table("outbox")}); err != nil || time.Now().After(deadline) {
				t.Fatalf("%d messages are left in the outbox: %v", left, err)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for id, n := range sent {
			if n != 1 {
				t.Errorf("message %s was sent %d times", id, n)
			}
		}
	})
}

// TestInstancesMigrateOnce has ten instances start over one empty database.
func TestInstancesMigrateOnce(t *testing.T) {
	t.Parallel()
	shared(t, func(t *testing.T, open func() db.Adapter) {
		const instances = 10
		start, results := make(chan struct{}), make(chan any)
		for range instances {
			a := instance(t, open())
			go func() {
				<-start
				plan, err := a.Migrate(context.Background())
				if err != nil {
					results <- err
					return
				}
				results <- len(plan.Steps)
			}()
		}
		close(start)
		migrated := 0
		for range instances {
			switch r := (<-results).(type) {
			case error:
				t.Error(r)
			case int:
				migrated += min(r, 1)
			}
		}
		if migrated != 1 {
			t.Errorf("%d instances migrated, want one", migrated)
		}
	})
}

package integration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// TestCleanupOfInstances has three instances delete what has expired at once:
// each row once, and nothing that lives.
func TestCleanupOfInstances(t *testing.T) {
	t.Parallel()
	const expired, living = 1300, 200 // more than one statement deletes
	shared(t, func(t *testing.T, open func() db.Adapter) {
		var instances []*watchword.Auth
		for range 3 {
			instances = append(instances, instance(t, open()))
		}
		if _, err := instances[0].Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		k := instances[0].Kernel()
		tables, now := k.Tables(), time.Now().UTC().Truncate(time.Millisecond)
		err := k.Adapter().Transaction(t.Context(), func(x db.Executor) error {
			u := &core.User{ID: "u1", Name: "Ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now}
			if err := db.Create(t.Context(), x, tables.Users.Table, u); err != nil {
				return err
			}
			for i := range expired + living {
				id, ends := fmt.Sprint(i), now.Add(time.Hour)
				if i < expired {
					ends = now.Add(-time.Minute)
				}
				s := &core.Session{ID: id, Token: id, UserID: u.ID, ExpiresAt: ends, CreatedAt: now, UpdatedAt: now}
				if err := db.Create(t.Context(), x, tables.Sessions.Table, s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		type result struct {
			n   int64
			err error
		}
		start, results := make(chan struct{}), make(chan result)
		for _, a := range instances {
			go func() {
				<-start
				c, err := a.Kernel().NewContext(t.Context(), nil)
				if err != nil {
					results <- result{0, err}
					return
				}
				n, err := c.Sessions().Cleanup()
				results <- result{n, err}
			}()
		}
		close(start)
		var deleted int64
		for range instances {
			r := <-results
			if r.err != nil {
				t.Error(r.err)
			}
			deleted += r.n
		}
		left, err := db.Count(t.Context(), k.Adapter(), tables.Sessions.Table)
		if deleted != expired || left != living || err != nil {
			t.Errorf("%d rows were deleted and %d are left, %v; want %d and %d", deleted, left, err, expired, living)
		}
	})
}

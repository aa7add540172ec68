package core_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/kv"
)

// counted counts the deletions of an engine, and fails some.
type counted struct {
	db.Adapter
	deletions atomic.Int64
	fails     atomic.Bool
}

func (a *counted) Delete(ctx context.Context, s *db.Removal) (int64, error) {
	a.deletions.Add(1)
	if a.fails.Load() {
		return 0, db.ErrUnavailable
	}
	return a.Adapter.Delete(ctx, s)
}

func rows(t *testing.T, s *site) (sessions, verifications int64) {
	t.Helper()
	sessions, err := db.Count(t.Context(), s.Adapter(), s.Tables().Sessions.Table)
	verifications, failed := db.Count(t.Context(), s.Adapter(), s.Tables().Verifications.Table)
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return sessions, verifications
}

// fill leaves n sessions and verifications that expire in an hour, and one of
// each that stays.
func fill(t *testing.T, s *site, n int) {
	t.Helper()
	c := newContext(t, s)
	u := &core.User{Email: "ada@example.com", Name: "Ada"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	for i := range n + 1 {
		life := time.Hour
		if i == n {
			life = 90 * 24 * time.Hour
		}
		session, err := c.Sessions().Create(u, core.NewSession{})
		if err == nil {
			_, err = c.Sessions().Update(session.Token, s.Tables().Sessions.ExpiresAt.To(c.Now().Add(life)))
		}
		if err == nil {
			_, err = c.Verifications().Create(fmt.Sprint(i), "x", life)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestCleanupJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine := &counted{Adapter: memory.New()}
		s := newSite(t, nil, func(o *core.Options) {
			o.Now, o.Database, o.Advanced.CleanupInterval = nil, engine, time.Hour
		})
		fill(t, s, 1100)
		s.Start()
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if n, m := rows(t, s); n != 1101 || m != 1101 {
			t.Errorf("%d sessions and %d verifications are left before they expire", n, m)
		}
		engine.fails.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n, m := rows(t, s); n != 1101 || m != 1101 {
			t.Errorf("%d sessions and %d verifications are left by an engine that fails", n, m)
		}
		engine.fails.Store(false)
		engine.deletions.Store(0)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n, m := rows(t, s); n != 1 || m != 1 {
			t.Errorf("%d sessions and %d verifications are left, want one of each", n, m)
		}
		if n := engine.deletions.Load(); n != 6 {
			t.Errorf("%d deletions of 1100 rows in each of two tables, want batches: 6", n)
		}
	})
}

// TestCleanupOfMany races instances over one database: each row is counted
// once.
func TestCleanupOfMany(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	fill(t, s, 700)
	s.clock.move(2 * time.Hour)
	var deleted atomic.Int64
	results := make(chan error)
	for range 5 {
		c := newContext(t, s)
		go func() {
			n, err := c.Sessions().Cleanup()
			deleted.Add(n)
			results <- err
		}()
	}
	for range 5 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if n, _ := rows(t, s); n != 1 || deleted.Load() != 700 {
		t.Errorf("%d rows are left, %d were deleted", n, deleted.Load())
	}
}

func TestCleanupLeavesWhatIsPreserved(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, func(o *core.Options) {
		o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now})
		o.Session.StoreSessionInDatabase, o.Session.PreserveSessionInDatabase = true, true
	})
	c := newContext(t, s)
	u := &core.User{Email: "ada@example.com", Name: "Ada"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sessions().Create(u, core.NewSession{}); err != nil {
		t.Fatal(err)
	}
	s.clock.move(365 * 24 * time.Hour)
	if n, err := newContext(t, s).Sessions().Cleanup(); n != 0 || err != nil {
		t.Errorf("%d rows that are to be preserved were deleted: %v", n, err)
	}
	if n, _ := rows(t, s); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

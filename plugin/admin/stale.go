package admin

import (
	"sync"
	"time"

	"github.com/watchword-auth/watchword/core"
)

// stale remembers for which users this process must not trust the cookie
// cache, because something about them was changed by an administrator. It is
// bounded: where too many were changed, nobody's cache is trusted for a while.
type stale struct {
	age time.Duration // how long a cached copy lives; 0: there is no cache

	mu    sync.Mutex
	until map[string]time.Time
	all   time.Time
}

const (
	maxStale = 10_000
	// inFlight is for copies that are being written while the change is made.
	inFlight = time.Minute
)

func newStale(o *core.Options) *stale {
	s := &stale{until: map[string]time.Time{}}
	if o.Session.CookieCache.Enabled {
		s.age = o.Session.CookieCache.MaxAge
	}
	return s
}

func (s *stale) add(userID string, now time.Time) {
	if s.age == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end := now.Add(s.age + inFlight)
	if len(s.until) >= maxStale {
		for id, until := range s.until {
			if until.Before(now) {
				delete(s.until, id)
			}
		}
	}
	if len(s.until) >= maxStale {
		s.all = end
		clear(s.until)
		return
	}
	s.until[userID] = end
}

func (s *stale) has(userID string, now time.Time) bool {
	if s.age == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.all) || now.Before(s.until[userID])
}

// changed makes the next request of a user read storage, once the change is
// final.
func (a *admin) changed(c *core.Context, userID string) {
	now := c.Now()
	c.AfterCommit(func() { a.stale.add(userID, now) })
}

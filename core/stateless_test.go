package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/kv"
)

func stateless(o *core.Options) { o.Database, o.Stateless = nil, true }

// addRuled adds an endpoint for each rule of sessions.
func addRuled(r *core.Registrar) {
	for path, rule := range map[string]core.SessionRule{
		"/required": core.SessionRequired, "/stored": core.SessionStored, "/fresh": core.SessionFresh,
	} {
		core.Get(r, core.Ref[nothing, said](path[1:]), path, func(c *core.Context, _ *nothing) (*said, error) {
			current, err := c.RequireSession()
			if err != nil {
				return nil, err
			}
			return &said{current.User.Email}, nil
		}, core.Op{Session: rule})
	}
}

func TestADatabaseIsNotForgotten(t *testing.T) {
	t.Parallel()
	s := &site{clock: &clock{}, log: &lockedLog{}}
	for name, change := range map[string]func(*core.Options){
		"none":  func(o *core.Options) { o.Database = nil },
		"twice": func(o *core.Options) { o.Stateless = true },
	} {
		o := options(s)
		change(&o)
		if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), "Options.Stateless") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSessionsWithoutAStoreOutliveTheProcess(t *testing.T) {
	t.Parallel()
	cookies := newSite(t, nil, stateless).enter(t, "ada@example.com")
	s := newSite(t, addRuled, stateless)
	for _, path := range []string{"/required", "/stored", "/fresh"} {
		want(t, s.do("GET", path, "", "Cookie", cookies), 200, "ada@example.com")
	}
	s.clock.move(24*time.Hour + time.Second)
	want(t, s.do("GET", "/fresh", "", "Cookie", cookies), 403, "SESSION_NOT_FRESH")
	other := newSite(t, addRuled, stateless, func(o *core.Options) { o.Secret = "another secret, as long as it has to be 0123" })
	want(t, other.do("GET", "/required", "", "Cookie", cookies), 401, "UNAUTHORIZED")
}

func TestCopiesWithoutAStoreAreRenewed(t *testing.T) {
	t.Parallel()
	hour, no := time.Hour, false
	for name, c := range map[string]struct {
		change      func(*core.CookieCache)
		early, late time.Duration // until when it is not renewed, and when it is
	}{
		"by default":      {nil, 5*24*time.Hour + 14*time.Hour, 5*24*time.Hour + 15*time.Hour},
		"of an age":       {func(cc *core.CookieCache) { cc.RefreshUpdateAge, cc.Strategy = &hour, core.CacheCompact }, 6*24*time.Hour + 22*time.Hour, 6*24*time.Hour + 23*time.Hour + time.Minute},
		"of a short life": {func(cc *core.CookieCache) { cc.MaxAge = 100 * time.Second }, 79 * time.Second, 81 * time.Second},
	} {
		s := newSite(t, addRuled, stateless, func(o *core.Options) {
			if c.change != nil {
				c.change(&o.Session.CookieCache)
			}
		})
		cookies := s.enter(t, "ada@example.com")
		s.clock.move(c.early)
		if a := s.do("GET", "/required", "", "Cookie", cookies); a.status != 200 || len(a.cookies) > 0 {
			t.Errorf("%s: early: got %d and %q", name, a.status, a.cookies)
		}
		s.clock.move(c.late - c.early)
		a := s.do("GET", "/required", "", "Cookie", cookies)
		if a.status != 200 || a.set("better-auth.session_data") == "" || a.set("better-auth.session_token") == "" {
			t.Errorf("%s: late: got %d and %q", name, a.status, a.cookies)
		}
		// The copy is new, the session as old as it was.
		s.clock.move(7*24*time.Hour - c.late + time.Second)
		want(t, s.do("GET", "/required", "", "Cookie", a.cookie()), 401, "UNAUTHORIZED")
	}
	s := newSite(t, addRuled, stateless, func(o *core.Options) { o.Session.CookieCache.RefreshCache = &no })
	cookies := s.enter(t, "ada@example.com")
	s.clock.move(6 * 24 * time.Hour)
	if a := s.do("GET", "/required", "", "Cookie", cookies); a.status != 200 || len(a.cookies) > 0 {
		t.Errorf("switched off: got %d and %q", a.status, a.cookies)
	}
}

func TestRenewalIsForInstancesWithoutAStore(t *testing.T) {
	t.Parallel()
	yes := true
	refreshed := func(o *core.Options) {
		o.Session.CookieCache = core.CookieCache{Enabled: true, RefreshCache: &yes}
	}
	for name, change := range map[string]func(*core.Options){
		"a database":        func(*core.Options) {},
		"secondary storage": func(o *core.Options) { stateless(o); o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) },
	} {
		s := newSite(t, addRuled, refreshed, change)
		cookies := s.enter(t, "ada@example.com")
		s.clock.move(4*time.Minute + 59*time.Second)
		if a := s.do("GET", "/required", "", "Cookie", cookies); a.status != 200 || len(a.cookies) > 0 {
			t.Errorf("%s: got %d and %q", name, a.status, a.cookies)
		}
		if text := s.log.String(); !strings.Contains(text, "RefreshCache does nothing") {
			t.Errorf("%s: the log says %q", name, text)
		}
	}
}

func TestAFreshSessionIsInStorage(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRuled, cached(core.CacheCompact))
	cookies := s.enter(t, "ada@example.com")
	if a := s.do("GET", "/fresh", "", "Cookie", cookies); a.status != 200 || len(a.cookies) > 0 {
		t.Errorf("got %d and %q", a.status, a.cookies)
	}
	revoke(t, s)
	want(t, s.do("GET", "/required", "", "Cookie", cookies), 200, "ada@example.com")
	want(t, s.do("GET", "/fresh", "", "Cookie", cookies), 401, "UNAUTHORIZED")
}

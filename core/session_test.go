package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/kv"
)

// stores are the places where sessions live.
func stores() map[string]func(*core.Options) {
	memory := func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) }
	return map[string]func(*core.Options){
		"database":          func(*core.Options) {},
		"secondary storage": memory,
		"both":              func(o *core.Options) { memory(o); o.Session.StoreSessionInDatabase = true },
		"preserved": func(o *core.Options) {
			memory(o)
			o.Session.StoreSessionInDatabase, o.Session.PreserveSessionInDatabase = true, true
		},
	}
}

func TestSessionsAreProlonged(t *testing.T) {
	t.Parallel()
	for name, store := range stores() {
		s := newSite(t, nil, store)
		cookies := s.enter(t, "ada@example.com")
		exactly(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "ada@example.com until 2026-03-08 12:00:00")
		s.clock.move(24*time.Hour - time.Millisecond)
		if a := s.do("GET", "/who", "", "Cookie", cookies); len(a.cookies) > 0 || !strings.HasSuffix(a.body, "until 2026-03-08 12:00:00") {
			t.Errorf("%s: not due yet: %s %q", name, a.body, a.cookies)
		}
		s.clock.move(time.Millisecond)
		a := s.do("GET", "/who", "", "Cookie", cookies)
		exactly(t, a, 200, "ada@example.com until 2026-03-09 12:00:00")
		if line := a.set("better-auth.session_token"); !strings.Contains(line, "; Max-Age=604800; ") {
			t.Errorf("%s: due: set %q", name, a.cookies)
		}
		s.clock.move(7*24*time.Hour + time.Millisecond)
		a = s.do("GET", "/who", "", "Cookie", cookies)
		exactly(t, a, 200, "nobody")
		if len(a.cookies) != 3 || !strings.Contains(a.cookies[0], "session_token=; Max-Age=0") ||
			!strings.Contains(a.cookies[1], "session_data=; Max-Age=0") || !strings.Contains(a.cookies[2], "dont_remember=; Max-Age=0") {
			t.Errorf("%s: expired: set %q", name, a.cookies)
		}
	}
}

func TestSessionsThatAreNotProlonged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*core.Options){
		"disabled": func(o *core.Options) { o.Session.DisableSessionRefresh = true },
		"deferred": func(o *core.Options) { o.Session.DeferSessionRefresh = true },
	} {
		s := newSite(t, nil, change)
		cookies := s.enter(t, "ada@example.com")
		s.clock.move(48 * time.Hour)
		if a := s.do("GET", "/who", "", "Cookie", cookies); len(a.cookies) > 0 || !strings.HasSuffix(a.body, "until 2026-03-08 12:00:00") {
			t.Errorf("%s: got %s %q", name, a.body, a.cookies)
		}
	}
	s := newSite(t, nil)
	a := s.do("POST", "/enter", `{"email":"ada@example.com","dontRemember":true}`)
	s.clock.move(23 * time.Hour)
	if got := s.do("GET", "/who", "", "Cookie", a.cookie()); len(got.cookies) > 0 || !strings.HasSuffix(got.body, "until 2026-03-02 12:00:00") {
		t.Errorf("not remembered: got %s %q", got.body, got.cookies)
	}
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	for name, store := range stores() {
		var hooked atomic.Int64
		s := newSite(t, func(r *core.Registrar) {
			r.OnSession(core.EntityHooks[core.Session]{
				AfterDelete: func(c *core.Context, row *core.Session) error {
					if current, err := c.Sessions().Find(row.Token); err == nil && !current.Session.ExpiresAt.Before(c.Now().Add(time.Millisecond)) {
						t.Errorf("%s: the session is still there after its deletion", name)
					}
					hooked.Add(1)
					return nil
				},
			})
		}, store)
		var cookies []string
		for range 4 {
			cookies = append(cookies, s.enter(t, "ada@example.com"))
			s.clock.move(time.Second)
		}
		c := newContext(t, s)
		u, err := c.Users().ByEmail("ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		alive := func(step string, want ...bool) {
			t.Helper()
			list, err := c.Sessions().List(u.ID)
			n := 0
			for i, cookie := range cookies {
				if got := s.do("GET", "/who", "", "Cookie", cookie).body != "nobody"; got != want[i] {
					t.Errorf("%s, %s: session %d is alive: %v", name, step, i, got)
				}
				if want[i] {
					n++
				}
			}
			if err != nil || len(list) != n {
				t.Errorf("%s, %s: listed %d: %v", name, step, len(list), err)
			}
		}
		alive("at first", true, true, true, true)
		list, _ := c.Sessions().List(u.ID)
		if err := errors.Join(c.Sessions().Delete(list[0].Token), c.Sessions().Delete("none"), c.Sessions().Delete("active-sessions-"+u.ID)); err != nil {
			t.Error(err)
		}
		s.clock.move(time.Second)
		alive("one gone", false, true, true, true)
		if err := c.Sessions().DeleteOthers(u.ID, list[1].Token); err != nil {
			t.Error(err)
		}
		s.clock.move(time.Second)
		alive("others gone", false, true, false, false)
		if err := c.Sessions().DeleteAll(u.ID); err != nil {
			t.Error(err)
		}
		if fresh := s.enter(t, "ada@example.com"); s.do("GET", "/who", "", "Cookie", fresh).body == "nobody" {
			t.Errorf("%s: a session made after the revocation does not hold", name)
		}
		cookies = cookies[:4]
		if hooked.Load() != 4 {
			t.Errorf("%s: %d hooks ran", name, hooked.Load())
		}
	}
}

func TestChangesOfUsersShowInKeptSessions(t *testing.T) {
	t.Parallel()
	for name, store := range stores() {
		s := newSite(t, nil, store)
		cookies := s.enter(t, "ada@example.com")
		c := newContext(t, s)
		u, err := c.Users().ByEmail("ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Users().Update(u.ID, s.Tables().Users.Email.To("eve@example.com")); err != nil {
			t.Fatal(err)
		}
		want(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "eve@example.com")
		err = c.Transaction(func(c *core.Context) error {
			_, err := c.Users().Update(u.ID, s.Tables().Users.Email.To("undone@example.com"))
			return errors.Join(errTeapot, err)
		})
		if !errors.Is(err, errTeapot) {
			t.Error(err)
		}
		if got := s.do("GET", "/who", "", "Cookie", cookies); !strings.HasPrefix(got.body, "eve@") {
			t.Errorf("%s: an undone change shows: %s", name, got.body)
		}
	}
}

func TestListsOutliveSecondaryStorage(t *testing.T) {
	t.Parallel()
	for name, listed := range map[string]int{"both": 2, "secondary storage": 0} {
		s := newSite(t, nil, stores()[name])
		s.enter(t, "ada@example.com")
		s.clock.move(time.Second)
		s.enter(t, "ada@example.com")
		c := newContext(t, s)
		u, err := c.Users().ByEmail("ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Options().SecondaryStorage.Delete(t.Context(), "active-sessions-"+u.ID); err != nil {
			t.Fatal(err)
		}
		list, err := c.Sessions().List(u.ID)
		if err != nil || len(list) != listed || listed == 2 && !list[0].CreatedAt.Before(list[1].CreatedAt) {
			t.Errorf("%s: %d sessions are listed, in order of time: %v", name, len(list), err)
		}
	}
}

func TestSessionListsLoseNothing(t *testing.T) {
	t.Parallel()
	store := kv.NewMemory(kv.MemoryOptions{})
	s := newSite(t, nil, func(o *core.Options) { o.Now = nil; o.SecondaryStorage = store })
	c := newContext(t, s)
	u := &core.User{Email: "ada@example.com"}
	if err := c.Users().Create(u); err != nil {
		t.Fatal(err)
	}
	const n = 64
	tokens, each := make([]string, n), func(f func(c *core.Context, i int) error) {
		var group sync.WaitGroup
		for i := range n {
			c := newContext(t, s)
			group.Go(func() {
				if err := f(c, i); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	each(func(c *core.Context, i int) error {
		session, err := c.Sessions().Create(u, core.NewSession{})
		tokens[i] = session.Token
		return err
	})
	raw, _, _ := store.Get(t.Context(), "active-sessions-"+u.ID)
	var list []struct {
		Token     string
		ExpiresAt int64
	}
	if err := json.Unmarshal([]byte(raw), &list); err != nil || len(list) != n {
		t.Fatalf("%d of %d sessions are listed: %v", len(list), n, err)
	}
	for i := 1; i < n; i++ {
		if list[i].ExpiresAt < list[i-1].ExpiresAt {
			t.Fatal("the list is not sorted")
		}
	}
	each(func(c *core.Context, i int) error {
		if i%2 == 0 {
			return c.Sessions().Delete(tokens[i])
		}
		_, err := c.Sessions().Update(tokens[i], s.Tables().Sessions.UserAgent.To(fmt.Sprint(i)))
		return err
	})
	sessions, err := c.Sessions().List(u.ID)
	if err != nil || len(sessions) != n/2 {
		t.Errorf("%d sessions are left: %v", len(sessions), err)
	}
}

// A refresh that races a revocation must not bring the session back.
func TestRevokedSessionsStayRevoked(t *testing.T) {
	t.Parallel()
	for name, store := range stores() {
		s := newSite(t, nil, store, func(o *core.Options) { o.Now = nil })
		c := newContext(t, s)
		u := &core.User{Email: "ada@example.com"}
		if err := c.Users().Create(u); err != nil {
			t.Fatal(err)
		}
		for range 30 {
			session, err := c.Sessions().Create(u, core.NewSession{})
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for range 4 {
				c := newContext(t, s)
				group.Go(func() {
					_, err := c.Sessions().Update(session.Token, s.Tables().Sessions.UpdatedAt.To(time.Now()))
					if err != nil && !errors.Is(err, db.ErrNotFound) {
						t.Error(err)
					}
				})
				group.Go(func() { _, _ = c.Users().Update(u.ID, s.Tables().Users.Name.To("x")) })
			}
			group.Go(func() {
				if err := newContext(t, s).Sessions().Delete(session.Token); err != nil {
					t.Error(err)
				}
			})
			group.Wait()
			if current, err := c.Sessions().Find(session.Token); err == nil && time.Until(current.Session.ExpiresAt) > time.Minute {
				t.Fatalf("%s: a revoked session lives", name)
			}
		}
	}
}

func TestVerificationsWorkOnce(t *testing.T) {
	t.Parallel()
	memory := func(o *core.Options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) }
	for name, change := range map[string]func(*core.Options){
		"database": func(*core.Options) {}, "secondary storage": memory,
		"both":   func(o *core.Options) { memory(o); o.Verification.StoreInDatabase = true },
		"hashed": func(o *core.Options) { o.Verification.StoreIdentifier = "hashed" },
		"uuid":   func(o *core.Options) { o.Advanced.GenerateID.Type = db.IDUUID },
		"serial": func(o *core.Options) { o.Advanced.GenerateID.Type = db.IDSerial },
	} {
		s := newSite(t, nil, change)
		c := newContext(t, s)
		if v, err := c.Verifications().Create("id", "old", time.Minute); err != nil || v.ID == "" {
			t.Fatalf("%s: got %v, %v", name, v, err)
		}
		s.clock.move(time.Second)
		if _, err := c.Verifications().Create("id", "1", time.Minute); err != nil {
			t.Fatal(err)
		}
		v, err := c.Verifications().Find("id")
		if err != nil || v.Value != "1" {
			t.Fatalf("%s: found %v, %v", name, v, err)
		}
		var swapped, taken, reserved atomic.Int64
		var group sync.WaitGroup
		race := func(f func(c *core.Context) error) {
			for range 32 {
				c := newContext(t, s)
				group.Go(func() {
					if err := f(c); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			group.Wait()
		}
		race(func(c *core.Context) error {
			ok, err := c.Verifications().Replace(v, "2")
			count(&swapped, ok)
			return err
		})
		race(func(c *core.Context) error {
			v, err := c.Verifications().Take("id")
			count(&taken, err == nil && v.Value == "2")
			if errors.Is(err, db.ErrNotFound) {
				err = nil
			}
			return err
		})
		race(func(c *core.Context) error {
			ok, err := c.Verifications().Reserve("assertion", "x", time.Minute)
			count(&reserved, ok)
			return err
		})
		if swapped.Load() != 1 || taken.Load() != 1 || reserved.Load() != 1 {
			t.Errorf("%s: replaced %d, taken %d, reserved %d times", name, swapped.Load(), taken.Load(), reserved.Load())
		}
		if ok, err := c.Verifications().Reserve("another", "x", time.Minute); !ok || err != nil {
			t.Errorf("%s: a free identifier: %v, %v", name, ok, err)
		}
		if v, err = c.Verifications().Find("another"); err != nil {
			t.Fatalf("%s: a reserved value: %v", name, err)
		}
		if ok, err := c.Verifications().Replace(v, "y"); !ok || err != nil {
			t.Errorf("%s: a reserved value is replaced: %v, %v", name, ok, err)
		}
		if v, err := c.Verifications().Take("another"); err != nil || v.Value != "y" {
			t.Errorf("%s: a reserved value is taken: %v, %v", name, v, err)
		}
		if _, err := c.Verifications().Create("late", "x", time.Minute); err != nil {
			t.Fatal(err)
		}
		s.clock.move(time.Minute + time.Millisecond)
		if _, err := c.Verifications().Take("late"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s: expired: %v", name, err)
		}
		if ok, err := c.Verifications().Reserve("assertion", "x", time.Minute); !ok || err != nil {
			t.Errorf("%s: an expired reservation holds: %v, %v", name, ok, err)
		}
	}
}

func count(n *atomic.Int64, yes bool) {
	if yes {
		n.Add(1)
	}
}

func TestReadingSweepsExpiredVerifications(t *testing.T) {
	t.Parallel()
	for _, off := range []bool{false, true} {
		s := newSite(t, nil, func(o *core.Options) { o.Verification.DisableCleanup = off })
		c := newContext(t, s)
		if _, err := c.Verifications().Create("old", "x", time.Second); err != nil {
			t.Fatal(err)
		}
		s.clock.move(time.Hour)
		if _, err := c.Verifications().Find("none"); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		n, err := db.Count(t.Context(), s.Adapter(), s.Tables().Verifications.Table)
		if want := map[bool]int64{false: 0, true: 1}[off]; err != nil || n != want {
			t.Errorf("%d rows are left, want %d: %v", n, want, err)
		}
	}
}

package session_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/plugin/admin"
)

// counted counts what is read from an engine.
type counted struct {
	db.Watcher
	reads atomic.Int64
}

func (c *counted) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	c.reads.Add(1)
	return c.Watcher.Select(ctx, s, next)
}

// costs returns how often f read from the engine.
func (c *counted) costs(f func()) int64 {
	before := c.reads.Load()
	f()
	return c.reads.Load() - before
}

func openSQLite(t testing.TB, path string) db.Watcher {
	t.Helper()
	a, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func openPostgres(t testing.TB, url string) db.Watcher {
	t.Helper()
	a, err := postgres.Open(t.Context(), url, postgres.Options{MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// caching returns an instance with the read cache over an engine, and the
// count of what it reads. On PostgreSQL it waits until the watch has begun.
func caching(t testing.TB, engine db.Watcher, change ...func(*options)) (*authtest.Server, *counted) {
	t.Helper()
	c := &counted{Watcher: engine}
	s := authtest.New(t, append([]func(*options){func(o *options) {
		o.Session.ReadCache.Enabled = true
		o.Database = c
	}}, change...)...)
	if engine.Dialect() != db.Postgres {
		return s, c
	}
	ada := s.SignUp("first@example.com")
	for start := time.Now(); c.costs(func() { ada.Get("/get-session").Want(200, "first@") }) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("the watch did not begin: %s", s.Log())
		}
	}
	return s, c
}

// watched runs a test over every engine that can be watched.
func watched(t *testing.T, test func(t *testing.T, s *authtest.Server, c *counted), change ...func(*options)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		s := authtest.New(t) // for its engine
		cached, c := caching(t, s.Adapter().(db.Watcher), change...)
		test(t, cached, c)
	})
	t.Run("sqlite", func(t *testing.T) {
		s, c := caching(t, openSQLite(t, filepath.Join(t.TempDir(), "auth.db")), change...)
		test(t, s, c)
	})
	t.Run("postgres", func(t *testing.T) {
		s, c := caching(t, openPostgres(t, testenv.Postgres(t)), change...)
		test(t, s, c)
	})
}

func TestReadCacheAnswersWithoutStorage(t *testing.T) {
	watched(t, func(t *testing.T, s *authtest.Server, c *counted) {
		ada := s.SignUp("ada@example.com")
		first := ada.Get("/get-session").Want(200, "ada@example.com")
		if n := c.costs(func() {
			for range 5 {
				ada.Get("/get-session").WantBody(200, first.Body)
			}
		}); n != 0 {
			t.Errorf("%d reads", n)
		}
		if n := c.costs(func() { ada.Get("/get-session?disableCookieCache=true").WantBody(200, first.Body) }); n != 1 {
			t.Errorf("who asks for storage got it %d times", n)
		}
		other := s.SignUp("bob@example.com")
		other.Get("/get-session").Want(200, "bob@example.com")
		forged := s.Client()
		forged.SetCookie(sessionToken, strings.Replace(ada.Cookie(sessionToken), ".", "x.", 1))
		forged.Get("/get-session").WantBody(200, "null")
	})
}

// Whatever ends or changes a session or its user is seen by the next answer.
func TestReadCacheSeesEveryChange(t *testing.T) {
	watched(t, func(t *testing.T, s *authtest.Server, _ *counted) {
		set := func(x db.Executor, email, name string) {
			if _, err := db.Update(t.Context(), x, s.Tables().Users.Table, []db.Assign[core.User]{s.Tables().Users.Name.To(name)},
				s.Tables().Users.Email.Eq(email)); err != nil {
				t.Fatal(err)
			}
		}
		root := s.SignUp("root@example.com")
		c := s.Context()
		if _, err := c.Users().Update(s.User("root@example.com").ID, db.ToAny(s.Tables().Users.Table, s.Tables().Users.Column("role"), "admin")); err != nil {
			t.Fatal(err)
		}
		warm := func(clients ...*authtest.Client) {
			t.Helper()
			for range 2 {
				for _, c := range clients {
					c.Get("/get-session").Want(200, `"session":{`)
				}
			}
		}
		for i, end := range []func(ada, second *authtest.Client){
			func(ada, second *authtest.Client) { ada.Clone().Post("/sign-out", body{}).Want(200) },
			func(ada, second *authtest.Client) { second.Post("/revoke-other-sessions", nil).Want(200) },
			func(ada, second *authtest.Client) { second.Post("/revoke-sessions", nil).Want(200) },
			func(ada, second *authtest.Client) {
				token, _, _ := strings.Cut(ada.Cookie(sessionToken), ".")
				second.Post("/revoke-session", body{"token": token}).Want(200)
			},
			func(ada, second *authtest.Client) {
				id := ada.Get("/get-session").Text("user.id")
				root.Post("/admin/ban-user", body{"userId": id}).Want(200)
			},
			func(ada, second *authtest.Client) {
				root.Post("/admin/remove-user", body{"userId": ada.Get("/get-session").Text("user.id")}).Want(200)
			},
			func(ada, second *authtest.Client) { s.Clock.Advance(8 * day) },
		} {
			email := fmt.Sprintf("ada%d@example.com", i)
			ada := s.SignUp(email)
			second := s.SignIn(email)
			warm(ada, second)
			stolen := ada.Clone()
			stolen.SetCookie(sessionToken, ada.Cookie(sessionToken))
			end(ada, second)
			stolen.Get("/get-session").WantBody(200, "null")
		}
		ada := s.SignUp("ada@example.com")
		warm(ada)
		ada.Post("/update-user", body{"name": "Lovelace"}).Want(200)
		ada.Get("/get-session").Want(200, `"name":"Lovelace"`)
		set(s.Adapter(), "ada@example.com", "Byron")
		ada.Get("/get-session").Want(200, `"name":"Byron"`)
		err := s.Adapter().Transaction(t.Context(), func(x db.Executor) error {
			set(x, "ada@example.com", "King")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ada.Get("/get-session").Want(200, `"name":"King"`)
	}, func(o *options) { o.Plugins = append(o.Plugins, admin.New(admin.Options{})) })
}

// A handler that changes the rows it was given changes nobody else's.
func TestReadCacheGivesEveryCallerItsOwn(t *testing.T) {
	watched(t, func(t *testing.T, s *authtest.Server, _ *counted) {
		ada := s.SignUp("ada@example.com")
		vandal := ada.Clone()
		vandal.Headers.Set("Change", "yes")
		for range 3 {
			ada.Get("/get-session").Want(200, `"name":"ada@example.com"`, `"plan":"free"`)
			vandal.Get("/get-session").Want(200, `"name":"changed"`, `"plan":"changed"`)
		}
	}, func(o *options) {
		o.User.AdditionalFields = []core.AdditionalField{{Name: "plan", NoInput: true, Default: func() any { return "free" }}}
		o.Hooks.After = func(c *core.Context, r *core.Result) error {
			current, err := c.Session()
			if err == nil && current != nil && c.Header("Change") != "" {
				current.User.Name = "changed"
				return c.Tables().Users.Set(current.User, c.Tables().Users.Column("plan"), "changed")
			}
			return err
		}
	})
}

// After a sign-out has been answered, no request that starts then finds the
// session, however many readers keep it warm.
func TestRevocationAgainstManyReaders(t *testing.T) {
	watched(t, func(t *testing.T, s *authtest.Server, _ *counted) {
		for round := range 20 {
			ada := s.SignUp(fmt.Sprintf("ada%d@example.com", round))
			var revoked atomic.Bool
			var readers sync.WaitGroup
			for range 4 {
				reader := ada.Clone()
				readers.Go(func() {
					for late := 0; late < 3; {
						after := revoked.Load()
						reader.SetCookie(sessionToken, ada.Cookie(sessionToken))
						a := reader.Get("/get-session")
						if after {
							late++
							if a.Body != "null" {
								t.Errorf("round %d: a revoked session answered: %s", round, a.Body)
								return
							}
						}
					}
				})
			}
			time.Sleep(time.Millisecond) // let the readers warm the cache; nothing depends on it
			ada.Clone().Post("/sign-out", body{}).Want(200)
			revoked.Store(true)
			readers.Wait()
		}
	})
}

// Two instances over one SQLite file are as two processes: what one writes is
// seen by the next answer of the other.
func TestReadCacheSeesOtherProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	s, c := caching(t, openSQLite(t, path))
	other := authtest.New(t, func(o *options) { o.Database, o.Now = openSQLite(t, path), s.Clock.Now })
	for round := range 50 {
		email := fmt.Sprintf("ada%d@example.com", round)
		ada := s.SignUp(email)
		ada.Get("/get-session").Want(200, email)
		if n := c.costs(func() { ada.Get("/get-session").Want(200, email) }); n != 0 {
			t.Fatalf("not cached: %d reads", n)
		}
		sessions := other.Context().Sessions()
		if err := sessions.DeleteAll(other.User(email).ID); err != nil {
			t.Fatal(err)
		}
		ada.Get("/get-session").WantBody(200, "null")
	}
}

// The same with a process that is one.
func TestReadCacheSeesARealProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	s, c := caching(t, openSQLite(t, path))
	for round := range 3 {
		email := fmt.Sprintf("ada%d@example.com", round)
		ada := s.SignUp(email)
		ada.Get("/get-session").Want(200, email)
		if n := c.costs(func() { ada.Get("/get-session").Want(200, email) }); n != 0 {
			t.Fatalf("not cached: %d reads", n)
		}
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$", "-test.count=1")
		child.Env = append(os.Environ(), otherProcess+"="+path)
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		ada.Get("/get-session").WantBody(200, "null")
	}
}

const otherProcess = "WATCHWORD_TEST_OTHER_PROCESS"

// TestOtherProcess is what [TestReadCacheSeesARealProcess] runs: it deletes
// every session of a file.
func TestOtherProcess(t *testing.T) {
	path := os.Getenv(otherProcess)
	if path == "" {
		return
	}
	s := authtest.New(t, func(o *options) { o.Database = openSQLite(t, path) })
	if n, err := db.Delete(t.Context(), s.Adapter(), s.Tables().Sessions.Table); err != nil || n == 0 {
		t.Fatalf("%d deleted, %v", n, err)
	}
}

// What a random life of sessions shows through the cache is what storage
// holds, after every step.
func TestReadCacheAgainstStorage(t *testing.T) {
	watched(t, func(t *testing.T, s *authtest.Server, _ *counted) {
		seed := rand.Uint64()
		steps := make([]byte, 120)
		for i, r := 0, rand.New(rand.NewPCG(seed, 1)); i < len(steps); i++ {
			steps[i] = byte(r.Uint32())
		}
		t.Logf("seed %d", seed)
		live(t, s, steps)
	})
}

func FuzzReadCache(f *testing.F) {
	f.Add([]byte{0, 0, 1, 9, 18, 27, 3, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, steps []byte) {
		s, _ := caching(t, authtest.New(t).Adapter().(db.Watcher))
		live(t, s, steps[:min(len(steps), 60)])
	})
}

// live plays steps, each of which picks what happens and to whom.
func live(t *testing.T, s *authtest.Server, steps []byte) {
	t.Helper()
	const people = 3
	var clients []*authtest.Client
	for i := range people {
		clients = append(clients, s.SignUp(fmt.Sprintf("p%d@example.com", i)))
	}
	for n, step := range steps {
		who := int(step>>4) % len(clients)
		c := clients[who]
		switch step % 9 {
		case 0, 1:
			clients = append(clients, s.SignIn(fmt.Sprintf("p%d@example.com", who%people)))
		case 2:
			c.Clone().Post("/sign-out", body{})
		case 3:
			c.Clone().Post("/revoke-other-sessions", nil)
		case 4:
			c.Clone().Post("/update-user", body{"name": fmt.Sprint("name ", n)})
		case 5:
			s.Clock.Advance(day / 2)
		case 6:
			c.Clone().Post("/revoke-sessions", nil)
		}
		for i, c := range clients {
			// Neither may prolong or clear: each is asked by a browser that forgets.
			kept := c.Clone().Get("/get-session?disableRefresh=true")
			stored := c.Clone().Get("/get-session?disableRefresh=true&disableCookieCache=true")
			if kept.Body != stored.Body {
				t.Fatalf("step %d of %v: client %d: cached %s, stored %s", n, steps, i, kept.Body, stored.Body)
			}
		}
		if len(clients) > 8 {
			clients = clients[len(clients)-6:]
		}
	}
}

func TestReadCacheOfSecondaryStorage(t *testing.T) {
	s := authtest.New(t, func(o *options) {
		o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now})
		o.Session.ReadCache.Enabled = true
	})
	ada := s.SignUp("ada@example.com")
	for range 3 {
		ada.Get("/get-session").Want(200, `"name":"ada@example.com"`)
	}
	ada.Post("/update-user", body{"name": "Lovelace"}).Want(200)
	ada.Get("/get-session").Want(200, `"name":"Lovelace"`)
	ada.Clone().Post("/sign-out", body{}).Want(200)
	ada.Get("/get-session").WantBody(200, "null")
}

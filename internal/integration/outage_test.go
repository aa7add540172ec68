package integration_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv/redis"
)

// wire is a connection to Redis that can be cut, or made to swallow
// everything.
type wire struct {
	listener    net.Listener
	backend     string
	cut, stalls atomic.Bool

	mu    sync.Mutex
	conns map[net.Conn]bool
}

func newWire(t *testing.T) *wire {
	t.Helper()
	u, err := url.Parse(testenv.Redis())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, backend: u.Host, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); w.sever() })
	go w.accept()
	return w
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.backend)
		if err != nil || w.cut.Load() {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.conns[client], w.conns[server] = true, true
		w.mu.Unlock()
		go w.copy(server, client)
		go w.copy(client, server)
	}
}

func (w *wire) copy(to, from net.Conn) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if w.stalls.Load() {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close()
	}
	clear(w.conns)
}

// TestLossOfRedis has Redis go away under signed-in users, in two ways, and
// come back.
func TestLossOfRedis(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(w *wire, lost bool){
		"cut": func(w *wire, lost bool) { w.cut.Store(lost); w.sever() },
		"stalled": func(w *wire, lost bool) {
			w.stalls.Store(lost)
			if !lost {
				w.sever()
			}
		},
	} {
		for _, both := range []bool{false, true} {
			name := name
			if both {
				name += ", sessions in the database too"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWire(t)
				// Its cache would hide the loss until it runs out.
				store := openRedis(t, redis.Options{Addresses: []string{w.listener.Addr().String()}, CacheTTL: -1,
					DialTimeout: 300 * time.Millisecond, Timeout: 300 * time.Millisecond})
				s := authtest.New(t, func(o *core.Options) {
					o.Database, o.SecondaryStorage = openPostgres(t)(), store
					o.Session.StoreSessionInDatabase = both
				})
				ada := s.SignUp("ada@example.com")
				lose(w, true)
				began := time.Now()
				if both {
					ada.Clone().Get("/get-session").Want(200, "ada@example.com")
					s.Clock.Advance(36 * time.Hour) // the session is due to be prolonged, which has to wait
					ada.Clone().Get("/get-session").Want(200, "ada@example.com")
				} else {
					ada.Clone().Get("/get-session").Want(503)
				}
				signIn(s, "ada@example.com", authtest.Password).Want(503)
				ada.Clone().Post("/revoke-sessions", authtest.JSON{}).Want(503)
				s.Client().Post("/sign-up/email", authtest.JSON{"name": "Bob", "email": "bob@example.com", "password": authtest.Password}).Want(503)
				for range 50 { // nobody waits any more for a Redis that does not answer
					a := ada.Clone().Get("/get-session")
					if both {
						a.Want(200, "ada@example.com")
					} else {
						a.Want(503)
					}
				}
				if took := time.Since(began); took > 8*time.Second {
					t.Errorf("the calls took %v", took)
				}
				lose(w, false)
				for deadline := time.Now().Add(patience); store.Ping(t.Context()) != nil; time.Sleep(20 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("no recovery")
					}
				}
				bob := s.SignUp("bob@example.com") // what failed left nothing behind
				bob.Post("/revoke-sessions", authtest.JSON{}).Want(200)
				if signedIn(bob) {
					t.Error("signed in after revoking")
				}
				signIn(s, "ada@example.com", authtest.Password).Want(200)
			})
		}
	}
}

// TestFlushOfRedis loses what Redis holds, but not Redis.
func TestFlushOfRedis(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		store := openRedis(t, redis.Options{})
		s := authtest.New(t, func(o *core.Options) {
			o.Database, o.SecondaryStorage, o.Session.StoreSessionInDatabase = openPostgres(t)(), store, both
		})
		ada, phone := s.SignUp("ada@example.com"), s.SignIn("ada@example.com")
		id := s.User("ada@example.com").ID
		for _, c := range []*authtest.Client{ada, phone} {
			var current struct{ Session struct{ Token string } }
			c.Get("/get-session").Decode(&current)
			if err := store.Delete(t.Context(), current.Session.Token, "active-sessions-"+id); err != nil {
				t.Fatal(err)
			}
		}
		if signedIn(ada) != both {
			t.Errorf("signed in after the loss: %v, want %v", !both, both)
		}
		if !both {
			continue
		}
		ada.Post("/revoke-sessions", authtest.JSON{}).Want(200)
		if signedIn(ada) || signedIn(phone) {
			t.Error("signed in after revoking what Redis had lost")
		}
	}
}

// Package authtest assembles an instance for tests and talks to it as a
// browser would.
//
//	s := authtest.New(t, func(o *core.Options) { o.Session.DeferSessionRefresh = true })
//	ada := s.SignUp("ada@example.com")
//	s.Clock.Advance(25 * time.Hour)
//	ada.Get("/get-session").Want(200, `"needsRefresh":true`)
//	mail := s.Message(core.MessageVerification)
//
// An instance has every built-in flow, rows in memory, a movable clock, a
// password hash that costs nothing, and no rate limits, unless the test's
// options say otherwise. Failures of the instance itself end the test.
package authtest

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/flow/account"
	"github.com/watchword-auth/watchword/flow/emailpassword"
	"github.com/watchword-auth/watchword/flow/health"
	"github.com/watchword-auth/watchword/flow/password"
	"github.com/watchword-auth/watchword/flow/session"
	"github.com/watchword-auth/watchword/flow/social"
	"github.com/watchword-auth/watchword/flow/user"
	"github.com/watchword-auth/watchword/flow/verification"
)

const (
	// Origin is where instances are reached.
	Origin = "http://auth.test"
	// Secret is what instances sign with.
	Secret = "a-secret-for-tests-0123456789-abcdefghij"
	// Password is that of the users [Server.SignUp] makes.
	Password = "correct horse battery"
)

// Server is an instance under test. Its methods may be called by several
// goroutines.
type Server struct {
	*core.Kernel
	Clock  *Clock
	Hasher *Hasher // nil where the test's options gave another one

	t    testing.TB
	log  *lockedBuffer
	mail *mailbox
}

// New assembles an instance; each function may change its options first. It
// is closed with the test.
func New(t testing.TB, change ...func(*core.Options)) *Server {
	t.Helper()
	s := &Server{t: t, Clock: NewClock(), Hasher: &Hasher{}, log: &lockedBuffer{}, mail: newMailbox()}
	off := false
	o := core.Options{
		BaseURL: Origin, Secret: Secret, Now: s.Clock.Now, Deliver: s.mail.deliver,
		Logger:           slog.New(slog.NewTextHandler(s.log, nil)),
		EmailAndPassword: core.EmailAndPassword{Enabled: true, Hasher: s.Hasher},
		RateLimit:        core.RateLimit{Enabled: &off},
	}
	for _, f := range change {
		f(&o)
	}
	if o.Database == nil && !o.Stateless {
		o.Database = memory.New()
	}
	if o.EmailAndPassword.Hasher != s.Hasher {
		s.Hasher = nil
	}
	k, err := core.New(o, Flows()...)
	if err != nil {
		t.Fatal(err)
	}
	s.Kernel = k
	Migrate(t, k)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the instance's log:\n%s", s.Log())
		}
	})
	return s
}

// Flows returns the built-in flows.
func Flows() []core.Plugin {
	return []core.Plugin{emailpassword.Flow{}, session.Flow{}, account.Flow{}, health.Flow{},
		verification.Flow{}, password.Flow{}, user.Flow{}, social.Flow{}}
}

// Migrate makes the instance's tables.
func Migrate(t testing.TB, k *core.Kernel) {
	t.Helper()
	_, err := k.Adapter().Apply(t.Context(), func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(k.Schema(), live, k.Adapter().Dialect()), nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Empty removes all rows, for tests that use one database again and again: to
// open one takes longer.
func Empty(t testing.TB, k *core.Kernel) {
	t.Helper()
	for _, def := range slices.Backward(k.Schema().Tables) {
		if _, err := k.Adapter().Delete(t.Context(), &db.Removal{Table: def}); err != nil {
			t.Fatal(err)
		}
	}
}

// SQLite keeps an instance's rows in a file that goes with the test: a change
// for [New].
func SQLite(t testing.TB) func(*core.Options) {
	t.Helper()
	a, err := sqlite.Open(filepath.Join(t.TempDir(), "auth.db"), sqlite.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return func(o *core.Options) { o.Database = a }
}

// Engines runs a test on an instance over each engine that needs no server.
func Engines(t *testing.T, test func(t *testing.T, engine func(*core.Options))) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, func(*core.Options) {})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
}

// Context returns a context for reading and changing rows behind the
// instance's back.
func (s *Server) Context() *core.Context {
	s.t.Helper()
	c, err := s.NewContext(context.Background(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// User returns the stored user of that address, or fails the test.
func (s *Server) User(email string) *core.User {
	s.t.Helper()
	u, err := s.Context().Users().ByEmail(email)
	if err != nil {
		s.t.Fatalf("user %s: %v", email, err)
	}
	return u
}

// SignUp signs up a user named after the address, with [Password], and
// returns the browser that did it.
func (s *Server) SignUp(email string) *Client {
	s.t.Helper()
	c := s.Client()
	c.Post("/sign-up/email", JSON{"name": email, "email": email, "password": Password}).Want(200)
	return c
}

// SignIn signs a user in whom [Server.SignUp] made, and returns the browser.
func (s *Server) SignIn(email string) *Client {
	s.t.Helper()
	c := s.Client()
	c.Post("/sign-in/email", JSON{"email": email, "password": Password}).Want(200)
	return c
}

// Log returns what the instance has logged.
func (s *Server) Log() string { return s.log.String() }

// patience bounds how long a test waits for background work.
const patience = 5 * time.Second

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

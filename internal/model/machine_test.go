package model_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
)

type (
	body    = authtest.JSON
	options = core.Options
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
	eve = "eve@example.com"

	day = 24 * time.Hour
)

// play runs a machine on random calls, over each engine that needs no server.
func play(t *testing.T, run func(t *rapid.T, begin beginning)) {
	t.Helper()
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			run(r, func(change ...func(*options)) *authtest.Server { return authtest.New(trial{t, r}, change...) })
		})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		// To open SQLite for each run would take most of the time.
		a, err := sqlite.Open(":memory:", sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		rapid.Check(t, func(r *rapid.T) {
			run(r, func(change ...func(*options)) *authtest.Server {
				s := authtest.New(trial{t, r}, append(change, func(o *options) { o.Database = a })...)
				authtest.Empty(t, s.Kernel)
				return s
			})
		})
	})
}

// beginning makes an instance for one run.
type beginning func(change ...func(*options)) *authtest.Server

// trial lets an instance fail one run, so that it is made smaller, rather than
// the whole test.
type trial struct {
	testing.TB

	run *rapid.T
}

func (t trial) Cleanup(f func())                  { t.run.Cleanup(f) }
func (t trial) Context() context.Context          { return t.run.Context() }
func (t trial) Error(args ...any)                 { t.run.Error(args...) }
func (t trial) Errorf(format string, args ...any) { t.run.Errorf(format, args...) }
func (t trial) Fatal(args ...any)                 { t.run.Fatal(args...) }
func (t trial) Fatalf(format string, args ...any) { t.run.Fatalf(format, args...) }
func (t trial) Failed() bool                      { return t.run.Failed() }
func (t trial) Log(args ...any)                   { t.run.Log(args...) }
func (t trial) Logf(format string, args ...any)   { t.run.Logf(format, args...) }

// pick draws one of what there is, and takes the action back where there is
// nothing.
func pick[V any](t *rapid.T, what string, from []V) V {
	if len(from) == 0 {
		t.Skip("none")
	}
	return from[rapid.IntRange(0, len(from)-1).Draw(t, what)]
}

// mostly picks of the usual ones, where there are any, three times of four.
func mostly[V any](t *rapid.T, what string, usual, all []V) V {
	if len(usual) > 0 && rapid.IntRange(0, 3).Draw(t, what+", usual") < 3 {
		all = usual
	}
	return pick(t, what, all)
}

func flip(t *rapid.T, what string) bool { return rapid.Bool().Draw(t, what) }

// kept draws where sessions and verifications are kept.
func kept(t *rapid.T) func(*options) {
	return pick(t, "store", []func(*options){func(*options) {}, fault.Secondary, fault.InBoth})
}

// passing moves the clock by one of the times.
func passing(s *authtest.Server, times ...time.Duration) func(*rapid.T) {
	return func(t *rapid.T) { s.Clock.Advance(pick(t, "later", times)) }
}

// want fails the run unless the answer has the status and, where it is given,
// the code.
func want(t *rapid.T, a *authtest.Answer, status int, code string) {
	t.Helper()
	if got := a.Text("code"); a.Status != status || got != code {
		t.Fatalf("%d %s, want %d %s: %s", a.Status, got, status, code, a.Body)
	}
}

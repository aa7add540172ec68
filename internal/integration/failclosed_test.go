//go:build unix

package integration_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv/redis"
)

// closed checks that nothing is let through: neither a session, nor a request
// that was not counted.
func closed(t *testing.T, s *authtest.Server, ada *authtest.Client) {
	t.Helper()
	for range 20 {
		ada.Clone().Get("/get-session").Want(http.StatusServiceUnavailable)
		s.Client().Get("/ok").Want(http.StatusServiceUnavailable)
		signIn(s, "ada@example.com", authtest.Password).Want(http.StatusServiceUnavailable)
	}
}

func limited(o *core.Options) {
	on := true
	o.RateLimit.Enabled = &on
	o.RateLimit.Window, o.RateLimit.Max = time.Hour, 1000
}

// reopened waits until sessions are answered again.
func reopened(t *testing.T, ada *authtest.Client) {
	t.Helper()
	for began := time.Now(); ada.Clone().Get("/get-session").Status != http.StatusOK; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("no recovery")
		}
	}
}

// TestLossOfPostgres crashes the database that has everything, limits too.
func TestLossOfPostgres(t *testing.T) {
	t.Parallel()
	server := testenv.OwnPostgres(t)
	s := authtest.New(t, limited, func(o *core.Options) {
		a, err := postgres.Open(t.Context(), server.URL, postgres.Options{})
		o.Database = opened(t, a, err)
		o.Plugins = append(o.Plugins, watchword.DatabaseRateLimit{})
	})
	ada := s.SignUp("ada@example.com")
	server.Crash()
	closed(t, s, ada)
	server.Start()
	reopened(t, ada)
	ada.Clone().Get("/get-session").Want(200, "ada@example.com")
}

// TestLossOfLimits kills the Redis that has sessions and limits.
func TestLossOfLimits(t *testing.T) {
	t.Parallel()
	server := testenv.OwnRedis(t)
	s := authtest.New(t, limited, func(o *core.Options) {
		o.Database = openPostgres(t)()
		o.SecondaryStorage = openRedis(t, redis.Options{URL: server.URL, Timeout: 300 * time.Millisecond})
	})
	ada := s.SignUp("ada@example.com")
	server.Kill()
	closed(t, s, ada)
	server.Start()
	reopened(t, ada)
	ada.Clone().Get("/get-session").Want(200, "null") // it came back empty
}

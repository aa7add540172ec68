package integration_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/kv/redis"
	"github.com/watchword-auth/watchword/ratelimit"
)

// TestLimitsOfInstances sends bursts from some addresses to three instances at
// once. However they interleave, just as many pass as may, in each window.
func TestLimitsOfInstances(t *testing.T) {
	t.Parallel()
	const allowed, burst, addresses = 7, 30, 3
	prefix := "watchword-test:" + t.Name() + time.Now().Format("150405.000000") + ":"
	test := func(t *testing.T, open func() db.Adapter, where change) {
		var instances [3]http.Handler
		for i := range instances {
			a := instance(t, open(), where, func(o *core.Options) {
				on := true
				o.RateLimit.Enabled = &on
				o.RateLimit.CustomRules = []ratelimit.CustomRule{{Path: "/ok", Rule: ratelimit.Rule{Window: time.Hour, Max: allowed}}}
			})
			if i == 0 {
				if _, err := a.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			instances[i] = a.Handler()
		}
		type answer struct{ address, status int }
		start, answers := make(chan struct{}), make(chan answer)
		for n := range burst * addresses {
			go func() {
				<-start
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://auth.test/api/auth/ok", nil)
				r.RemoteAddr = fmt.Sprintf("81.0.0.%d:1234", n%addresses)
				w := httptest.NewRecorder()
				instances[(n/addresses)%len(instances)].ServeHTTP(w, r)
				answers <- answer{n % addresses, w.Code}
			}()
		}
		close(start)
		passed := map[int]int{}
		for range burst * addresses {
			switch a := <-answers; a.status {
			case http.StatusOK:
				passed[a.address]++
			case http.StatusTooManyRequests:
			default:
				t.Errorf("status %d", a.status)
			}
		}
		for address, n := range passed {
			if n != allowed {
				t.Errorf("%d requests of address %d passed, want %d", n, address, allowed)
			}
		}
		if len(passed) != addresses {
			t.Errorf("%d addresses passed, want %d", len(passed), addresses)
		}
	}
	shared(t, func(t *testing.T, open func() db.Adapter) {
		test(t, open, func(o *core.Options) { o.Plugins = append(o.Plugins, watchword.DatabaseRateLimit{}) })
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, openPostgres(t), func(o *core.Options) { o.SecondaryStorage = openRedis(t, redis.Options{Prefix: prefix}) })
	})
}

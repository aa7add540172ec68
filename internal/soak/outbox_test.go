//go:build unix

package soak_test

import (
	"database/sql"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// lease is how long a message is held by an instance that died while it was
// sending it, and a little more.
const lease = 150 * time.Second

// TestOutbox kills an instance that has accepted messages and sent none, since
// their receiver does not answer. Another sends them, each once for whoever
// drops repetitions by the key. Those that the first one was about to send are
// held for two minutes: a short run only sees that none of them is lost.
func TestOutbox(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	database := testenv.OwnPostgres(t)
	s := newSite(t, 2, map[string]any{
		"secret": "a-secret-for-tests-0123456789-abcdefghij", "database": database.URL,
		"emailAndPassword":  map[string]any{"enabled": true},
		"emailVerification": map[string]any{"sendOnSignUp": true},
		"outbox":            map[string]any{"enabled": true, "interval": 1},
		"rateLimit":         map[string]any{"enabled": false},
		"logger":            map[string]any{"level": "error"},
	})
	s.kill(1)
	s.mail.hold()
	const users = 24
	l := newTally()
	var running sync.WaitGroup
	var mu sync.Mutex
	var accepted []string
	for range users {
		running.Go(func() {
			email := newAddress()
			status, repeated := s.device(l).post("/sign-up/email", map[string]any{"name": "Ada", "email": email, "password": oldPassword})
			if status != http.StatusOK && !repeated {
				l.violate("sign-up: %d", status)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			accepted = append(accepted, email)
		})
	}
	running.Wait()
	s.kill(0)
	if n := s.mail.count(); n != 0 {
		t.Fatalf("%d messages were sent before the crash: nothing is proven", n)
	}
	s.mail.release()
	s.start(1)
	s.ready(1)
	handle, err := sql.Open("pgx", database.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	left := func() (n int) {
		if err := handle.QueryRow(`SELECT count(*) FROM outbox`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	wait, limit := 20*time.Second, lease
	if *duration < lease {
		limit = wait
	}
	for deadline := time.Now().Add(limit); left() > 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	sent, held := s.mail.count(), left()
	t.Logf("%d of %d messages were sent after the crash, %d are held", sent, len(accepted), held)
	if sent+held < users || len(accepted) != users || sent < users/2 || limit == lease && held > 0 {
		t.Error("messages are lost or were not sent")
	}
	if s.mail.repeats > held {
		t.Errorf("%d messages came again", s.mail.repeats)
	}
	missing := 0
	for _, email := range accepted {
		if s.mail.wait(email, "verification-email", 200*time.Millisecond) == "" {
			missing++
		}
	}
	if missing > held {
		t.Errorf("%d receivers got nothing, and %d messages are held", missing, held)
	}
	for _, v := range l.violations {
		t.Error(v)
	}
}

package session_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

// discard is a response writer that costs nothing itself.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// reader returns a function that asks for the session once.
func reader(tb testing.TB, change ...func(*core.Options)) func() {
	s := authtest.New(tb, change...)
	ada := s.SignUp("ada@example.com")
	r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/api/auth/get-session", nil)
	const token, data = "better-auth.session_token", "better-auth.session_data"
	cookies := token + "=" + ada.Cookie(token)
	if cached := ada.Cookie(data); cached != "" {
		cookies += "; " + data + "=" + cached
	}
	r.Header.Set("Cookie", cookies)
	w := &discard{header: http.Header{}}
	return func() {
		clear(w.header)
		if s.ServeHTTP(w, r); w.status != http.StatusOK {
			tb.Fatalf("status %d", w.status)
		}
	}
}

func cached(o *core.Options) { o.Session.CookieCache.Enabled = true }

// Reading the session is what a server does most: its allocations are
// bounded. Not parallel, as AllocsPerRun demands.
func TestReadingAllocatesLittle(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, c := range []struct {
		name   string
		change func(*core.Options)
		budget float64
	}{
		{"memory", func(*core.Options) {}, 40},
		{"sqlite", authtest.SQLite(t), 40},
		{"cookie cache", cached, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, reader(t, c.change)); n > c.budget {
				t.Errorf("%v allocations, at most %v allowed", n, c.budget)
			} else {
				t.Logf("%v allocations", n)
			}
		})
	}
}

func BenchmarkGetSession(b *testing.B) {
	for _, c := range []struct {
		name   string
		change func(*core.Options)
	}{
		{"memory", func(*core.Options) {}},
		{"sqlite", authtest.SQLite(b)},
		{"cookie-cache", cached},
	} {
		b.Run(c.name, func(b *testing.B) {
			read := reader(b, c.change)
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}

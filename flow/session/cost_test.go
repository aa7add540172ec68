package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
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

// reader returns a function that asks for the session over HTTP once, and one
// that merely runs its statement.
func reader(tb testing.TB, change ...func(*core.Options)) (s *authtest.Server, read, find func()) {
	s = authtest.New(tb, change...)
	ada := s.SignUp("ada@example.com")
	r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/api/auth/get-session", nil)
	const token, data = "better-auth.session_token", "better-auth.session_data"
	cookies := token + "=" + ada.Cookie(token)
	if cached := ada.Cookie(data); cached != "" {
		cookies += "; " + data + "=" + cached
	}
	r.Header.Set("Cookie", cookies)
	w := &discard{header: http.Header{}}
	read = func() {
		clear(w.header)
		if s.ServeHTTP(w, r); w.status != http.StatusOK {
			tb.Fatalf("status %d", w.status)
		}
	}
	c, x, t := s.Context(), s.Adapter(), s.Tables()
	row, _, _ := strings.Cut(ada.Cookie(token), ".")
	link := db.LinkOf(t.Sessions.Table, t.Sessions.UserID, t.Users.Table, t.Users.ID)
	find = func() {
		if _, _, err := db.OneJoined(c, x, link, t.Sessions.Token.Eq(row)); err != nil {
			tb.Fatal(err)
		}
	}
	return s, read, find
}

func cached(o *core.Options) { o.Session.CookieCache.Enabled = true }

func kept(engine func(*core.Options)) func(*core.Options) {
	return func(o *core.Options) {
		engine(o)
		o.Session.ReadCache.Enabled = true
	}
}

// Reading the session is what a server does most: its allocations are
// bounded. What the storage engine allocates for its one statement is counted
// apart, as drivers differ. Not parallel, as AllocsPerRun demands.
func TestReadingAllocatesLittle(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, c := range []struct {
		name   string
		change func(*core.Options)
		budget float64
	}{
		{"memory", func(*core.Options) {}, 20},
		{"sqlite", authtest.SQLite(t), 20},
		{"sqlite, read cache", kept(authtest.SQLite(t)), 40},
		{"cookie cache", cached, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, read, find := reader(t, c.change)
			total, statement := testing.AllocsPerRun(100, read), 0.0
			if o := s.Options().Session; !o.CookieCache.Enabled && !o.ReadCache.Enabled {
				statement = testing.AllocsPerRun(100, find)
			}
			t.Logf("%v allocations, of them %v for the statement", total, statement)
			if total-statement > c.budget {
				t.Errorf("%v allocations besides the statement, at most %v allowed", total-statement, c.budget)
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
		{"sqlite, read cache", kept(authtest.SQLite(b))},
		{"cookie-cache", cached},
	} {
		b.Run(c.name, func(b *testing.B) {
			_, read, _ := reader(b, c.change)
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}

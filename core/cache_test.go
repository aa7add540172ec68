package core_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

func cached(strategy string) func(*core.Options) {
	return func(o *core.Options) {
		o.Session.CookieCache = core.CookieCache{Enabled: true, Strategy: strategy}
	}
}

// The cookies of testdata/cookiecache.json were set by the reference. Storage
// is empty: who is signed in, only the cookies say.
func TestTheReferencesCachesAreRead(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/cookiecache.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Strategy, Cookie, Token, Name string
		Now                           time.Time
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		s := newSite(t, func(r *core.Registrar) {
			core.Get(r, core.Ref[nothing, said]("name"), "/name", func(c *core.Context, _ *nothing) (*said, error) {
				current, err := c.RequireSession()
				if err != nil {
					return nil, err
				}
				if current.Session.Token != v.Token || current.Session.UserID != current.User.ID {
					t.Errorf("the session is %+v", current.Session)
				}
				return &said{current.User.Name}, nil
			}, core.Op{Session: core.SessionRequired})
		}, cached(v.Strategy))
		s.clock.now = v.Now
		name, _ := json.Marshal(said{v.Name})
		var got said
		a := s.do("GET", "/name", "", "Cookie", v.Cookie)
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Said != v.Name || len(a.cookies) > 0 {
			t.Errorf("%s: got %d %.200s and cookies %.200s, want %.200s", v.Strategy, a.status, a.body, a.cookies, name)
		}
		s.clock.move(34000000*time.Second + 16*time.Second)
		if a := s.do("GET", "/name", "", "Cookie", v.Cookie); a.status != 401 {
			t.Errorf("%s: an expired cache: got %d %.200s", v.Strategy, a.status, a.body)
		}
	}
}

func TestCachesAnswerWithoutStorage(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{core.CacheCompact, core.CacheJWT, core.CacheJWE} {
		s := newSite(t, nil, cached(strategy))
		cookies := s.enter(t, "ada@example.com")
		revoke(t, s)
		want(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "ada@example.com")
		if again := s.do("GET", "/who", "", "Cookie", cookies); len(again.cookies) > 0 {
			t.Errorf("%s: reading set %q", strategy, again.cookies)
		}
		// Neither a changed cache, nor one of another session, nor an old one holds.
		other := newSite(t, nil, cached(strategy)).enter(t, "eve@example.com")
		token, data, _ := strings.Cut(cookies, "; ")
		otherToken, otherData, _ := strings.Cut(other, "; ")
		for name, cookie := range map[string]string{
			"foreign cache": token + "; " + otherData, "foreign token": otherToken + "; " + data,
			"cut": token + "; " + data[:len(data)-3], "changed": token + "; " + flip(data), "no token": data,
		} {
			if a := s.do("GET", "/who", "", "Cookie", cookie); a.body != "nobody" {
				t.Errorf("%s, %s: got %s", strategy, name, a.body)
			}
		}
		s.clock.move(5*time.Minute + 16*time.Second)
		a := s.do("GET", "/who", "", "Cookie", cookies)
		exactly(t, a, 200, "nobody")
		if !strings.HasPrefix(a.set("better-auth.session_data"), "better-auth.session_data=; Max-Age=0;") {
			t.Errorf("%s: what expired was not dropped: %q", strategy, a.cookies)
		}
	}
}

// flip changes a character in the middle of a value.
func flip(s string) string {
	b := []byte(s)
	if i := len(b) / 2; b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

// revoke deletes every session behind the instance's back.
func revoke(t *testing.T, s *site) {
	t.Helper()
	if _, err := db.Delete(t.Context(), s.Adapter(), s.Tables().Sessions.Table); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherVersionDropsCaches(t *testing.T) {
	t.Parallel()
	version := ""
	s := newSite(t, nil, func(o *core.Options) {
		o.Session.CookieCache = core.CookieCache{Enabled: true, VersionFunc: func(session *core.Session, u *core.User) string {
			return session.UserID[:0] + u.Email + version
		}}
	})
	cookies := s.enter(t, "ada@example.com")
	revoke(t, s)
	want(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "ada@example.com")
	version = "2"
	exactly(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "nobody")
}

func TestLargeSessionsTakeSeveralCookies(t *testing.T) {
	t.Parallel()
	size := 9000
	s := newSite(t, func(r *core.Registrar) {
		r.OnUser(core.EntityHooks[core.User]{BeforeCreate: func(_ *core.Context, u *core.User) error {
			u.Name = strings.Repeat("x", size)
			return nil
		}})
		core.Get(r, core.Ref[nothing, said]("leave"), "/leave", func(c *core.Context, _ *nothing) (*said, error) {
			c.ClearSession()
			return nil, nil
		}, core.Op{})
		core.Post(r, core.Ref[enterIn, said]("regret"), "/regret", func(c *core.Context, in *enterIn) (*said, error) {
			u, err := c.Users().ByEmail(in.Email)
			if err == nil {
				_, err = c.SignIn(u, core.NewSession{})
				c.ClearSession()
			}
			return nil, err
		}, core.Op{})
	}, cached(core.CacheCompact))
	a := s.do("POST", "/enter", `{"email":"ada@example.com"}`)
	var names []string
	for _, line := range a.cookies {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, strings.TrimPrefix(name, "better-auth."))
		if len(line) > 4096 {
			t.Errorf("cookie %s has %d bytes", name, len(line))
		}
	}
	chunks := []string{"session_token", "session_data.0", "session_data.1", "session_data.2", "session_data.3"}
	if !slices.Equal(names[:4], chunks[:4]) || a.set("better-auth.session_data") != "" {
		t.Fatalf("set %q", names)
	}
	cookies := a.cookie()
	revoke(t, s)
	want(t, s.do("GET", "/who", "", "Cookie", cookies), 200, "ada@example.com")
	parts := strings.Split(cookies, "; ")
	slices.Reverse(parts)
	want(t, s.do("GET", "/who", "", "Cookie", strings.Join(parts, "; ")), 200, "ada@example.com")
	exactly(t, s.do("GET", "/who", "", "Cookie", parts[len(parts)-1]+"; "+parts[0]), 200, "nobody")

	left := s.do("GET", "/leave", "", "Cookie", cookies+"; better-auth.session_data.01=x; better-auth.session_database=y")
	for _, name := range chunks[:4] {
		if line := left.set("better-auth." + name); !strings.Contains(line, "=; Max-Age=0; ") {
			t.Errorf("%s was not expired: %q", name, left.cookies)
		}
	}
	if left.set("better-auth.session_data.01")+left.set("better-auth.session_database") != "" {
		t.Error("a cookie of another name was touched")
	}
	for _, line := range s.do("POST", "/regret", `{"email":"ada@example.com"}`).cookies {
		if !strings.Contains(line, "=; Max-Age=0; ") {
			t.Errorf("a withdrawn value is in the answer: %.60s", line)
		}
	}
	// A session that shrinks leaves no chunk behind.
	size = 1
	small := s.do("POST", "/enter", `{"email":"small@example.com"}`, "Cookie", cookies, "Origin", home)
	if small.set("better-auth.session_data") == "" || !strings.Contains(small.set("better-auth.session_data.2"), "Max-Age=0") {
		t.Errorf("set %.300q", small.cookies)
	}
	size = 500_000
	if huge := s.do("POST", "/enter", `{"email":"huge@example.com"}`); len(huge.cookies) != 1 {
		t.Errorf("a huge session set %d cookies", len(huge.cookies))
	}
}

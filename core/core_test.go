package core_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/input"
)

const (
	home   = "http://auth.test"
	secret = "a-secret-for-tests-0123456789-abcdefghij"
)

// plugin is a plugin made of a function.
type plugin struct {
	id       string
	register func(r *core.Registrar) error
}

func (p plugin) ID() string                       { return p.id }
func (p plugin) Register(r *core.Registrar) error { return p.register(r) }

func adding(id string, add func(r *core.Registrar)) core.Plugin {
	return plugin{id, func(r *core.Registrar) error { add(r); return nil }}
}

// clock is moved by tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type lockedLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// site is an instance under test.
type site struct {
	*core.Kernel
	clock *clock
	log   *lockedLog
}

func options(s *site) core.Options {
	return core.Options{
		BaseURL: home, Secret: secret, Database: memory.New(), Now: s.clock.Now,
		Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	}
}

func newSite(t testing.TB, add func(r *core.Registrar), change ...func(*core.Options)) *site {
	t.Helper()
	s := &site{clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, log: &lockedLog{}}
	o := options(s)
	for _, f := range change {
		f(&o)
	}
	var err error
	s.Kernel, err = core.New(o, adding("test", func(r *core.Registrar) {
		enter(r)
		if add != nil {
			add(r)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// enterIn asks for a user and a session of it.
type enterIn struct {
	Email        string          `json:"email"`
	DontRemember input.Opt[bool] `json:"dontRemember,omitzero"`
}

func (in *enterIn) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Email()
	body.OptBool("dontRemember", &in.DontRemember)
}

const enterRef core.Ref[enterIn, core.User] = "enter"

// enter adds a sign-in without proof.
func enter(r *core.Registrar) {
	core.Post(r, enterRef, "/enter", func(c *core.Context, in *enterIn) (*core.User, error) {
		u, err := c.Users().ByEmail(in.Email)
		if err != nil {
			u = &core.User{Email: in.Email, Name: "Ada"}
			if err := c.Users().Create(u); err != nil {
				return nil, err
			}
		}
		_, err = c.SignIn(u, core.NewSession{DontRemember: in.DontRemember.Or(false)})
		return u, err
	}, core.Op{})
	core.Raw(r, http.MethodGet, "who", "/who", func(c *core.Context) (*core.Response, error) {
		current, err := c.Session()
		if err != nil || current == nil {
			return core.Text(http.StatusOK, "nobody"), err
		}
		return core.Text(http.StatusOK, current.User.Email+" until "+current.Session.ExpiresAt.Format(time.DateTime)), nil
	}, core.Op{})
}

// nothing is the input of endpoints that take none.
type nothing struct{}

func (*nothing) Bind(*input.Binder) {}

type said struct {
	Said string `json:"said"`
}

func say(text string) func(*core.Context, *nothing) (*said, error) {
	return func(*core.Context, *nothing) (*said, error) { return &said{text}, nil }
}

// answer is what a client sees.
type answer struct {
	status  int
	body    string
	header  http.Header
	cookies []string
}

func (s *site) do(method, path, body string, headers ...string) answer {
	return send(s, method, home+"/api/auth"+path, body, headers...)
}

func send(h http.Handler, method, target, body string, headers ...string) answer {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Cookie" {
			r.Header.Add("Cookie", headers[i+1])
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Body.String(), w.Header(), w.Header()["Set-Cookie"]}
}

// cookie returns name=value pairs of the answer for a next request. What was
// expired is left out.
func (a answer) cookie() string {
	var pairs []string
	for _, line := range a.cookies {
		pair, rest, _ := strings.Cut(line, ";")
		if !strings.HasPrefix(rest, " Max-Age=0") {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "; ")
}

// set returns the Set-Cookie line of a name, or "".
func (a answer) set(name string) string {
	for _, line := range a.cookies {
		if strings.HasPrefix(line, name+"=") {
			return line
		}
	}
	return ""
}

func (s *site) enter(t testing.TB, email string) string {
	t.Helper()
	a := s.do("POST", "/enter", `{"email":"`+email+`"}`)
	want(t, a, http.StatusOK, email)
	return a.cookie()
}

func want(t testing.TB, got answer, status int, part string) {
	t.Helper()
	if got.status != status || !strings.Contains(got.body, part) {
		t.Errorf("got %d %s, want %d with %s", got.status, got.body, status, part)
	}
}

func exactly(t testing.TB, got answer, status int, body string) {
	t.Helper()
	if got.status != status || got.body != body {
		t.Errorf("got %d %q, want %d %q", got.status, got.body, status, body)
	}
}

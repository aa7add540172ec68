//go:build unix

package soak_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// site is several instances behind one proxy, and the receiver of their mail.
type site struct {
	t       *testing.T
	base    string
	binary  string
	log     string // of all instances
	configs []string
	ports   []string
	next    atomic.Uint64
	mail    *mail

	mu        sync.Mutex
	processes []*exec.Cmd
}

// build makes the binary, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "watchword")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/watchword").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

// scratch is a directory for the whole run.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "watchword-soak-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

func newSite(t *testing.T, instances int, config map[string]any) *site {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, mail: newMail(t), binary: binary, log: filepath.Join(t.TempDir(), "log")}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: s.rewrite, Transport: s, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusBadGateway)
	}})
	t.Cleanup(proxy.Close)
	s.base = proxy.URL
	config["baseURL"], config["delivery"] = s.base, map[string]any{"webhook": map[string]any{"url": s.mail.server.URL}}
	s.processes = make([]*exec.Cmd, instances)
	for i := range instances {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.ports = append(s.ports, l.Addr().String())
		_ = l.Close()
		config["listen"] = s.ports[i]
		data, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		s.configs = append(s.configs, filepath.Join(t.TempDir(), "config.json"))
		if err := os.WriteFile(s.configs[i], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range instances {
		s.start(i) // all at once, over an empty database
	}
	t.Cleanup(func() {
		for i := range instances {
			s.kill(i)
		}
	})
	for i := range instances {
		s.ready(i)
	}
	return s
}

func (s *site) start(i int) {
	c := exec.Command(s.binary, "serve", "--migrate", "--config", s.configs[i])
	out, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	s.processes[i] = c
	s.mu.Unlock()
}

func (s *site) kill(i int) {
	s.mu.Lock()
	c := s.processes[i]
	s.mu.Unlock()
	if c != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
}

func (s *site) ready(i int) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		r, err := http.Get("http://" + s.ports[i] + "/readyz")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(s.log)
			s.t.Fatalf("instance %d does not start: %v\n%s", i, err, text)
		}
	}
}

func (s *site) rewrite(r *httputil.ProxyRequest) {
	r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	r.Out.Host = r.In.Host
	r.Out.URL.Scheme, r.Out.URL.Host = "http", "instance"
}

// RoundTrip sends a request to the next instance that takes connections. What
// breaks later is not repeated: whether it was carried out is not known.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	for range s.ports {
		port := s.ports[s.next.Add(1)%uint64(len(s.ports))]
		conn, err := net.DialTimeout("tcp", port, time.Second)
		if err != nil {
			continue
		}
		once := &http.Transport{DisableKeepAlives: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
		return once.RoundTrip(r)
	}
	return nil, errors.New("no instance takes connections")
}

// mail receives messages, and drops repetitions as receivers should.
type mail struct {
	server  *httptest.Server
	mu      sync.Mutex
	seen    map[string]bool
	repeats int
	held    atomic.Pointer[chan struct{}] // nil: messages are taken
	tokens  map[string]chan string        // by address and kind of message
}

func newMail(t *testing.T) *mail {
	m := &mail{seen: map[string]bool{}, tokens: map[string]chan string{}}
	m.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if held := m.held.Load(); held != nil {
			select {
			case <-*held:
			case <-r.Context().Done():
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var message struct{ To, Type, Token string }
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			t.Error(err)
			return
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		id := r.Header.Get("X-Watchword-Delivery")
		if m.seen[id] {
			m.repeats++
			return
		}
		m.seen[id] = true
		select {
		case m.box(message.To + message.Type) <- message.Token:
		default:
		}
	}))
	t.Cleanup(m.server.Close)
	return m
}

// hold has the receiver answer nothing until release, and take nothing.
func (m *mail) hold() {
	held := make(chan struct{})
	m.held.Store(&held)
}

func (m *mail) release() { close(*m.held.Swap(nil)) }

// count returns how many different messages came.
func (m *mail) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

// box is to be called with the lock held.
func (m *mail) box(key string) chan string {
	if m.tokens[key] == nil {
		m.tokens[key] = make(chan string, 16)
	}
	return m.tokens[key]
}

// wait returns the token of a message of that kind, or "".
func (m *mail) wait(address, kind string, patience time.Duration) string {
	m.mu.Lock()
	box := m.box(address + kind)
	m.mu.Unlock()
	select {
	case token := <-box:
		return token
	case <-time.After(patience):
		return ""
	}
}

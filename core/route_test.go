package core_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/ratelimit"
)

func addRoutes(r *core.Registrar) {
	core.Get(r, core.Ref[nothing, said]("getThing"), "/thing", say("got"), core.Op{})
	core.Post(r, core.Ref[nothing, said]("putThing"), "/thing/{id}/{part}", func(c *core.Context, _ *nothing) (*said, error) {
		return &said{c.Param("id") + "|" + c.Param("part") + "|" + c.Param("none")}, nil
	}, core.Op{AnyBody: true})
	core.Post(r, core.Ref[nothing, said]("fixedThing"), "/thing/a/b", say("fixed"), core.Op{AnyBody: true})
	core.Get(r, core.Ref[nothing, said]("nothing"), "/nothing", func(*core.Context, *nothing) (*said, error) { return nil, nil }, core.Op{})
	core.Raw(r, "GET,PUT", "both", "/both", func(c *core.Context) (*core.Response, error) {
		return core.Text(http.StatusAccepted, c.Request().Method), nil
	}, core.Op{})
	core.Raw(r, "POST", "raw", "/raw", func(c *core.Context) (*core.Response, error) {
		data, err := io.ReadAll(c.Request().Body)
		return core.Text(http.StatusOK, fmt.Sprint(len(data))), err
	}, core.Op{AnyBody: true})
	core.Get(r, core.Ref[nothing, said]("moved"), "/moved", func(*core.Context, *nothing) (*said, error) {
		return nil, core.Redirect("/there")
	}, core.Op{})
	core.Get(r, core.Ref[nothing, said]("broken"), "/broken", func(*core.Context, *nothing) (*said, error) {
		return nil, errors.New("the inside")
	}, core.Op{})
	core.ServerOnly(r, core.Ref[nothing, said]("hidden"), say("hidden"), core.Op{})
}

func TestRouter(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRoutes, func(o *core.Options) { o.DisabledPaths = []string{"/both"} })
	for _, c := range []struct {
		method, path string
		status       int
		body, kind   string
	}{
		{"GET", "/thing", 200, `{"said":"got"}`, "application/json"},
		{"GET", "/thing?x=1", 200, `{"said":"got"}`, "application/json"},
		{"POST", "/thing", 404, "", ""},
		{"HEAD", "/thing", 404, "", ""},
		{"OPTIONS", "/thing", 404, "", ""},
		{"GET", "/thing/", 404, "", ""},
		{"GET", "//thing", 404, "", ""},
		{"GET", "/Thing", 404, "", ""},
		{"GET", "/th%69ng", 404, "", ""},
		{"GET", "/thing;x", 404, "", ""},
		{"GET", "/./thing", 404, "", ""},
		{"GET", "/x/../thing", 404, "", ""},
		{"GET", "", 404, "", ""},
		{"GET", "/", 404, "", ""},
		{"GET", "/hidden", 404, "", ""},
		{"POST", "/hidden", 404, "", ""},
		{"GET", "/both", 404, "Not Found", "text/plain;charset=UTF-8"},
		{"PUT", "/both/", 404, "Not Found", "text/plain;charset=UTF-8"},
		{"POST", "/thing/a/b", 200, `{"said":"fixed"}`, "application/json"},
		{"POST", "/thing/a%2Fb/c%20d", 200, `{"said":"a/b|c d|"}`, "application/json"},
		{"POST", "/thing/%E0%A4/x", 200, `{"said":"%E0%A4|x|"}`, "application/json"},
		{"POST", "/thing//x", 404, "", ""},
		{"POST", "/thing/a/b/c", 404, "", ""},
		{"GET", "/nothing", 200, "null", "application/json"},
		{"GET", "/moved", 302, "", "application/json"},
		{"GET", "/broken", 500, "", ""},
	} {
		got := s.do(c.method, c.path, "")
		if got.status != c.status || got.body != c.body || got.header.Get("Content-Type") != c.kind {
			t.Errorf("%s %s: got %d %q as %q, want %d %q as %q", c.method, c.path,
				got.status, got.body, got.header.Get("Content-Type"), c.status, c.body, c.kind)
		}
	}
	if !strings.Contains(s.log.String(), "the inside") {
		t.Error("a failure was not logged")
	}
}

func TestTrailingSlashesCanBeSkipped(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRoutes, func(o *core.Options) { o.Advanced.SkipTrailingSlashes = true })
	want(t, s.do("GET", "/thing/", ""), 200, "got")
	want(t, s.do("GET", "/x//thing/", ""), 404, "")
}

func TestMounting(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRoutes)
	plain := http.NewServeMux()
	plain.Handle("/api/auth/", s)
	stripped := http.NewServeMux()
	stripped.Handle("/api/auth/", http.StripPrefix("/api/auth", s))
	half := http.NewServeMux()
	half.Handle("/api/", http.StripPrefix("/api", s))
	mounted := chi.NewRouter()
	mounted.Mount("/api/auth", s)
	inner := chi.NewRouter()
	inner.Handle("/auth/*", s)
	nested := chi.NewRouter()
	nested.Mount("/api", inner)
	for name, h := range map[string]http.Handler{
		"mux": plain, "StripPrefix": stripped, "part of the prefix": half, "chi": mounted, "chi in chi": nested,
	} {
		if got := send(h, "GET", home+"/api/auth/thing", ""); got.body != `{"said":"got"}` {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
		if got := send(h, "POST", home+"/api/auth/thing/a%2Fb/c", ""); got.body != `{"said":"a/b|c|"}` {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
}

func TestNothingOutsideOfTheBasePathIsServed(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRoutes)
	for _, target := range []string{"/thing", "/api/authx/thing", "/api/auth", "/other/api/auth/thing", home + "/thing"} {
		r, _ := http.NewRequest(http.MethodGet, target, nil)
		r.RequestURI = target
		w := &recorder{header: http.Header{}}
		s.ServeHTTP(w, r)
		if w.status != http.StatusNotFound || w.size != 0 {
			t.Errorf("%s: got %d with %d bytes", target, w.status, w.size)
		}
	}
}

type recorder struct {
	header       http.Header
	status, size int
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { w.size += len(p); return len(p), nil }

func TestRawBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t, addRoutes, func(o *core.Options) { o.Advanced.MaxBodyBytes = 10 })
	exactly(t, s.do("POST", "/raw", "0123456789"), 200, "10")
	want(t, s.do("POST", "/raw", "0123456789x"), 413, "PAYLOAD_TOO_LARGE")
}

func TestLimitsThatAreFunctions(t *testing.T) {
	t.Parallel()
	on := true
	once := func(r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool) {
		if r.Header.Get("X-Robot") == "" {
			return current, true
		}
		current.Max = 1
		return current, true
	}
	s := newSite(t, func(r *core.Registrar) {
		addRoutes(r)
		r.RateLimitFunc(ratelimit.Exact("/nothing"), once)
	}, func(o *core.Options) {
		o.RateLimit = core.RateLimit{Enabled: &on, CustomRules: []ratelimit.CustomRule{{Path: "/thing", Func: once}}}
	})
	for _, path := range []string{"/thing", "/nothing"} {
		for i, headers := range [][]string{nil, {"X-Robot", "yes"}, nil} {
			got := s.do("GET", path, "", headers...)
			if limited := got.status == 429; limited != (i == 1) {
				t.Errorf("call %d to %s: got %d", i, path, got.status)
			}
		}
	}
}

func TestLimitsCountBeforeRouting(t *testing.T) {
	t.Parallel()
	on := true
	s := newSite(t, addRoutes, func(o *core.Options) {
		o.RateLimit = core.RateLimit{Enabled: &on, CustomRules: []ratelimit.CustomRule{
			{Path: "/none", Rule: ratelimit.Rule{Window: 10e9, Max: 2}}}}
	})
	for range 2 {
		exactly(t, s.do("GET", "/none", ""), 404, "")
	}
	for _, path := range []string{"/none", "/none/", "/none//"} {
		got := s.do("GET", path, "")
		exactly(t, got, 429, `{"message":"Too many requests. Please try again later."}`)
		if got.header.Get("X-Retry-After") != "10" {
			t.Errorf("X-Retry-After is %q", got.header.Get("X-Retry-After"))
		}
	}
	s.clock.move(10e9)
	exactly(t, s.do("GET", "/none", ""), 404, "")
}

package core_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

var errTeapot = core.NewError(http.StatusTeapot, "TEAPOT", "I am a teapot")

type textIn struct {
	Text string `json:"text"`
}

func (in *textIn) Bind(b *input.Binder) { b.Body().Text("text", &in.Text).Min(1) }

const echoRef core.Ref[textIn, said] = "echo"

func addEcho(r *core.Registrar) {
	core.Post(r, echoRef, "/echo", func(c *core.Context, in *textIn) (*said, error) {
		switch in.Text {
		case "refuse":
			return nil, errTeapot
		case "panic":
			c.Cookies().Set(c.SessionCookieDef(), "half done", cookie.Session)
			panic("by the handler")
		}
		return &said{in.Text}, nil
	}, core.Op{})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	var trace []string
	s := newSite(t, func(r *core.Registrar) {
		addEcho(r)
		r.Before(core.OnPath("/echo"), func(c *core.Context) (*core.Response, error) {
			trace = append(trace, "before")
			text, _ := c.Input().Text("text")
			switch text {
			case "answer":
				return core.Text(http.StatusAccepted, "from a hook"), nil
			case "forbid":
				return nil, errTeapot
			case "change":
				return nil, c.Input().Set("text", "changed")
			case "drop":
				c.Input().Delete("text")
			}
			return nil, nil
		})
		r.After(core.OnPrefix("/ec"), func(c *core.Context, result *core.Result) error {
			trace = append(trace, "after")
			if out, ok := result.Out.(*said); ok {
				switch out.Said {
				case "replace":
					result.Replace(&said{"replaced"})
				case "undo":
					return errTeapot
				case "amend":
					out.Said += "ed"
					c.SetStatus(http.StatusCreated)
					c.ResponseHeader().Set("X-Hook", "yes")
				}
			}
			if errors.Is(result.Err, errTeapot) && c.Endpoint().ID == "echo" {
				result.Err = result.Err.With("hint", "pour")
			}
			return nil
		})
		r.After(core.EveryPath, func(_ *core.Context, result *core.Result) error {
			if out, ok := result.Out.(*said); ok && out.Said == "replaced" {
				out.Said = "replaced twice"
			}
			return nil
		})
		r.Before(core.OnPath("/other"), func(*core.Context) (*core.Response, error) { panic("not matched") })
	}, func(o *core.Options) {
		o.Hooks.Before = func(c *core.Context) (*core.Response, error) {
			if c.Path() == "/echo" {
				trace = append(trace, "application")
			}
			return nil, nil
		}
	})
	all := "application before after"
	for _, c := range []struct {
		text   string
		status int
		body   string
		trace  string
	}{
		{"plain", 200, `{"said":"plain"}`, all},
		{"answer", 202, "from a hook", "application before"},
		{"forbid", 418, `{"message":"I am a teapot","code":"TEAPOT"}`, "application before"},
		{"change", 200, `{"said":"changed"}`, all},
		{"drop", 400, `{"message":"[body.text] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}`, all},
		{"replace", 200, `{"said":"replaced twice"}`, all},
		{"undo", 418, `{"message":"I am a teapot","code":"TEAPOT"}`, all},
		{"refuse", 418, `{"message":"I am a teapot","code":"TEAPOT","hint":"pour"}`, all},
		{"amend", 201, `{"said":"amended"}`, all},
	} {
		trace = nil
		got := s.do("POST", "/echo", `{"text":"`+c.text+`"}`)
		exactly(t, got, c.status, c.body)
		if ran := strings.Join(trace, " "); ran != c.trace {
			t.Errorf("%s: ran %s, want %s", c.text, ran, c.trace)
		}
		if amended := got.header.Get("X-Hook") == "yes"; amended != (c.text == "amend") {
			t.Errorf("%s: header is there: %v", c.text, amended)
		}
	}
}

func TestRequestAndResponseHooks(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(r *core.Registrar) {
		addEcho(r)
		r.OnRequest(func(c *core.Context) (*core.Response, error) {
			if c.Endpoint() != (core.Target{}) || c.Param("id") != "" {
				t.Error("an endpoint is known before routing")
			}
			switch c.Header("X-Do") {
			case "answer":
				return core.Text(http.StatusOK, "early"), nil
			case "refuse":
				return nil, errTeapot
			case "panic":
				panic("in a request hook")
			}
			return nil, nil
		})
		r.OnResponse(func(c *core.Context, response *core.Response) {
			c.ResponseHeader().Set("X-Seen", http.StatusText(response.Status))
			if c.Header("X-Do") == "panic late" {
				panic("in a response hook")
			}
			response.Body = append(response.Body, '!')
		})
	})
	for do, c := range map[string]answer{
		"": {status: 404, body: "!"}, "answer": {status: 200, body: "early!"},
		"refuse": {status: 418, body: `{"message":"I am a teapot","code":"TEAPOT"}!`},
		"panic":  {status: 500, body: "!"}, "panic late": {status: 500, body: ""},
	} {
		got := s.do("GET", "/none", "", "X-Do", do)
		exactly(t, got, c.status, c.body)
		if got.header.Get("X-Seen") == "" && c.status != 200 {
			t.Errorf("%q: no response hook ran", do)
		}
	}
}

func TestPanicsRevealNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, addEcho)
	got := s.do("POST", "/echo", `{"text":"panic"}`)
	exactly(t, got, 500, "")
	if len(got.cookies) > 0 || got.header.Get("Content-Type") != "" {
		t.Errorf("got headers %v", got.header)
	}
	if log := s.log.String(); !strings.Contains(log, "by the handler") || !strings.Contains(log, "hook_test.go") {
		t.Errorf("the panic and its place were not logged: %s", log)
	}
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("http.ErrAbortHandler did not reach the server")
			}
		}()
		newSite(t, func(r *core.Registrar) {
			r.OnRequest(func(*core.Context) (*core.Response, error) { panic(http.ErrAbortHandler) })
		}).do("GET", "/none", "")
	}()
}

func TestOnErrorSeesFailuresNotRedirects(t *testing.T) {
	t.Parallel()
	var seen []string
	s := newSite(t, addRoutes, func(o *core.Options) {
		o.OnAPIError.OnError = func(c *core.Context, err *core.Error) { seen = append(seen, c.Path()+": "+err.Error()) }
	})
	s.do("GET", "/broken", "")
	s.do("GET", "/moved", "")
	if len(seen) != 1 || seen[0] != "/broken: 500  : the inside" {
		t.Errorf("saw %q", seen)
	}
}

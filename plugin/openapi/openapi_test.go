package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/openapi"
	"github.com/watchword-auth/watchword/plugin/username"
)

func with(o openapi.Options) func(*core.Options) {
	return func(c *core.Options) {
		c.AppName = "</script><script>alert(1)"
		c.Plugins = append(c.Plugins, username.New(username.Options{}), openapi.New(o))
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(openapi.Options{}))
	answer := s.Client().Get("/open-api/generate-schema").Want(200)
	if kind := answer.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("it is sent as %s", kind)
	}
	var d struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	answer.Decode(&d)
	if d.OpenAPI != "3.1.1" {
		t.Errorf("version %s", d.OpenAPI)
	}
	for _, path := range []string{"/get-session", "/sign-up/email", "/sign-in/username"} {
		if d.Paths[path] == nil {
			t.Errorf("the document lacks %s", path)
		}
	}
	for _, path := range []string{"/open-api/generate-schema", "/reference"} {
		if d.Paths[path] != nil {
			t.Errorf("the document has %s", path)
		}
	}
}

// The page holds the document, and nothing of it ends the element it is in.
func TestReference(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(openapi.Options{Nonce: "abc"}))
	page := s.Client().Get("/reference").Want(200, `nonce="abc"`).Body
	_, rest, _ := strings.Cut(page, `type="application/json">`)
	inside, _, _ := strings.Cut(rest, "</script>")
	if !json.Valid([]byte(inside)) || !strings.Contains(inside, "/sign-in/username") {
		t.Errorf("the page holds %.200s", inside)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(openapi.Options{Path: "/docs", Theme: "moon"}))
	s.Client().Get("/docs").Want(200, `"moon"`)
	s.Client().Get("/reference").Want(404)
	s = authtest.New(t, with(openapi.Options{DisableReference: true}))
	s.Client().Get("/reference").WantBody(404, "")
	s.Client().Get("/open-api/generate-schema").Want(200)
	for _, bad := range []openapi.Options{{Theme: `"`}, {Nonce: "<"}, {Path: "x"}} {
		if _, err := core.New(core.Options{Database: memory.New(), Secret: strings.Repeat("s", 32), Plugins: []core.Plugin{openapi.New(bad)}}); err == nil || !strings.Contains(err.Error(), "openapi: ") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

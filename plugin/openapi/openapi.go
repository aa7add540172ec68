// Package openapi publishes the description of an instance's endpoints, and a
// page to read it.
//
//	o.Plugins = append(o.Plugins, openapi.New(openapi.Options{}))
//
// The description is made from the endpoints' own types, see
// [core.Kernel.OpenAPI]. Whoever can reach the instance can read it.
package openapi

import (
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	Path             string // of the page; "/reference" where empty
	DisableReference bool   // there is no page
	Theme            string // of the page; "default" where empty
	Nonce            string // of the page's scripts, for a policy that asks for one
}

// Plugin is the open-api plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	if o.Path == "" {
		o.Path = "/reference"
	}
	if o.Theme == "" {
		o.Theme = "default"
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "open-api" }

// Register adds the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.check(); err != nil {
		return err
	}
	core.Raw(r, http.MethodGet, "generateOpenAPISchema", "/open-api/generate-schema", document, core.Op{Hidden: true})
	core.Raw(r, http.MethodGet, "openAPIReference", p.o.Path, p.reference, core.Op{Hidden: true})
	return nil
}

func document(c *core.Context) (*core.Response, error) {
	data, err := c.Kernel().OpenAPI()
	return &core.Response{ContentType: "application/json", Body: data}, err
}

func (p *Plugin) reference(c *core.Context) (*core.Response, error) {
	if p.o.DisableReference {
		return nil, core.NewError(http.StatusNotFound, "", "")
	}
	data, err := c.Kernel().OpenAPI()
	if err != nil {
		return nil, err
	}
	return core.HTML(http.StatusOK, p.page(string(data))), nil
}

// page shows the document with Scalar, which browsers fetch from its own host.
// encoding/json, which wrote the document, escapes what could end an element.
func (p *Plugin) page(document string) []byte {
	nonce := ""
	if p.o.Nonce != "" {
		nonce = ` nonce="` + p.o.Nonce + `"`
	}
	return []byte(strings.NewReplacer("{document}", document, "{theme}", p.o.Theme, "{nonce}", nonce).Replace(`<!doctype html>
<html>
  <head>
    <title>Scalar API Reference</title>
    <meta charset="utf-8" />
    <meta
      name="viewport"
      content="width=device-width, initial-scale=1" />
  </head>
  <body>
    <script id="api-reference" type="application/json">{document}</script>
    <script{nonce}>
      document.getElementById("api-reference").dataset.configuration = JSON.stringify({ theme: "{theme}" })
    </script>
    <script src="https://cdn.jsdelivr.net/npm/@scalar/api-reference"{nonce}></script>
  </body>
</html>
`))
}

// Package health answers whether the server is there, and shows the page that
// failed redirects end on.
//
//	k, err := core.New(options, health.Flow{})
package health

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// Flow brings GET /ok and GET /error.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "health" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	core.Get(r, OK, "/ok", f.ok, core.Op{Summary: "Whether the server answers"})
	core.Raw(r, http.MethodGet, "error", "/error", f.page, core.Op{Summary: "The page failed redirects end on"})
	return nil
}

// OK is GET /ok.
const OK core.Ref[OKInput, OKOutput] = "ok"

// OKInput is empty.
type OKInput struct{}

// Bind reads nothing.
func (*OKInput) Bind(*input.Binder) {}

// OKOutput says that the server answers.
type OKOutput struct{}

// AppendJSON writes {"ok":true}.
func (OKOutput) AppendJSON(b []byte) []byte { return append(b, `{"ok":true}`...) }

func (Flow) ok(*core.Context, *OKInput) (*OKOutput, error) { return &OKOutput{}, nil }

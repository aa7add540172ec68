package core_test

import (
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// shaped is an input of one member.
type shaped struct{}

func (in *shaped) Bind(b *input.Binder) { b.Body().Text("v", new(string)) }

func addShaped(r *core.Registrar) {
	core.Post(r, core.Ref[shaped, said]("shaped"), "/shaped", func(*core.Context, *shaped) (*said, error) {
		return &said{"ok"}, nil
	}, core.Op{Form: true})
}

func TestBodies(t *testing.T) {
	t.Parallel()
	s := newSite(t, addShaped, func(o *core.Options) { o.Advanced.MaxBodyBytes = 1000 })
	jsonType, form := "application/json", "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, kind, body string
		status           int
		want             string
	}{
		{"JSON", jsonType, `{"v":"x"}`, 200, "ok"},
		{"JSON with a charset", "Application/JSON; charset=utf-8", `{"v":"x"}`, 200, "ok"},
		{"byte order mark", jsonType, "\ufeff" + `{"v":"x"}`, 200, "ok"},
		{"last member counts", jsonType, `{"v":1,"v":"x"}`, 200, "ok"},
		{"names have a case", jsonType, `{"V":"x"}`, 400, "received undefined"},
		{"broken JSON", jsonType, `{"v":`, 400, `{"message":"Invalid JSON in request body","code":"BAD_REQUEST"}`},
		{"two values", jsonType, `{} {}`, 400, "Invalid JSON"},
		{"too deep", jsonType, strings.Repeat("[", 400) + strings.Repeat("]", 400), 400, "Invalid JSON"},
		{"too large", jsonType, `{"v":"` + strings.Repeat("x", 1000) + `"}`, 413, "PAYLOAD_TOO_LARGE"},
		{"no type", "", `{"v":"x"}`, 400, "[body] Invalid input: expected object, received undefined"},
		{"plain text", "text/plain", `{"v":"x"}`, 415, `"Content-Type \"text/plain\" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json"`},
		{"type that contains another", "text/plain+application/json", `{"v":"x"}`, 415, "is not allowed"},
		{"form", form, "v=x", 200, "ok"},
		{"form, last counts", form, "v=1&v=x", 200, "ok"},
		{"broken form", form, "v=%zz;a&&=", 200, "ok"},
		{"form without the member", form, "w=x", 400, "received undefined"},
		{"no body", jsonType, "", 400, "[body] Invalid input: expected object, received undefined"},
	} {
		got := s.do("POST", "/shaped", c.body, "Content-Type", c.kind)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, got.status, got.body, c.status, c.want)
		}
	}
}

package core_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
)

// shaped is an input whose one member is read as a test says.
type shaped struct{}

// schemas pair with those that testdata/zod.json was made with.
var schemas = map[string]func(body *core.Object){
	"text":       func(o *core.Object) { o.Text("v", new(string)) },
	"optText":    func(o *core.Object) { o.OptText("v", new(core.Opt[string])) },
	"nullText":   func(o *core.Object) { o.NullText("v", new(core.Opt[string])) },
	"email":      func(o *core.Object) { o.Text("v", new(string)).Email() },
	"optEmail":   func(o *core.Object) { o.OptText("v", new(core.Opt[string])).Email() },
	"minText":    func(o *core.Object) { o.Text("v", new(string)).Min(2) },
	"maxText":    func(o *core.Object) { o.Text("v", new(string)).Max(3) },
	"minMaxText": func(o *core.Object) { o.Text("v", new(string)).Min(3).Max(1) },
	"bool":       func(o *core.Object) { o.Bool("v", new(bool)) },
	"optBool":    func(o *core.Object) { o.OptBool("v", new(core.Opt[bool])) },
	"number":     func(o *core.Object) { o.Number("v", new(float64)) },
	"optNumber":  func(o *core.Object) { o.OptNumber("v", new(core.Opt[float64])) },
	"int":        func(o *core.Object) { o.Number("v", new(float64)).Int() },
	"range":      func(o *core.Object) { o.Number("v", new(float64)).Min(1).Max(10) },
	"optTexts":   func(o *core.Object) { o.OptTexts("v", new(core.Opt[[]string])) },
	"oneOf":      func(o *core.Object) { o.Text("v", new(string)).OneOf("asc", "desc") },
	"optOneOf":   func(o *core.Object) { o.OptText("v", new(core.Opt[string])).OneOf("asc", "desc") },
	"url":        func(o *core.Object) { o.Text("v", new(string)).URL() },
	"object": func(o *core.Object) {
		o.OptObject("v", func(o *core.Object) {
			o.Text("a", new(string))
			o.OptNumber("b", new(core.Opt[float64]))
		})
	},
	"two": func(o *core.Object) {
		o.Text("email", new(string)).Email()
		o.Text("password", new(string))
	},
}

// The endpoints of this test differ in what their one input type reads, so
// the path tells it.
func (in *shaped) Bind(b *core.Binder) {
	var schema string
	b.Path("schema", &schema)
	if read := schemas[schema]; read != nil {
		read(b.Body())
	}
}

func addShaped(r *core.Registrar) {
	core.Post(r, core.Ref[shaped, said]("shaped"), "/shaped/{schema}", func(*core.Context, *shaped) (*said, error) {
		return &said{"ok"}, nil
	}, core.Op{Form: true})
}

func TestRefusalsAreThoseOfZod(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/zod.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Schema, Body, Want string }
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, addShaped)
	for _, c := range cases {
		got := s.do("POST", "/shaped/"+c.Schema, c.Body)
		if c.Want == "" {
			want(t, got, http.StatusOK, `{"said":"ok"}`)
		} else {
			refusal, _ := json.Marshal(c.Want)
			text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(refusal))
			exactly(t, got, http.StatusBadRequest, `{"message":`+text+`,"code":"VALIDATION_ERROR"}`)
		}
		if t.Failed() {
			t.Fatalf("schema %s, body %s", c.Schema, c.Body)
		}
	}
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
		got := s.do("POST", "/shaped/text", c.body, "Content-Type", c.kind)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, got.status, got.body, c.status, c.want)
		}
	}
}

type asked struct {
	Name  core.Opt[json.RawMessage]
	Truth core.Opt[bool]
}

func (in *asked) Bind(b *core.Binder) {
	q := b.Query()
	q.OptRaw("name", &in.Name)
	q.Truthy("truth", &in.Truth)
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(r *core.Registrar) {
		core.Get(r, core.Ref[asked, said]("asked"), "/asked", func(_ *core.Context, in *asked) (*said, error) {
			truth := "unset"
			if in.Truth.Given() {
				truth = map[bool]string{true: "true", false: "false"}[in.Truth.Value]
			}
			return &said{string(in.Name.Value) + " " + truth}, nil
		}, core.Op{})
	})
	for query, says := range map[string]string{
		"":                               ` unset`,
		"name=a+b%20c":                   `"a b c" unset`,
		"name=a&name=b":                  `["a","b"] unset`,
		"name=%zz;x":                     `"%zz;x" unset`,
		"name=%ff":                       "\"\ufffd\" unset",
		"name":                           `"" unset`,
		"na%6De=x&truth=false":           `"x" true`,
		"name=x&truth=":                  `"x" false`,
		"truth=1&truth=2":                ` true`,
		"name=" + strings.Repeat("=", 2): `"==" unset`,
	} {
		got := s.do("GET", "/asked?"+query, "")
		var out said
		if err := json.Unmarshal([]byte(got.body), &out); err != nil || out.Said != says {
			t.Errorf("?%s: got %s, want %s", query, got.body, says)
		}
	}
}

package input_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/input"
)

// request is one as an endpoint would read it.
type request struct{ body, query input.Raw }

func (r *request) Input() *input.Raw   { return &r.body }
func (r *request) Query() *input.Raw   { return &r.query }
func (r *request) Param(string) string { return "" }

// post reads a body of a media type and binds it; a refusal is its message.
func post(kind, body string, bind func(*input.Binder)) (refusal string) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	raw, err := input.ReadBody(r, []string{input.TypeForm, input.TypeJSON}, 1<<20)
	if err == nil {
		b := input.NewBinder(&request{body: raw})
		bind(b)
		err = b.Err()
	}
	if refused, ok := errors.AsType[*input.Error](err); ok {
		return refused.Error()
	}
	return ""
}

// schemas pair with those that testdata/zod.json was made with.
var schemas = map[string]func(body *input.Object){
	"text":       func(o *input.Object) { o.Text("v", new(string)) },
	"optText":    func(o *input.Object) { o.OptText("v", new(input.Opt[string])) },
	"nullText":   func(o *input.Object) { o.NullText("v", new(input.Opt[string])) },
	"email":      func(o *input.Object) { o.Text("v", new(string)).Email() },
	"optEmail":   func(o *input.Object) { o.OptText("v", new(input.Opt[string])).Email() },
	"minText":    func(o *input.Object) { o.Text("v", new(string)).Min(2) },
	"maxText":    func(o *input.Object) { o.Text("v", new(string)).Max(3) },
	"minMaxText": func(o *input.Object) { o.Text("v", new(string)).Min(3).Max(1) },
	"bool":       func(o *input.Object) { o.Bool("v", new(bool)) },
	"optBool":    func(o *input.Object) { o.OptBool("v", new(input.Opt[bool])) },
	"number":     func(o *input.Object) { o.Number("v", new(float64)) },
	"optNumber":  func(o *input.Object) { o.OptNumber("v", new(input.Opt[float64])) },
	"int":        func(o *input.Object) { o.Number("v", new(float64)).Int() },
	"range":      func(o *input.Object) { o.Number("v", new(float64)).Min(1).Max(10) },
	"optTexts":   func(o *input.Object) { o.OptTexts("v", new(input.Opt[[]string])) },
	"oneOf":      func(o *input.Object) { o.Text("v", new(string)).OneOf("asc", "desc") },
	"optOneOf":   func(o *input.Object) { o.OptText("v", new(input.Opt[string])).OneOf("asc", "desc") },
	"url":        func(o *input.Object) { o.Text("v", new(string)).URL() },
	"object": func(o *input.Object) {
		o.OptObject("v", func(o *input.Object) {
			o.Text("a", new(string))
			o.OptNumber("b", new(input.Opt[float64]))
		})
	},
	"two": func(o *input.Object) {
		o.Text("email", new(string)).Email()
		o.Text("password", new(string))
	},
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
	for _, c := range cases {
		got := post(input.TypeJSON, c.Body, func(b *input.Binder) { schemas[c.Schema](b.Body()) })
		if got != c.Want {
			t.Errorf("schema %s, body %s: got %q, want %q", c.Schema, c.Body, got, c.Want)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
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
		b := input.NewBinder(&request{query: input.ParseQuery(query)})
		var name input.Opt[json.RawMessage]
		var given input.Opt[bool]
		q := b.Query()
		q.OptRaw("name", &name)
		q.Truthy("truth", &given)
		truth := "unset"
		if given.Given() {
			truth = map[bool]string{true: "true", false: "false"}[given.Value]
		}
		if got := string(name.Value) + " " + truth; b.Err() != nil || got != says {
			t.Errorf("?%s: got %s, %v, want %s", query, got, b.Err(), says)
		}
	}
}

func TestFormValues(t *testing.T) {
	t.Parallel()
	sent := func(kind, body string) input.Raw {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		raw, err := input.ReadBody(r, []string{input.TypeForm, input.TypeJSON}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	form := sent(input.TypeForm, "a=1&b=&a=2+3&%61=%34&a&c=5")
	if got := form.FormValues("a"); !slices.Equal(got, []string{"1", "2 3", "4", ""}) || len(form.FormValues("x")) != 0 {
		t.Errorf("the values of a form are %q", got)
	}
	if text, _ := form.Text("a"); text != "" {
		t.Errorf("of a name given more than once, %q counts", text)
	}
	if object := sent(input.TypeJSON, `{"a":"1"}`); object.FormValues("a") != nil {
		t.Error("JSON is no form")
	}
}

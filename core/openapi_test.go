package core_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

type described struct {
	User  *core.User       `json:"user"`
	Count input.Opt[int]   `json:"count,omitzero"`
	Tags  []string         `json:"tags"`
	At    time.Time        `json:"at"`
	Any   json.RawMessage  `json:"any"`
	Next  *described       `json:"next"`
	More  map[string]int64 `json:"more"`
	Own   string           `json:"-"`
}

type describedIn struct{ nested string }

func (in *describedIn) Bind(b *input.Binder) {
	var name string
	b.Path("name", &name)
	body := b.Body()
	body.Text("email", &name).Email().Describe("where to write")
	body.OptText("order", new(input.Opt[string])).OneOf("asc", "desc")
	body.OptTexts("tags", new(input.Opt[[]string]))
	body.OptObject("profile", func(o *input.Object) { o.Text("nick", &in.nested) })
	b.Query().OptNumber("page", new(input.Opt[float64])).Int()
}

func describedSite(t *testing.T) *site {
	return newSite(t, func(r *core.Registrar) {
		addRoutes(r)
		core.AddField[bool](r, r.Tables().Users.Table, "banned")
		r.Codes(errTeapot)
		core.Post(r, core.Ref[describedIn, described]("describe"), "/describe/{name}", func(*core.Context, *describedIn) (*described, error) {
			return nil, nil
		}, core.Op{Summary: "Say it", Tags: []string{"Words"}, Session: core.SessionFresh, Form: true})
		core.Get(r, core.Ref[nothing, said]("unlisted"), "/unlisted", say(""), core.Op{Hidden: true})
	}, func(o *core.Options) {
		o.BaseURL = "https://auth.test"
		o.User.AdditionalFields = []core.AdditionalField{{Name: "hush", Hidden: true}, {Name: "born", Type: db.KindTime}}
	})
}

func TestOpenAPIIsValid(t *testing.T) {
	t.Parallel()
	data, err := describedSite(t).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path := range doc.Paths.Map() {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	if got := strings.Join(paths, " "); got != "/both /broken /describe/{name} /enter /moved /nothing /raw /thing /thing/a/b /thing/{id}/{part} /who" {
		t.Errorf("paths are %s", got)
	}
}

func TestOpenAPISaysWhatEndpointsTake(t *testing.T) {
	t.Parallel()
	data, err := describedSite(t).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"/describe/{name}":{"post":{"operationId":"describe","summary":"Say it","tags":["Words"],"security":[{"sessionCookie":[]}],`,
		`{"name":"name","in":"path","required":true,"schema":{"type":"string"}},{"name":"page","in":"query","schema":{"type":"integer"}}`,
		`"email":{"type":"string","format":"email","description":"where to write"}`,
		`"order":{"type":"string","enum":["asc","desc"]}`,
		`"profile":{"type":"object","properties":{"nick":{"type":"string"}},"required":["nick"]}`,
		`"application/x-www-form-urlencoded":{"schema":{"type":"object"`,
		`"user":{"anyOf":[{"$ref":"#/components/schemas/User"},{"type":"null"}]}`,
		`"count":{"type":["integer","null"]}`,
		`"more":{"type":"object","additionalProperties":{"type":"integer"}}`,
		`"banned":{"type":["boolean","null"]}`,
		`"born":{"type":["string","null"],"format":"date-time"}`,
		`"TEAPOT"`, `"name":"__Secure-better-auth.session_token"`, `"servers":[{"url":"https://auth.test/api/auth"}]`,
		`"operationId":"both"`, `"operationId":"bothPut"`,
	} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%s is missing", part)
		}
	}
	for _, part := range []string{"hush", "unlisted", "hidden", `"Own"`} {
		if strings.Contains(string(data), part) {
			t.Errorf("%s is there", part)
		}
	}
	if t.Failed() {
		t.Logf("%s", data)
	}
}

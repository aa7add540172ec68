package core

import (
	"reflect"
	"sync"

	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/openapi"
)

// OpenAPI returns a description of the instance's endpoints in OpenAPI 3.1, as
// JSON: what they take from their inputs' Bind, what they answer from their
// outputs' types, and the tables' columns with everything that plugins and the
// application added. It is made once, when it is first asked for; the caller
// must not change it.
func (k *Kernel) OpenAPI() ([]byte, error) {
	d := k.document
	d.once.Do(func() { d.data, d.err = openapi.Encode(k.api()) })
	return d.data, d.err
}

type lazyDocument struct {
	once sync.Once
	data []byte
	err  error
}

func (k *Kernel) api() openapi.API {
	api := openapi.API{Title: k.options.AppName, Cookie: k.cookies.token.Name(false), Rows: []openapi.Rows{
		{Name: "User", Type: reflect.TypeFor[User](), Def: k.tables.Users.Def},
		{Name: "Session", Type: reflect.TypeFor[Session](), Def: k.tables.Sessions.Def},
	}}
	if fixed := k.base.Fixed; fixed != nil {
		api.Server, api.Cookie = fixed.Full, k.cookies.token.Name(fixed.Secure)
	}
	for code := range k.codes {
		api.Codes = append(api.Codes, string(code))
	}
	for _, e := range k.endpoints {
		if e.op.Hidden || e.op.ServerOnly {
			continue
		}
		api.Operations = append(api.Operations, e.operation())
	}
	return api
}

func (e *endpoint) operation() openapi.Operation {
	o := openapi.Operation{
		ID: e.ID, Method: e.Method, Path: e.Path, Summary: e.op.Summary, Tags: e.op.Tags,
		Session: e.op.Session != SessionIgnored, Fresh: e.op.Session == SessionFresh,
		Input: e.shape, Types: e.allowed(),
	}
	if len(o.Types) == 0 {
		o.Types = []string{input.TypeJSON}
	}
	if out := e.types[1]; out != nil {
		o.Output = reflect.TypeOf(out).Elem()
	}
	return o
}

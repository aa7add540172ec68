package core

import "strings"

// Bound is an input type. Bind names every member of it once: the same list
// reads requests, words refusals as the reference does, and describes the
// endpoint in OpenAPI.
//
//	func (in *SignInInput) Bind(b *core.Binder) {
//		body := b.Body()
//		body.Text("email", &in.Email)
//		body.OptText("callbackURL", &in.CallbackURL)
//	}
type Bound interface{ Bind(b *Binder) }

// Binder reads one request into an input. It is valid during Bind only.
type Binder struct {
	c      *Context // nil while the endpoint is being described
	schema *Shape   // set while the endpoint is being described
	issues []string

	room [2]Object // most inputs read no more; a request then allocates none
	used int
}

// Body returns the body, which must be an object.
func (b *Binder) Body() *Object { return b.object("body", "object", true) }

// OptBody returns the body, which may be missing.
func (b *Binder) OptBody() *Object { return b.object("body", "object", false) }

// Record is [Binder.Body] for bodies whose members are not known beforehand,
// with the reference's word for them. Called after Body it is for what else
// the object holds.
func (b *Binder) Record() *Object { return b.object("body", "record", true) }

// Query returns the query parameters. They come after the body: where the
// body is refused the query is not looked at.
func (b *Binder) Query() *Object { return b.object("query", "object", false) }

// Path reads a parameter of the path.
func (b *Binder) Path(name string, to *string) {
	if b.schema != nil {
		b.schema.add("path", Property{Name: name, Type: "string", Required: true})
		return
	}
	*to = b.c.Param(name)
}

func (b *Binder) object(where, want string, required bool) *Object {
	o := b.fresh()
	o.b, o.where = b, where
	if b.schema != nil {
		return o
	}
	in := &b.c.call.input
	if where == "query" {
		if in = b.c.Query(); len(b.issues) > 0 {
			o.skip = true
			return o
		}
	}
	kind := in.kind
	if kind == "" {
		kind = "undefined"
	}
	if kind != "object" && (required || kind != "undefined") {
		b.issue(where, "Invalid input: expected "+want+", received "+kind)
		o.skip = true
	}
	o.members = in.members
	return o
}

func (b *Binder) fresh() *Object {
	if b.used == len(b.room) {
		return new(Object)
	}
	b.used++
	return &b.room[b.used-1]
}

func (b *Binder) issue(path, text string) {
	b.issues = append(b.issues, "["+path+"] "+text)
}

// err returns the refusal of all issues, or nil.
func (b *Binder) err() error {
	if len(b.issues) == 0 {
		return nil
	}
	return ErrValidation.Say(strings.Join(b.issues, "; "))
}

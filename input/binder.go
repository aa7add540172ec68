package input

import "strings"

// Bound is an input type. Bind names every member of it once: the same list
// reads requests, words refusals as the reference does, and describes the
// endpoint in OpenAPI.
//
//	func (in *SignInInput) Bind(b *input.Binder) {
//		body := b.Body()
//		body.Text("email", &in.Email)
//		body.OptText("callbackURL", &in.CallbackURL)
//	}
type Bound interface{ Bind(b *Binder) }

// Request is what a [Binder] reads.
type Request interface {
	Input() *Raw              // the body
	Query() *Raw              // as [ParseQuery] reads it
	Param(name string) string // of the path, decoded
}

// Binder reads one request into an input. It is valid during Bind only.
type Binder struct {
	from   Request // nil while the endpoint is being described
	schema *Shape  // set while the endpoint is being described
	issues []string

	room [2]Object // most inputs read no more; a request then allocates none
	used int
}

// NewBinder returns a binder that reads a request.
func NewBinder(from Request) *Binder { return &Binder{from: from} }

// Body returns the body, which must be an object.
func (b *Binder) Body() *Object { return b.object("body", "object", true) }

// OptBody returns the body, which may be missing.
func (b *Binder) OptBody() *Object { return b.object("body", "object", false) }

// ShapedBody returns a body that may have several shapes, or be missing: one
// that is no object is refused without saying what was expected, as the
// reference does.
func (b *Binder) ShapedBody() *Object { return b.object("body", "", false) }

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
	*to = b.from.Param(name)
}

func (b *Binder) object(where, want string, required bool) *Object {
	o := b.fresh()
	o.b, o.where = b, where
	if b.schema != nil {
		return o
	}
	if where == "query" && len(b.issues) > 0 {
		o.skip = true
		return o
	}
	in := b.raw(where)
	kind := in.kind
	if kind == "" {
		kind = "undefined"
	}
	if kind != "object" && (required || kind != "undefined") {
		text := "Invalid input"
		if want != "" {
			text += ": expected " + want + ", received " + kind
		}
		b.issue(where, text)
		o.skip = true
	}
	o.members = in.members
	return o
}

func (b *Binder) raw(where string) *Raw {
	if where == "query" {
		return b.from.Query()
	}
	return b.from.Input()
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

// Err returns the refusal of everything that was wrong, an [*Error], or nil.
func (b *Binder) Err() error {
	if len(b.issues) == 0 {
		return nil
	}
	return &Error{Reason: Invalid, Message: strings.Join(b.issues, "; ")}
}

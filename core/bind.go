package core

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Opt is a member of an input that may be absent or null. The zero Opt is
// absent.
type Opt[V any] struct {
	Value V
	Set   bool // given, perhaps as null
	Null  bool
}

// Some returns an Opt that holds a value.
func Some[V any](v V) Opt[V] { return Opt[V]{Value: v, Set: true} }

// Or returns the value, or fallback where none was given.
func (o Opt[V]) Or(fallback V) V {
	if o.Set && !o.Null {
		return o.Value
	}
	return fallback
}

// Given reports whether there is a value that is not null.
func (o Opt[V]) Given() bool { return o.Set && !o.Null }

// IsZero makes encoding/json's omitzero leave an absent Opt out.
func (o Opt[V]) IsZero() bool { return !o.Set }

// MarshalJSON writes the value or null.
func (o Opt[V]) MarshalJSON() ([]byte, error) {
	if !o.Given() {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

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

// Object reads the members of a JSON object or of the query.
type Object struct {
	b       *Binder
	where   string
	members map[string]json.RawMessage
	skip    bool
	last    Check
}

// Check refines the member that was read last. Its methods do nothing where
// the member was absent or already refused. It is valid until the next member
// is read.
type Check struct {
	o    *Object
	name string
	text *string
	num  *float64
	prop *Property
}

// Text reads a required string.
func (o *Object) Text(name string, to *string) *Check {
	c := o.check(name, "string", true)
	if raw, ok := o.take(name, "string", false, true); ok {
		_ = json.Unmarshal(raw, to)
		c.text = to
	}
	return c
}

// OptText reads a string that may be absent.
func (o *Object) OptText(name string, to *Opt[string]) *Check {
	c := o.check(name, "string", false)
	if optional(o, name, "string", false, to) {
		c.text = &to.Value
	}
	return c
}

// NullText reads a string that may be absent or null.
func (o *Object) NullText(name string, to *Opt[string]) *Check {
	c := o.check(name, "string", false)
	if optional(o, name, "string", true, to) && !to.Null {
		c.text = &to.Value
	}
	return c
}

// Bool reads a required boolean.
func (o *Object) Bool(name string, to *bool) {
	o.check(name, "boolean", true)
	if raw, ok := o.take(name, "boolean", false, true); ok {
		*to = raw[0] == 't'
	}
}

// OptBool reads a boolean that may be absent.
func (o *Object) OptBool(name string, to *Opt[bool]) {
	o.check(name, "boolean", false)
	optional(o, name, "boolean", false, to)
}

// Truthy reads a query parameter as the reference coerces it to a boolean:
// any text but the empty one is true.
func (o *Object) Truthy(name string, to *Opt[bool]) {
	o.check(name, "boolean", false)
	raw, ok := o.members[name]
	if !ok || o.skip {
		return
	}
	s := string(raw)
	*to = Some(s != `""` && s != "false" && s != "0" && s != "null")
}

// Number reads a required number.
func (o *Object) Number(name string, to *float64) *Check {
	c := o.check(name, "number", true)
	if raw, ok := o.take(name, "number", false, true); ok {
		*to, _ = strconv.ParseFloat(string(raw), 64)
		c.num = to
	}
	return c
}

// OptNumber reads a number that may be absent.
func (o *Object) OptNumber(name string, to *Opt[float64]) *Check {
	c := o.check(name, "number", false)
	if optional(o, name, "number", false, to) {
		c.num = &to.Value
	}
	return c
}

// NullNumber reads a number that may be absent or null.
func (o *Object) NullNumber(name string, to *Opt[float64]) *Check {
	c := o.check(name, "number", false)
	if optional(o, name, "number", true, to) && !to.Null {
		c.num = &to.Value
	}
	return c
}

// OptTexts reads a list of strings that may be absent.
func (o *Object) OptTexts(name string, to *Opt[[]string]) {
	o.check(name, "array", false)
	raw, ok := o.take(name, "array", false, false)
	if !ok {
		return
	}
	var items []json.RawMessage
	_ = json.Unmarshal(raw, &items)
	to.Set, to.Value = true, make([]string, len(items))
	for i, item := range items {
		if kind := jsonKind(item); kind != "string" {
			o.b.issue(fmt.Sprintf("%s.%s.%d", o.where, name, i), "Invalid input: expected string, received "+kind)
			continue
		}
		_ = json.Unmarshal(item, &to.Value[i])
	}
}

// OptRaw reads any value that may be absent, unchecked.
func (o *Object) OptRaw(name string, to *Opt[json.RawMessage]) {
	o.check(name, "", false)
	if raw, ok := o.members[name]; ok && !o.skip {
		*to = Opt[json.RawMessage]{Value: raw, Set: true, Null: string(raw) == "null"}
	}
}

// OptObject reads an object that may be absent; the function it is given to
// reads its members. It reports whether the object was given.
func (o *Object) OptObject(name string, read func(*Object)) bool {
	o.check(name, "object", false)
	raw, ok := o.take(name, "object", false, false)
	inner := &Object{b: o.b, where: o.where + "." + name, skip: !ok}
	if o.b.schema != nil || !ok {
		return false
	}
	_ = json.Unmarshal(raw, &inner.members)
	read(inner)
	return true
}

// All returns every member as it was sent, known to the endpoint or not: what
// added columns are read from.
func (o *Object) All() map[string]json.RawMessage {
	if o.skip {
		return nil
	}
	return o.members
}

// Has reports whether a member was sent.
func (o *Object) Has(name string) bool { _, ok := o.members[name]; return ok && !o.skip }

// Refuse adds an issue about a member in words of the endpoint's own.
func (o *Object) Refuse(name, text string) {
	if o.b.schema == nil && !o.skip {
		o.b.issue(o.path(name), text)
	}
}

func (o *Object) path(name string) string {
	if name == "" {
		return o.where
	}
	return o.where + "." + name
}

func (o *Object) check(name, kind string, required bool) *Check {
	c := &o.last
	*c = Check{o: o, name: name}
	if o.b.schema != nil {
		c.prop = o.b.schema.add(o.where, Property{Name: name, Type: kind, Required: required})
	}
	return c
}

// take returns a member of the wanted kind and words the refusal of any other.
func (o *Object) take(name, kind string, nullable, required bool) (json.RawMessage, bool) {
	if o.skip || o.b.schema != nil {
		return nil, false
	}
	raw, given := o.members[name]
	got := jsonKind(raw)
	switch {
	case got == kind:
		return raw, true
	case !given && !required:
	case given && got == "null" && nullable:
		return raw, true
	default:
		o.b.issue(o.path(name), "Invalid input: expected "+kind+", received "+got)
	}
	return nil, false
}

func optional[V any](o *Object, name, kind string, nullable bool, to *Opt[V]) bool {
	raw, ok := o.take(name, kind, nullable, false)
	if !ok {
		return false
	}
	to.Set, to.Null = true, string(raw) == "null"
	if !to.Null {
		_ = json.Unmarshal(raw, &to.Value)
	}
	return true
}

// Email refuses what is not an address.
func (c *Check) Email() *Check {
	c.format("email")
	if c.text != nil && !ValidEmail(*c.text) {
		c.refuse("Invalid email address")
	}
	return c
}

// Min refuses strings shorter than n UTF-16 units and numbers below n.
func (c *Check) Min(n int) *Check {
	switch {
	case c.text != nil && utf16Len(*c.text) < n:
		c.refuse(fmt.Sprintf("Too small: expected string to have >=%d characters", n))
	case c.num != nil && *c.num < float64(n):
		c.refuse(fmt.Sprintf("Too small: expected number to be >=%d", n))
	}
	return c
}

// Max refuses strings longer than n UTF-16 units and numbers above n.
func (c *Check) Max(n int) *Check {
	switch {
	case c.text != nil && utf16Len(*c.text) > n:
		c.refuse(fmt.Sprintf("Too big: expected string to have <=%d characters", n))
	case c.num != nil && *c.num > float64(n):
		c.refuse(fmt.Sprintf("Too big: expected number to be <=%d", n))
	}
	return c
}

// Int refuses numbers that are not whole.
func (c *Check) Int() *Check {
	if c.num != nil && *c.num != math.Trunc(*c.num) {
		c.refuse("Invalid input: expected int, received number")
	}
	return c
}

// OneOf refuses strings that are not listed.
func (c *Check) OneOf(options ...string) *Check {
	if c.prop != nil {
		c.prop.Enum = options
	}
	if c.text == nil {
		return c
	}
	for _, option := range options {
		if *c.text == option {
			return c
		}
	}
	c.refuse(`Invalid option: expected one of "` + strings.Join(options, `"|"`) + `"`)
	return c
}

// URL refuses strings that are not absolute URLs.
func (c *Check) URL() *Check {
	c.format("uri")
	if c.text != nil && !absoluteURL(*c.text) {
		c.refuse("Invalid URL")
	}
	return c
}

// Describe says in OpenAPI what the member is for.
func (c *Check) Describe(text string) *Check {
	if c.prop != nil {
		c.prop.Description = text
	}
	return c
}

func (c *Check) format(name string) {
	if c.prop != nil {
		c.prop.Format = name
	}
}

func (c *Check) refuse(text string) {
	c.o.b.issue(c.o.path(c.name), text)
	c.text, c.num = nil, nil
}

// utf16Len counts as JavaScript's length does.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

package input

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check refines the member that was read last. Its methods do nothing where
// the member was absent or already refused. It is valid until the next member
// is read.
type Check struct {
	o    *Object
	name string
	text *string
	num  *float64
	prop *Property

	kind   string // that is wanted
	before int    // how many issues there were before the member was read
}

// Email refuses what is not an address.
func (c *Check) Email() *Check {
	c.format("email")
	if c.text != nil && !ValidEmail(*c.text) {
		c.refuse("Invalid email address")
	}
	return c
}

// NonEmpty refuses the empty string in words of the endpoint's own, and as the
// reference does, an empty list once more than for its type.
func (c *Check) NonEmpty(text string) *Check {
	if c.text != nil && *c.text == "" || c.text == nil && string(c.o.members[c.name]) == "[]" {
		c.note(text)
	}
	return c
}

// Min refuses strings shorter than n code points and numbers below n. A list in
// the place of a string is told of its length too, as the reference does.
func (c *Check) Min(n int) *Check {
	switch items := c.items(); {
	case items >= 0 && items < n:
		c.note(fmt.Sprintf("Too small: expected array to have >=%d items", n))
	case c.text != nil && utf8.RuneCountInString(*c.text) < n:
		c.note(fmt.Sprintf("Too small: expected string to have >=%d characters", n))
	case c.num != nil && *c.num < float64(n):
		c.note(fmt.Sprintf("Too small: expected number to be >=%d", n))
	}
	return c
}

// items returns the length of a list that stands where a string should, or -1.
func (c *Check) items() int {
	raw := c.o.members[c.name]
	var list []json.RawMessage
	if c.kind != "string" || c.text != nil || c.o.skip || Kind(raw) != "array" || json.Unmarshal(raw, &list) != nil {
		return -1
	}
	return len(list)
}

// Max refuses strings longer than n code points and numbers above n, and lists
// as [Check.Min] does.
func (c *Check) Max(n int) *Check {
	switch items := c.items(); {
	case items > n:
		c.note(fmt.Sprintf("Too big: expected array to have <=%d items", n))
	case c.text != nil && utf8.RuneCountInString(*c.text) > n:
		c.note(fmt.Sprintf("Too big: expected string to have <=%d characters", n))
	case c.num != nil && *c.num > float64(n):
		c.note(fmt.Sprintf("Too big: expected number to be <=%d", n))
	}
	return c
}

// Int refuses numbers that are not whole.
func (c *Check) Int() *Check {
	if c.prop != nil {
		c.prop.Type = "integer"
	}
	const limit = 1<<53 - 1 // beyond it, JavaScript's numbers skip integers
	switch {
	case c.num == nil:
	case *c.num != math.Trunc(*c.num):
		c.refuse("Invalid input: expected int, received number")
	case *c.num > limit:
		c.refuse(fmt.Sprintf("Too big: expected int to be <=%d", limit))
	case *c.num < -limit:
		c.refuse(fmt.Sprintf("Too small: expected int to be >=%d", -limit))
	}
	return c
}

// OneOf refuses strings that are not listed.
func (c *Check) OneOf(options ...string) *Check {
	if c.prop != nil {
		c.prop.Enum = options
	}
	if c.text == nil && len(c.o.b.issues) == c.before || c.text != nil && slices.Contains(options, *c.text) {
		return c
	}
	c.o.b.issues = c.o.b.issues[:c.before] // the list says what type is wanted
	c.refuse(`Invalid option: expected one of "` + strings.Join(options, `"|"`) + `"`)
	return c
}

// Only refuses every other value, in words that name the wanted one.
func (c *Check) Only(value string) *Check {
	if c.prop != nil {
		c.prop.Enum = []string{value}
	}
	if c.text == nil && len(c.o.b.issues) == c.before || c.text != nil && *c.text == value {
		return c
	}
	c.o.b.issues = c.o.b.issues[:c.before]
	c.refuse(`Invalid input: expected "` + value + `"`)
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

// refuse adds an issue that ends the checks of the member, note one that does
// not.
func (c *Check) refuse(text string) {
	c.note(text)
	c.text, c.num = nil, nil
}

func (c *Check) note(text string) { c.o.b.issue(c.o.path(c.name), text) }

// Trim takes white space off both ends of a string, before the refinements that
// follow look at it.
func (c *Check) Trim() *Check {
	if c.text != nil {
		*c.text = strings.TrimFunc(*c.text, isSpace)
	}
	return c
}

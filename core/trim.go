package core

import (
	"strings"
	"unicode"
)

// Trim takes white space off both ends of a string, before the refinements that
// follow look at it.
func (c *Check) Trim() *Check {
	if c.text != nil {
		*c.text = strings.TrimFunc(*c.text, isSpace)
	}
	return c
}

// isSpace is what JavaScript's trim takes off.
func isSpace(r rune) bool {
	return r == '\ufeff' || unicode.IsSpace(r) && r != '\u0085'
}

// Package glob matches a whole string against a pattern with wildcards, as the
// reference does in trusted origins, allowed hosts and rate-limit rules.
//
//   - any run of characters, also empty, also across "." and "/"
//     ?   exactly one character
//     \x  the character x itself
//
// As in the reference, whose patterns become regular expressions without the
// "s" flag, a wildcard never matches a line terminator. Matching allocates
// nothing and takes at most len(pattern)·len(s) steps, so a hostile string
// cannot make it blow up.
package glob

import (
	"strings"
	"unicode/utf8"
)

type token struct {
	char rune
	kind kind
}

type kind uint8

const (
	literal kind = iota
	one
	run
)

// Pattern is a compiled pattern. The zero value matches the empty string only.
// It is immutable and safe for concurrent use.
type Pattern struct{ tokens []token }

// Has reports whether s holds a wildcard.
func Has(s string) bool { return strings.ContainsAny(s, "*?") }

// Compile compiles a pattern. Every string is a valid pattern; a backslash at
// its very end is dropped.
func Compile(pattern string) Pattern {
	tokens := make([]token, 0, len(pattern))
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			tokens = append(tokens, token{char: r})
			escaped = false
		case r == '\\':
			escaped = true
		case r == '?':
			tokens = append(tokens, token{kind: one})
		case r == '*':
			if n := len(tokens); n == 0 || tokens[n-1].kind != run {
				tokens = append(tokens, token{kind: run})
			}
		default:
			tokens = append(tokens, token{char: r})
		}
	}
	return Pattern{tokens: tokens}
}

// Match reports whether the pattern matches the whole of s.
func (p Pattern) Match(s string) bool {
	at, i := 0, 0
	back, mark := -1, 0 // the latest run, and where in s it ends so far
	for i < len(s) {
		r, width := utf8.DecodeRuneInString(s[i:])
		if at < len(p.tokens) {
			t := p.tokens[at]
			if t.kind == run {
				back, mark = at, i
				at++
				continue
			}
			if t.kind == one && !lineTerminator(r) || t.kind == literal && t.char == r {
				at++
				i += width
				continue
			}
		}
		if back < 0 {
			return false
		}
		skipped, width := utf8.DecodeRuneInString(s[mark:])
		if lineTerminator(skipped) {
			return false
		}
		mark += width
		i, at = mark, back+1
	}
	for at < len(p.tokens) && p.tokens[at].kind == run {
		at++
	}
	return at == len(p.tokens)
}

func lineTerminator(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

package core

import (
	"strings"

	"github.com/watchword-auth/watchword/secret"
)

// stored returns the form in which an identifier is written.
func (s Verifications) stored(identifier string) string {
	if s.form(identifier) == "hashed" {
		return secret.Hash(identifier)
	}
	return identifier
}

// candidates lists the forms an identifier may have been written in, so that
// the option can be changed while values wait.
func (s Verifications) candidates(identifier string) []string {
	if s.form(identifier) == "hashed" {
		return []string{secret.Hash(identifier), identifier}
	}
	return []string{identifier}
}

func (s Verifications) form(identifier string) string {
	o := &s.c.k.options.Verification
	longest, form := -1, o.StoreIdentifier
	for prefix, override := range o.Overrides {
		if len(prefix) > longest && strings.HasPrefix(identifier, prefix) {
			longest, form = len(prefix), override
		}
	}
	return form
}

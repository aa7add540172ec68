package openapi

import (
	"fmt"
	"strings"
)

// check keeps out what could leave its place in the page.
func (p *Plugin) check() error {
	for name, word := range map[string]string{"Theme": p.o.Theme, "Nonce": p.o.Nonce} {
		if strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=") != "" {
			return fmt.Errorf("openapi: %s: %q is no word", name, word)
		}
	}
	if !strings.HasPrefix(p.o.Path, "/") {
		return fmt.Errorf("openapi: Path: %q does not start with a slash", p.o.Path)
	}
	return nil
}

package delivery

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/watchword-auth/watchword/core"
)

// console prints messages for a person who develops.
type console struct {
	mu  sync.Mutex
	out io.Writer
}

func (c *console) name() string { return "console" }

func (c *console) send(_ context.Context, m *core.Message) error {
	var b strings.Builder
	b.WriteString("\n  ✉ " + printable(m.Type) + " to " + printable(m.To) + "\n")
	switch {
	case m.URL != "":
		b.WriteString("    " + printable(m.URL) + "\n")
	case m.Token != "":
		b.WriteString("    token " + printable(m.Token) + "\n")
	}
	if m.Code != "" {
		b.WriteString("    code " + printable(m.Code) + "\n")
	}
	b.WriteString("\n")
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := io.WriteString(c.out, b.String())
	return err
}

// printable keeps what clients sent from controlling the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}

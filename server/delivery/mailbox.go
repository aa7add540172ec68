package delivery

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/core"
)

// Mailbox keeps the last messages in memory and shows them on a page, for
// development. The zero Mailbox is empty and ready.
type Mailbox struct {
	mu       sync.Mutex
	messages []kept
}

type kept struct {
	At time.Time
	*core.Message
}

// mailboxSize bounds what a forgotten development server holds.
const mailboxSize = 100

func (b *Mailbox) name() string { return "mailbox" }

func (b *Mailbox) send(_ context.Context, m *core.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) >= mailboxSize {
		b.messages = append(b.messages[:0], b.messages[1:]...)
	}
	b.messages = append(b.messages, kept{time.Now(), m})
	return nil
}

// newestFirst returns a copy of what is kept.
func (b *Mailbox) newestFirst() []kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]kept, 0, len(b.messages))
	for _, v := range slices.Backward(b.messages) {
		list = append(list, v)
	}
	return list
}

// ServeHTTP shows the messages.
func (b *Mailbox) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	var page strings.Builder
	page.WriteString(mailboxHead)
	messages := b.newestFirst()
	if len(messages) == 0 {
		page.WriteString("<p>There are none yet.\n")
	}
	for _, m := range messages {
		fill(&page, mailboxMessage, m.Type, m.To, m.At.Format(time.TimeOnly))
		fill(&page, mailboxLink, m.URL, href(m.URL))
		fill(&page, mailboxCode, m.Code)
		page.WriteString("</article>\n")
	}
	page.WriteString("</html>\n")
	_, _ = io.WriteString(w, page.String()) // the client may be gone
}

const (
	mailboxHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mailbox</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
article { border: 1px solid #8884; border-radius: .5em; padding: .5em 1em; margin: 1em 0; overflow-wrap: anywhere }
h2 { font-size: 1em; margin: 0 }
time { color: #888 }
code { font-size: 1.3em }
</style>
<h1>Mailbox</h1>
<p>The last messages of this development server, newest first.
`
	mailboxMessage = `<article>
<h2>%s to %s</h2>
<time>%s</time>
`
	mailboxLink = `<p><a href="%[2]s" rel="noreferrer">%[1]s</a>
`
	mailboxCode = `<p><code>%s</code>
`
)

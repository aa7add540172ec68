package delivery

import (
	"context"
	"html/template"
	"net/http"
	"slices"
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
	_ = mailboxPage.Execute(w, b.newestFirst()) // the client may be gone
}

var mailboxPage = template.Must(template.New("mailbox").Parse(`<!doctype html>
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
{{range .}}<article>
<h2>{{.Type}} to {{.To}}</h2>
<time>{{.At.Format "15:04:05"}}</time>
{{with .URL}}<p><a href="{{.}}" rel="noreferrer">{{.}}</a>{{end}}
{{with .Code}}<p><code>{{.}}</code>{{end}}
</article>
{{else}}<p>There are none yet.
{{end}}
</html>
`))

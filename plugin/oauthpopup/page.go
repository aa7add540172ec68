package oauthpopup

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/core"
)

// message is what the window tells the page that opened it.
type message struct {
	Type         string   `json:"type"`
	TargetOrigin string   `json:"targetOrigin"` // the only one that may read it
	Nonce        string   `json:"nonce"`
	Token        string   `json:"token,omitempty"`
	RedirectTo   string   `json:"redirectTo,omitempty"`
	Error        *failure `json:"error,omitempty"`
}

type failure struct {
	Code        string `json:"code"`
	Description string `json:"description,omitempty"`
}

// script posts the message beside it to the page and closes the window, unless
// the page does: later, as a page that looks whether the window has closed may
// see that before it sees the message. It never changes, so that the policy of
// the answer can name it by its hash.
const script = `(function(){` +
	`var e=document.getElementById("better-auth-oauth-popup");if(!e)return;` +
	`var m;try{m=JSON.parse(e.textContent||"")}catch(x){return}` +
	`var o=m.targetOrigin;delete m.targetOrigin;` +
	`var t=window.opener||window.parent;` +
	`if(t&&t!==window){try{t.postMessage(m,o)}catch(x){}}` +
	`setTimeout(function(){window.close()},1000)})();`

// scriptHash names the script in a policy (Content Security Policy Level 3,
// section 2.3.1).
const scriptHash = "sha256-qPJZ1u6mNmL3JLDmQ7HJ98jqYTqcyQrQdtbIslGRop8="

// page is the answer of a window that has come to its end. Nothing but the
// script may run in it, and nobody keeps it: it holds a session's token.
func (m *message) page(c *core.Context) *core.Response {
	m.Type = "better-auth:oauth-popup"
	// Marshal escapes <, > and the line separators of JavaScript, so the text
	// cannot end the element it stands in.
	data, err := json.Marshal(m)
	if err != nil {
		data = []byte("{}")
	}
	h := c.ResponseHeader()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src '"+scriptHash+"'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	return &core.Response{ContentType: "text/html; charset=utf-8", Body: []byte(`<!doctype html>
<html>
<head><meta charset="utf-8"><title>Completing sign-in</title></head>
<body>
<script type="application/json" id="better-auth-oauth-popup">` + string(data) + `</script>
<script>` + script + `</script>
</body>
</html>`)}
}

// fail ends a sign-in that cannot begin.
func (m *marker) fail(c *core.Context, code, description string) *StartOutput {
	out := &message{Nonce: m.Nonce, TargetOrigin: m.Origin, Error: &failure{code, description}}
	return &StartOutput{out.page(c)}
}

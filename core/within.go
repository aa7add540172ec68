package core

import (
	"net/http"

	"github.com/watchword-auth/watchword/db"
)

// Within returns a view of the instance whose calls run in a transaction that
// the caller began and will end, and a function to call after its commit,
// which runs what waits for it. The view belongs to the transaction's
// goroutine.
func (k *Kernel) Within(x db.Executor) (view *Kernel, committed func()) {
	inside, pending := *k, []func(){}
	inside.tx, inside.pending = x, &pending
	return &inside, func() {
		waiting := pending
		pending = nil
		for _, f := range waiting {
			f()
		}
	}
}

// WriteCookies adds the cookies the call has set to an answer that the
// application writes itself.
func (c *Context) WriteCookies(w http.ResponseWriter) {
	for _, cookie := range c.call.cookies {
		w.Header().Add("Set-Cookie", cookie.line)
	}
}

// WriteError answers with a refusal as endpoints do. Any other error is a 500
// that reveals nothing.
func WriteError(w http.ResponseWriter, err error) {
	response := known(err).response()
	if response.ContentType != "" {
		w.Header().Set("Content-Type", response.ContentType)
	}
	if response.Location != "" {
		w.Header().Set("Location", response.Location)
	}
	w.WriteHeader(response.Status)
	_, _ = w.Write(response.Body) // the client may be gone
}

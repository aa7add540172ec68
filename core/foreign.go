package core

import (
	"net/http"

	"github.com/watchword-auth/watchword/weburl"
)

// SessionOf returns the session of a request that the application itself
// serves, or nil. Hooks before /get-session run first, so that plugins that
// prove sessions by other means than a cookie have their say. With a nil
// writer nothing is changed and no cookie is set; else a session that is due
// is prolonged, and its cookies are added to the answer.
func (k *Kernel) SessionOf(w http.ResponseWriter, r *http.Request) (*Current, error) {
	c, err := k.newContext(r.Context(), r)
	if err != nil {
		return nil, err
	}
	if e := k.byID["getSession"]; e != nil {
		c.call.endpoint, c.call.path = e, e.Path
		for _, hook := range e.before {
			if response, err := hook(c); response != nil || err != nil {
				return nil, err
			}
		}
	}
	if w == nil {
		if c.call.resolved {
			return c.call.current, nil
		}
		resolved, err := c.ResolveSession(Resolve{SkipRefresh: true, ReadOnly: true})
		return resolved.Current, err
	}
	current, err := c.Session()
	c.call.cookies.AddTo(w.Header())
	return current, err
}

// WriteError answers with a refusal as endpoints do. Any other error is a 500
// that reveals nothing.
func WriteError(w http.ResponseWriter, err error) {
	response := known(err).response()
	if response.ContentType != "" {
		w.Header().Set("Content-Type", response.ContentType)
	}
	if response.Location != "" {
		w.Header().Set("Location", weburl.ASCII(response.Location))
	}
	w.WriteHeader(response.Status)
	_, _ = w.Write(response.Body) // the client may be gone
}

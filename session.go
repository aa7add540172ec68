package watchword

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// Session returns the session and user a request was made in, or nil where
// there is none. Nothing is written and the session is not prolonged. The
// cookie cache may answer where that is enabled.
func (a *Auth) Session(r *http.Request) (*Current, error) {
	return a.kernel.SessionOf(nil, r)
}

// RequireSession answers requests without a session with 401 and the
// reference's body, and passes all others on. The next handler finds the
// session with [SessionFrom]. A session that is due is prolonged, and its
// cookies with it.
func (a *Auth) RequireSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		current, err := a.kernel.SessionOf(w, r)
		if err == nil && current == nil {
			err = core.ErrUnauthorized
		}
		if err != nil {
			core.WriteError(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), currentKey{}, current)))
	})
}

type currentKey struct{}

// SessionFrom returns the session that [Auth.RequireSession] found, or nil in
// a handler that is not behind it.
func SessionFrom(ctx context.Context) *Current {
	current, _ := ctx.Value(currentKey{}).(*Current)
	return current
}

package watchword

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// Session returns the session and user a request was made in, or nil where
// there is none. It writes no answer and does not prolong the session. The
// cookie cache may answer where that is enabled.
func (a *Auth) Session(r *http.Request) (*Current, error) {
	c, err := a.kernel.NewContext(r.Context(), r)
	if err != nil {
		return nil, err
	}
	resolved, err := c.ResolveSession(core.Resolve{SkipRefresh: true, ReadOnly: true})
	return resolved.Current, err
}

// RequireSession answers requests without a session with 401 and the
// reference's body, and passes all others on. The next handler finds the
// session with [SessionFrom]. A session that is due is prolonged, and its
// cookies with it.
func (a *Auth) RequireSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		current, err := a.resolve(w, r)
		if err != nil {
			core.WriteError(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), currentKey{}, current)))
	})
}

func (a *Auth) resolve(w http.ResponseWriter, r *http.Request) (*Current, error) {
	c, err := a.kernel.NewContext(r.Context(), r)
	if err != nil {
		return nil, err
	}
	current, err := c.RequireSession()
	c.WriteCookies(w)
	return current, err
}

type currentKey struct{}

// SessionFrom returns the session that [Auth.RequireSession] found, or nil in
// a handler that is not behind it.
func SessionFrom(ctx context.Context) *Current {
	current, _ := ctx.Value(currentKey{}).(*Current)
	return current
}

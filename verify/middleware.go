package verify

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

type contextKey struct{}

// FromContext returns the claims that [Verifier.Require] put there, or nil.
func FromContext(ctx context.Context) *Claims {
	cl, _ := ctx.Value(contextKey{}).(*Claims)
	return cl
}

// Require lets requests through whose Authorization header carries a token
// that holds (RFC 6750, section 2.1), with its claims in their context. Others
// are answered 401; 503 while there are no keys to judge by.
func (v *Verifier) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if text = strings.TrimSpace(text); !strings.EqualFold(scheme, "bearer") || text == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		cl, err := v.Verify(r.Context(), text)
		switch {
		case errors.Is(err, ErrInvalid):
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
		case err != nil:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, cl)))
		}
	})
}

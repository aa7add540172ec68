package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// observe logs and measures requests. Nothing that may be a secret is logged:
// no cookies, no headers, no query values, and of a path only what the client
// cannot fill with a token.
func (s *site) observe(next http.Handler) http.Handler {
	logged := s.in.log.Enabled(context.Background(), slog.LevelInfo)
	if s.metrics == nil && !logged {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		answer := &recorder{ResponseWriter: w}
		defer func() {
			took := time.Since(started)
			status := answer.status
			if status == 0 {
				status = http.StatusOK
			}
			if s.metrics != nil {
				s.metrics.observe(r.Method, status, took)
			}
			if !logged || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
				return
			}
			s.in.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", r.Method), slog.String("path", loggedPath(r.URL.Path)), slog.Int("status", status),
				slog.Int64("bytes", answer.written), slog.Float64("ms", float64(took.Microseconds())/1000),
				slog.String("remote", r.RemoteAddr))
		}()
		next.ServeHTTP(answer, r)
	})
}

// loggedPath cuts what follows the paths that carry a token.
func loggedPath(path string) string {
	const reset = "/reset-password/"
	if i := strings.Index(path, reset); i >= 0 {
		return path[:i+len(reset)] + "…"
	}
	if len(path) > 256 {
		return path[:256] + "…"
	}
	return path
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status  int
	written int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.written += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

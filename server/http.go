package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits of the HTTP server. A client that is slower than this, or sends
// more, is cut off.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	readyTimeout  = 2 * time.Second
)

// site is what the public listener serves: the instance and the server's own
// few paths.
type site struct {
	in       *instance
	metrics  *metrics // nil: none
	draining atomic.Bool
}

func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", plainly(func(*http.Request) (int, string) { return http.StatusOK, "ok" }))
	mux.HandleFunc("GET /readyz", plainly(s.ready))
	if s.in.mailbox != nil {
		mux.Handle("GET /dev/mailbox", atOwnHost(s.in.auth.Kernel().Options(), s.in.mailbox))
	}
	auth := s.in.auth.Handler()
	nosniff := []string{"nosniff"}
	return s.observe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Content-Type-Options"] = nosniff[:1:1]
		// The mux cleans paths by redirects; the instance's own answers to
		// odd paths are part of the protocol.
		switch r.URL.Path {
		case "/healthz", "/readyz", "/dev/mailbox":
			mux.ServeHTTP(w, r)
		default:
			auth.ServeHTTP(w, r)
		}
	}))
}

func plainly(answer func(*http.Request) (int, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, text := answer(r)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text + "\n"))
	}
}

// ready reports whether requests can be served: the database answers, and the
// server is not about to stop.
func (s *site) ready(r *http.Request) (int, string) {
	if s.draining.Load() {
		return http.StatusServiceUnavailable, "draining"
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := s.in.ping(ctx); err != nil {
		s.in.log.ErrorContext(ctx, "the database does not answer", "error", err)
		return http.StatusServiceUnavailable, "the database does not answer"
	}
	return http.StatusOK, "ready"
}

func (s *site) newServer(h http.Handler) *http.Server {
	return &http.Server{
		ErrorLog: slog.NewLogLogger(s.in.log.Handler(), slog.LevelWarn),
		Handler:  h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
	}
}

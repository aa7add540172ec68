package server

import (
	"log/slog"
	"strings"
)

// logger writes to the standard error, so that what commands print stays
// clean: JSON in production, text for a person otherwise.
func (s *System) logger(o loggerOptions, p posture) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(strings.ToUpper(o.Level))) // checked; empty stays info
	options := &slog.HandlerOptions{Level: level}
	if o.Format == "text" || o.Format == "" && !p.production {
		return slog.New(slog.NewTextHandler(s.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(s.Stderr, options))
}

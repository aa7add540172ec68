package server

import (
	"log/slog"
	"strings"
)

// logger writes to the standard error, so that what commands print stays
// clean.
func (s *System) logger(o loggerOptions) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(strings.ToUpper(o.Level))) // checked; empty stays info
	options := &slog.HandlerOptions{Level: level}
	if o.Format == "text" {
		return slog.New(slog.NewTextHandler(s.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(s.Stderr, options))
}

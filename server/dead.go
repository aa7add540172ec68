package server

import (
	"log/slog"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/origin"
)

// dropDead takes out what the reference starts with though it does nothing
// there, so that its configurations start here too, and says so.
func (f *file) dropDead(o *core.Options, log *slog.Logger) {
	var origins, paths []string
	for _, pattern := range o.TrustedOrigins {
		if _, err := origin.NewTrusted([]string{pattern}); err != nil {
			log.Warn("an entry of trustedOrigins admits nothing", "entry", pattern, "error", err)
			continue
		}
		origins = append(origins, pattern)
	}
	for _, path := range o.DisabledPaths {
		if !strings.HasPrefix(path, "/") {
			log.Warn("an entry of disabledPaths disables nothing: it does not start with a slash", "entry", path)
			continue
		}
		paths = append(paths, path)
	}
	o.TrustedOrigins, o.DisabledPaths = origins, paths
}

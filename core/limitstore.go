package core

import "github.com/watchword-auth/watchword/ratelimit"

// RateLimitStorage counts requests in a plugin's store, unless the application
// gave one of its own.
func (r *Registrar) RateLimitStorage(s ratelimit.Store) {
	if r.k.options.RateLimit.Storage == nil {
		r.k.options.RateLimit.Storage = s
	}
}

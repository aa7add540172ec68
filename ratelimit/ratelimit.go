// Package ratelimit limits how often a client may call a path: the rules, which
// of them holds for a path, and the stores that count.
//
//	rules, err := ratelimit.NewRules(ratelimit.RulesOptions{})
//	store := ratelimit.NewMemory(nil)
//	if rule, limited := rules.For(r, path); limited {
//		decision, err := store.Consume(ctx, ratelimit.Key(ip, path), rule)
//		…
//	}
//
// A request is counted before any work is done for it, also where no such path
// exists. Rules, keys and the counting are those of Better Auth 1.7, so both can
// share one database or Redis.
//
// Everything here is safe for concurrent use, and every store counts atomically:
// however many callers race for one key, no more than Max of them are allowed in
// a window.
//
// Memory counts in this process, kvlimit in secondary storage, dblimit in the
// database.
package ratelimit

import (
	"context"
	"time"
)

// Rule allows Max requests for each key in a Window. A Max of 0 or less allows
// none, a Window of 0 or less never fills.
type Rule struct {
	Window time.Duration
	Max    int
}

// Decision is the answer to one request. RetryAfter is how long a refused client
// has to wait; it is 0 if Allowed.
type Decision struct {
	Allowed    bool
	RetryAfter time.Duration
}

// Seconds returns RetryAfter in whole seconds, rounded up, as the X-Retry-After
// header has it.
func (d Decision) Seconds() int64 {
	return int64((d.RetryAfter + time.Second - 1) / time.Second)
}

// Store counts requests.
//
// Consume MUST count and decide in one atomic step. It MUST NOT allow more than
// rule.Max requests of one key within rule.Window. A refused request MUST NOT
// make the wait of the key longer than a window. An error means that nothing is
// known: the caller decides whether to serve.
type Store interface {
	Consume(ctx context.Context, key string, rule Rule) (Decision, error)
}

// NoIP is the address part of a key where the client's address is not known. All
// such clients share it: to exempt them would be a way around every limit.
const NoIP = "no-trusted-ip"

// Key returns the key under which requests of an address to a path, without the
// base path, are counted. An empty ip counts as NoIP.
func Key(ip, path string) string {
	if ip == "" {
		ip = NoIP
	}
	return ip + "|" + path
}

package apikey

import (
	"time"

	"github.com/watchword-auth/watchword/db"
)

// use is one use of a key: what it changes in the row, and what must still
// hold for it. The same use can be told to a database and made of a row in
// memory.
type use struct {
	now     time.Time
	limit   limitStep
	spend   spendStep
	horizon time.Time // the oldest request that counts
}

type limitStep uint8

const (
	limitOff   limitStep = iota // the key says nothing about requests
	limitNote                   // no limit: only the time is kept
	limitStart                  // the first request of all
	limitReset                  // the first one of a window
	limitCount                  // one more within the window
)

type spendStep uint8

const (
	spendFree   spendStep = iota // as many uses as anyone likes
	spendRefill                  // the first use after a refill
	spendOne
)

// plan says what a use of the key as it is now would do, or refuses it.
func (f *Config) plan(k *Key, now time.Time) (*use, error) {
	u := &use{now: now}
	if k.Remaining != nil {
		switch {
		case k.refillDue(now):
			u.spend = spendRefill
		case *k.Remaining <= 0:
			return nil, ErrUsageExceeded
		default:
			u.spend = spendOne
		}
	}
	switch {
	case f.RateLimit.Disable, k.RateLimitEnabled != nil && !*k.RateLimitEnabled:
		u.limit = limitNote
		return u, nil
	case k.RateLimitTimeWindow == nil || k.RateLimitMax == nil:
		return u, nil
	case k.LastRequest == nil:
		u.limit = limitStart
		return u, nil
	}
	window := time.Duration(*k.RateLimitTimeWindow) * time.Millisecond
	u.horizon = now.Add(-window)
	switch {
	case k.LastRequest.Before(u.horizon):
		u.limit = limitReset
	case k.requests() >= *k.RateLimitMax:
		return nil, rateLimited((window - now.Sub(*k.LastRequest)).Milliseconds())
	default:
		u.limit = limitCount
	}
	return u, nil
}

func (k *Key) requests() int64 {
	if k.RequestCount == nil {
		return 0
	}
	return *k.RequestCount
}

func (k *Key) refillDue(now time.Time) bool {
	if k.RefillInterval == nil || k.RefillAmount == nil || *k.RefillInterval <= 0 || *k.RefillAmount <= 0 {
		return false
	}
	last := k.CreatedAt
	if k.LastRefillAt != nil {
		last = *k.LastRefillAt
	}
	return now.Sub(last) > time.Duration(*k.RefillInterval)*time.Millisecond
}

// apply makes the use of a row in memory.
func (u *use) apply(k *Key) *Key {
	after := *k
	after.UpdatedAt = u.now
	one := int64(1)
	switch u.limit {
	case limitOff:
	case limitNote:
		after.LastRequest = &u.now
	case limitStart, limitReset:
		after.LastRequest, after.RequestCount = &u.now, &one
	case limitCount:
		n := k.requests() + 1
		after.LastRequest, after.RequestCount = &u.now, &n
	}
	switch u.spend {
	case spendFree:
	case spendRefill:
		n := *k.RefillAmount - 1
		after.Remaining, after.LastRefillAt = &n, &u.now
	case spendOne:
		n := *k.Remaining - 1
		after.Remaining = &n
	}
	return &after
}

// statement is the use as one guarded update: limits hold however many race,
// and a key that was disabled or deleted since it was read is not used.
func (u *use) statement(t *table, k *Key) (set []db.Assign[Key], where []db.Where[Key]) {
	add := func(f db.Field[Key, int64], by int64) db.Assign[Key] {
		return db.Assign[Key]{Assignment: db.Assignment{Column: f.Column(), Value: by, Add: true}}
	}
	set = append(set, t.updatedAt.To(u.now))
	where = append(where, t.id.Eq(k.ID), t.hash.Eq(k.Hash), db.Or(t.enabled.IsNull(), t.enabled.Eq(true)))
	if u.limit != limitOff {
		set = append(set, t.lastRequest.To(u.now))
	}
	switch u.limit {
	case limitOff, limitNote:
	case limitStart:
		set, where = append(set, t.count.To(1)), append(where, t.lastRequest.IsNull())
	case limitReset:
		set, where = append(set, t.count.To(1)), append(where, t.lastRequest.Lt(u.horizon))
	case limitCount:
		where = append(where, t.lastRequest.Gte(u.horizon), t.max.Eq(*k.RateLimitMax))
		if k.RequestCount == nil {
			set, where = append(set, t.count.To(1)), append(where, t.count.IsNull())
		} else {
			set, where = append(set, add(t.count, 1)), append(where, t.count.Lt(*k.RateLimitMax))
		}
	}
	switch u.spend {
	case spendFree:
		where = append(where, t.remaining.IsNull())
	case spendOne:
		set, where = append(set, add(t.remaining, -1)), append(where, t.remaining.Gt(0))
	case spendRefill:
		set = append(set, t.remaining.To(*k.RefillAmount-1), t.lastRefillAt.To(u.now))
		if k.LastRefillAt == nil {
			where = append(where, t.lastRefillAt.IsNull())
		} else {
			where = append(where, t.lastRefillAt.Eq(*k.LastRefillAt))
		}
	}
	return set, where
}

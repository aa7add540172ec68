package core

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/db/memory"
)

// setDatabase takes the database, or makes up for there being none as the
// reference does: rows live as long as the process, and what must live longer
// is kept in cookies.
func (k *Kernel) setDatabase() error {
	o := &k.options
	switch {
	case o.Database != nil && o.Stateless:
		return errors.New("watchword: Options.Database and Options.Stateless exclude each other")
	case o.Database != nil:
		k.adapter = o.Database
		k.ignoreRefreshCache()
		return nil
	case !o.Stateless:
		return errors.New("watchword: Options.Database is missing; memory.New() keeps nothing but needs nothing, and with Options.Stateless sessions live in cookies")
	}
	k.adapter = memory.New()
	o.Account.StoreAccountCookie = true
	if k.Stateful() {
		k.ignoreRefreshCache()
		return nil
	}
	cache, yes := &o.Session.CookieCache, true
	cache.Enabled = true
	cache.Strategy = or(cache.Strategy, CacheJWE)
	cache.MaxAge = or(or(cache.MaxAge, o.Session.ExpiresIn), 7*24*time.Hour)
	cache.RefreshCache = or(cache.RefreshCache, &yes)
	if cache.RefreshUpdateAge == nil {
		fifth := (cache.MaxAge / 5).Truncate(time.Second)
		cache.RefreshUpdateAge = &fifth
	}
	o.Account.StoreStateStrategy = or(o.Account.StoreStateStrategy, StateInCookie)
	return nil
}

func (k *Kernel) ignoreRefreshCache() {
	cache := &k.options.Session.CookieCache
	if cache.RefreshCache != nil && *cache.RefreshCache {
		k.log.Warn("Options.Session.CookieCache.RefreshCache does nothing: sessions have a store to be read from")
	}
	cache.RefreshCache = nil
}

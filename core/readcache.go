package core

import (
	"errors"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/sessioncache"
)

// ReadCache keeps sessions that were read, with their users, in this process,
// for as long as storage is known not to have changed: see package
// sessioncache. It is for sessions in a database whose adapter is a
// [db.Watcher]. Of sessions in secondary storage it keeps the decoded form of
// what that storage answers.
type ReadCache struct {
	Enabled    bool
	MaxEntries int // 0 means 10,000
	MaxBytes   int // 0 means 16 MiB
}

// reads is what the read cache consists of; nil members where it is off.
type reads struct {
	stored  *sessioncache.Cache[*Current] // by token
	decoded *sessioncache.Memo[*Current]  // by token and text
}

var errReadCache = errors.New("watchword: Options.Session.ReadCache: this database cannot tell whether its rows have changed")

func (k *Kernel) setReadCache() error {
	o := k.options.Session.ReadCache
	if !o.Enabled {
		return nil
	}
	limits := sessioncache.Limits[*Current]{Entries: o.MaxEntries, Bytes: o.MaxBytes, Size: k.sizeOf}
	if k.options.SecondaryStorage != nil {
		k.reads.decoded = sessioncache.NewMemo(limits)
		return nil
	}
	watcher, ok := k.adapter.(db.Watcher)
	if !ok {
		return errReadCache
	}
	tables := []*db.Def{k.tables.Sessions.Def, k.tables.Users.Def}
	for _, def := range tables {
		def.Watched = true
	}
	k.reads.stored = sessioncache.New(sessioncache.Options[*Current]{Limits: limits, Watch: func() (db.Watch, error) {
		watch, err := watcher.Watch(tables, k.reportWatch)
		if err != nil {
			k.reportWatch(err)
		}
		return watch, err
	}})
	return nil
}

func (k *Kernel) reportWatch(err error) {
	if err != nil {
		k.log.Warn("the database cannot be watched; sessions are read from it every time", "error", err)
		return
	}
	k.log.Info("the database is watched; sessions are kept in memory while it does not change")
}

// sizeOf is about what a session and its user take in memory.
func (k *Kernel) sizeOf(current *Current) int {
	const overhead = 512 // of the two rows, besides their texts
	return overhead + len(k.encode(current))
}

// findCached is [Sessions.Find] through the read cache. What it returns is the
// caller's own. Within a transaction the cache would show another state.
func (s Sessions) findCached(token string) (*Current, error) {
	cache := s.c.k.reads.stored
	if cache == nil || s.c.done != nil || s.c.k.tx != nil {
		return s.Find(token)
	}
	current, err := cache.Read(s.c, token, func() (*Current, error) { return s.Find(token) })
	if err != nil {
		return nil, err
	}
	return current.clone(), nil
}

// clone returns rows that may be changed without the others seeing it.
func (c *Current) clone() *Current {
	own := &struct {
		Current
		session Session
		user    User
	}{session: *c.Session, user: *c.User}
	own.session.Extra, own.user.Extra = c.Session.Extra.Clone(), c.User.Extra.Clone()
	own.Session, own.User = &own.session, &own.user
	return &own.Current
}

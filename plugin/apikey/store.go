package apikey

import (
	"errors"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// store keeps keys. Lookups answer [ErrKeyNotFound] or, by hash,
// [ErrInvalidKey] where there is none.
type store interface {
	byHash(c *core.Context, hash string) (*Key, error)
	byID(c *core.Context, id string) (*Key, error)
	create(c *core.Context, k *Key) error
	// use makes one use of a key that is as it was read, and reports false
	// where it is not.
	use(c *core.Context, k *Key, u *use) (bool, error)
	// change applies assignments to a key that still belongs to its owner.
	change(c *core.Context, k *Key, set []db.Assign[Key]) (*Key, error)
	// remove deletes a key that still belongs to its owner.
	remove(c *core.Context, k *Key) error
	// wear deletes a key that has expired or is used up.
	wear(c *core.Context, k *Key) error
	list(c *core.Context, referenceID string, q listing) ([]*Key, int64, error)
	removeOf(c *core.Context, referenceID string, configs []string) error
}

// listing is one page of an owner's keys.
type listing struct {
	configs       []string // of these configurations only; nil means of all but except
	except        []string
	by            *db.Column // nil: oldest first
	descending    bool
	limit, offset int
}

func (a *apiKey) store(f *Config) store {
	if f.Storage == SecondaryStorage {
		return &kvStore{a.table}
	}
	return &dbStore{a.table, f.Storage == Fallback}
}

// dbStore keeps keys in the database. With cached, entries that the reference
// made in secondary storage are dropped when they are no longer true.
type dbStore struct {
	t      *table
	cached bool
}

func (s *dbStore) byHash(c *core.Context, hash string) (*Key, error) {
	k, err := db.One(c, c.DB(), s.t.Table, s.t.hash.Eq(hash))
	return k, absent(err, ErrInvalidKey)
}

func (s *dbStore) byID(c *core.Context, id string) (*Key, error) {
	k, err := db.One(c, c.DB(), s.t.Table, s.t.id.Eq(id))
	return k, absent(err, ErrKeyNotFound)
}

func absent(err error, refusal *core.Error) error {
	if errors.Is(err, db.ErrNotFound) {
		return refusal
	}
	return err
}

func (s *dbStore) create(c *core.Context, k *Key) error {
	k.ID = c.NewID("apikey")
	if err := db.Create(c, c.DB(), s.t.Table, k); err != nil {
		return err
	}
	return s.drop(c, k)
}

func (s *dbStore) use(c *core.Context, k *Key, u *use) (bool, error) {
	set, where := u.statement(s.t, k)
	n, err := db.Update(c, c.DB(), s.t.Table, set, where...)
	return n > 0, err
}

func (s *dbStore) own(k *Key) []db.Where[Key] {
	return []db.Where[Key]{s.t.id.Eq(k.ID), s.t.referenceID.Eq(k.ReferenceID), s.t.configID.Eq(k.ConfigID)}
}

func (s *dbStore) change(c *core.Context, k *Key, set []db.Assign[Key]) (*Key, error) {
	n, err := db.Update(c, c.DB(), s.t.Table, set, s.own(k)...)
	if err == nil && n == 0 {
		err = ErrKeyNotFound
	}
	if err == nil {
		err = s.drop(c, k)
	}
	if err != nil {
		return nil, err
	}
	return s.byID(c, k.ID)
}

func (s *dbStore) remove(c *core.Context, k *Key) error {
	n, err := db.Delete(c, c.DB(), s.t.Table, s.own(k)...)
	if err == nil && n == 0 {
		err = ErrKeyNotFound
	}
	if err != nil {
		return err
	}
	return s.drop(c, k)
}

func (s *dbStore) wear(c *core.Context, k *Key) error {
	used := db.And(s.t.remaining.Lte(0), s.t.refillAmount.IsNull())
	if _, err := db.Delete(c, c.DB(), s.t.Table, s.t.id.Eq(k.ID), db.Or(s.t.expiresAt.Lt(c.Now()), used)); err != nil {
		return err
	}
	return s.drop(c, k)
}

func (s *dbStore) list(c *core.Context, referenceID string, q listing) ([]*Key, int64, error) {
	where := []db.Where[Key]{s.t.referenceID.Eq(referenceID)}
	if q.configs != nil {
		where = append(where, s.t.configID.In(q.configs...))
	} else if len(q.except) > 0 {
		where = append(where, s.t.configID.NotIn(q.except...))
	}
	total, err := db.Count(c, c.DB(), s.t.Table, where...)
	if err != nil || q.limit == 0 {
		return nil, total, err
	}
	order := []db.Order[Key]{s.t.createdAt.Asc(), s.t.id.Asc()}
	if q.by != nil {
		order = slices.Insert(order, 0, db.OrderBy(s.t.Table, q.by, q.descending))
	}
	keys, err := db.All(c, c.DB(), s.t.Table, db.Query[Key]{Where: where, Order: order, Limit: q.limit, Offset: q.offset})
	return keys, total, err
}

func (s *dbStore) removeOf(c *core.Context, referenceID string, configs []string) error {
	where := []db.Where[Key]{s.t.referenceID.Eq(referenceID), s.t.configID.NotIn(configs...)}
	keys, err := db.Take(c, c.DB(), s.t.Table, where...)
	for _, k := range keys {
		err = errors.Join(err, s.drop(c, k))
	}
	return err
}

// drop forgets what the reference may have cached of a key.
func (s *dbStore) drop(c *core.Context, k *Key) error {
	kv := c.Options().SecondaryStorage
	if !s.cached || kv == nil {
		return nil
	}
	return kv.Delete(c, byHashKey(k.Hash), byIDKey(k.ID), byOwnerKey(k.ReferenceID))
}

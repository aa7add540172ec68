package apikey

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

func byHashKey(hash string) string { return "api-key:" + hash }

func byIDKey(id string) string { return "api-key:by-id:" + id }

func byOwnerKey(referenceID string) string { return "api-key:by-ref:" + referenceID }

// kvStore keeps keys in secondary storage alone, where the reference keeps
// them. The entry under the hash is the truth and only changed by comparing and
// swapping; the copy under the key's ID says which it is.
type kvStore struct{ t *table }

// maxSwaps bounds how often a change is tried again because others change the
// same entry. Each failure is another's success.
const maxSwaps = 256

func (s *kvStore) read(c *core.Context, name string) (raw string, k *Key, err error) {
	raw, ok, err := c.Options().SecondaryStorage.Get(c, name)
	if err != nil || !ok {
		return "", nil, err
	}
	k, err = decodeKept([]byte(raw))
	if err == nil {
		s.t.Bind(k)
	}
	return raw, k, err
}

func (s *kvStore) byHash(c *core.Context, hash string) (*Key, error) {
	_, k, err := s.read(c, byHashKey(hash))
	if err == nil && k == nil {
		err = ErrInvalidKey
	}
	return k, err
}

func (s *kvStore) byID(c *core.Context, id string) (*Key, error) {
	_, k, err := s.read(c, byIDKey(id))
	if err == nil && k != nil {
		_, k, err = s.read(c, byHashKey(k.Hash))
	}
	if err == nil && (k == nil || k.ID != id) {
		err = ErrKeyNotFound
	}
	return k, err
}

func (s *kvStore) create(c *core.Context, k *Key) error {
	if k.ID = c.NewID("apikey"); k.ID == "" {
		k.ID = secret.ID(c.Random())
	}
	s.t.Bind(k)
	kv, data, ttl := c.Options().SecondaryStorage, encodeKept(k), ttlOf(k, c.Now())
	if err := kv.Set(c, byIDKey(k.ID), data, ttl); err != nil {
		return err
	}
	if err := s.enlist(c, k.ReferenceID, func(ids []string) []string { return append(ids, k.ID) }); err != nil {
		return err
	}
	return kv.Set(c, byHashKey(k.Hash), data, ttl)
}

// ttlOf outlives the key a little, so that whoever uses it last is told why not.
func ttlOf(k *Key, now time.Time) time.Duration {
	if k.ExpiresAt == nil {
		return 0
	}
	return max(k.ExpiresAt.Sub(now), 0) + time.Second
}

// enlist changes the list of an owner's keys.
func (s *kvStore) enlist(c *core.Context, referenceID string, change func([]string) []string) error {
	kv, name := c.Options().SecondaryStorage, byOwnerKey(referenceID)
	for range maxSwaps {
		old, ok, err := kv.Get(c, name)
		if err != nil {
			return err
		}
		var ids []string
		if ok {
			_ = json.Unmarshal([]byte(old), &ids) // a broken list is begun anew
		}
		list, err := json.Marshal(change(ids))
		if err != nil {
			return err
		}
		if ok {
			ok, err = kv.CompareAndSwap(c, name, old, string(list), 0)
		} else {
			ok, err = kv.SetIfAbsent(c, name, string(list), 0)
		}
		if ok || err != nil {
			return err
		}
	}
	return ErrFailedToUpdate
}

func (s *kvStore) use(c *core.Context, k *Key, u *use) (bool, error) {
	kv, name := c.Options().SecondaryStorage, byHashKey(k.Hash)
	raw, now, err := s.read(c, name)
	if err != nil || now == nil || encodeKept(now) != encodeKept(k) {
		return false, err
	}
	return kv.CompareAndSwap(c, name, raw, encodeKept(u.apply(k)), ttlOf(k, u.now))
}

func (s *kvStore) change(c *core.Context, k *Key, set []db.Assign[Key]) (*Key, error) {
	kv, name := c.Options().SecondaryStorage, byHashKey(k.Hash)
	for range maxSwaps {
		raw, now, err := s.read(c, name)
		if err != nil {
			return nil, err
		}
		if now == nil || now.ID != k.ID || now.ReferenceID != k.ReferenceID || now.ConfigID != k.ConfigID {
			return nil, ErrKeyNotFound
		}
		for _, a := range set {
			if err := s.t.Set(now, a.Column, a.Value); err != nil {
				return nil, err
			}
		}
		data, ttl := encodeKept(now), ttlOf(now, c.Now())
		if ok, err := kv.CompareAndSwap(c, name, raw, data, ttl); err != nil {
			return nil, err
		} else if ok {
			return now, kv.Set(c, byIDKey(k.ID), data, ttl)
		}
	}
	return nil, ErrFailedToUpdate
}

func (s *kvStore) remove(c *core.Context, k *Key) error {
	kv := c.Options().SecondaryStorage
	_, ok, err := kv.Take(c, byHashKey(k.Hash))
	if err == nil && !ok {
		err = ErrKeyNotFound
	}
	if err != nil {
		return err
	}
	if err := kv.Delete(c, byIDKey(k.ID)); err != nil {
		return err
	}
	return s.enlist(c, k.ReferenceID, func(ids []string) []string {
		return slices.DeleteFunc(ids, func(id string) bool { return id == k.ID })
	})
}

func (s *kvStore) wear(c *core.Context, k *Key) error {
	err := s.remove(c, k)
	if errors.Is(err, ErrKeyNotFound) {
		return nil
	}
	return err
}

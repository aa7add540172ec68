package apikey

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
)

func (s *kvStore) all(c *core.Context, referenceID string) ([]*Key, error) {
	raw, ok, err := c.Options().SecondaryStorage.Get(c, byOwnerKey(referenceID))
	if err != nil || !ok {
		return nil, err
	}
	var ids []string
	_ = json.Unmarshal([]byte(raw), &ids) // a broken list is empty
	var keys []*Key
	for _, id := range ids {
		k, err := s.byID(c, id)
		if errors.Is(err, ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if k.ReferenceID == referenceID {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func (s *kvStore) list(c *core.Context, referenceID string, q listing) ([]*Key, int64, error) {
	keys, err := s.all(c, referenceID)
	if err != nil {
		return nil, 0, err
	}
	keys = slices.DeleteFunc(keys, func(k *Key) bool {
		if q.configs != nil {
			return !slices.Contains(q.configs, k.ConfigID)
		}
		return slices.Contains(q.except, k.ConfigID)
	})
	s.sort(keys, q)
	total := int64(len(keys))
	keys = keys[min(q.offset, len(keys)):]
	return keys[:min(q.limit, len(keys))], total, nil
}

func (s *kvStore) sort(keys []*Key, q listing) {
	by := q.by
	if by == nil {
		by = s.t.createdAt.Column()
	}
	slices.SortStableFunc(keys, func(a, b *Key) int {
		n := compare(s.t.Get(a, by), s.t.Get(b, by))
		if q.descending {
			n = -n
		}
		return n
	})
}

// compare orders data of one column, NULL first.
func compare(a, b any) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case bool:
		if b, ok := b.(bool); ok && a != b {
			if b {
				return -1
			}
			return 1
		} else if ok {
			return 0
		}
	}
	return 1
}

func (s *kvStore) removeOf(c *core.Context, referenceID string, configs []string) error {
	keys, err := s.all(c, referenceID)
	for _, k := range keys {
		if !slices.Contains(configs, k.ConfigID) {
			err = errors.Join(err, s.wear(c, k))
		}
	}
	return err
}

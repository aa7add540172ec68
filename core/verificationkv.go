package core

import (
	"time"

	"github.com/watchword-auth/watchword/db"
)

// replaceKept is [Verifications.Replace] in secondary storage, and reports
// whether there is anything to replace.
func (s Verifications) replaceKept(v *Verification, value string) (swapped, there bool, err error) {
	kv, key := s.c.k.options.SecondaryStorage, verificationKey(v.Identifier)
	old, ok, err := kv.Get(s.c, key)
	if err != nil || !ok {
		return false, false, err
	}
	kept, err := s.parse(old, nil)
	if err != nil || kept.ID != v.ID || kept.Value != v.Value {
		return false, true, nil //nolint:nilerr // what is no longer there is not replaced
	}
	ttl := kept.ExpiresAt.Sub(s.c.Now())
	if ttl <= 0 {
		return false, true, nil
	}
	kept.Value, kept.UpdatedAt = value, s.c.Now()
	swapped, err = kv.CompareAndSwap(s.c, key, old, string(s.c.k.tables.Verifications.AppendStoredJSON(nil, kept)), ttl)
	return swapped, true, err
}

// keep writes a verification to secondary storage.
func (s Verifications) keep(v *Verification) error {
	ttl := v.ExpiresAt.Sub(s.c.Now()).Truncate(time.Second)
	if ttl <= 0 {
		return nil
	}
	data := s.c.k.tables.Verifications.AppendStoredJSON(nil, v)
	return s.c.k.options.SecondaryStorage.Set(s.c, verificationKey(v.Identifier), string(data), ttl)
}

func (s Verifications) parse(data string, err error) (*Verification, error) {
	if err != nil {
		return nil, err
	}
	v := &Verification{}
	row, err := db.Check([]byte(data))
	if err == nil {
		err = s.c.k.tables.Verifications.ParseJSON(row, v)
	}
	switch {
	case err != nil:
		return nil, err
	case v.ExpiresAt.Before(s.c.Now()):
		return nil, db.ErrNotFound
	}
	return v, nil
}

func verificationKey(stored string) string { return "verification:" + stored }
